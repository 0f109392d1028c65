package dev.gatun.fuzz;

import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.HostCall;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.wasm.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs a module with Gatun and tells in lines how everything ended: the instantiation, each call, then the state. The
 * lines are those of V8, but for the names of traps.
 */
final class GatunRun {
  private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED;

  private final StringBuilder log = new StringBuilder();
  private long hostCalls;

  /** The lines; what is thrown is a finding. */
  static List<String> lines(Engine engine, Configuration configuration, Subject subject) {
    return new GatunRun().run(engine, configuration, subject);
  }

  private List<String> run(Engine engine, Configuration configuration, Subject subject) {
    List<String> lines = new ArrayList<>();
    try (Module module = engine.compile(subject.wasm());
        Store store = engine.newStore()) {
      if (configuration == Configuration.FUEL) {
        store.addFuel(Configuration.FUEL_UNITS);
      }
      Instance instance;
      try {
        instance = store.instantiate(module, imports());
      } catch (Trap trap) {
        lines.add(ending(trap));
        return lines;
      } catch (ThrownException thrown) {
        lines.add("exception" + log);
        return lines;
      }
      lines.add("instantiated" + log);
      for (Subject.Call call : subject.calls()) {
        lines.add(call(instance, call));
      }
      lines.add(state(module, instance));
    }
    return lines;
  }

  private Imports imports() {
    return Imports.builder().provider((module, name, type) -> call -> host(call, name, type)).build();
  }

  private void host(HostCall call, String name, FuncType type) {
    log.append(" | ").append(name);
    for (int i = 0; i < type.params().size(); i++) {
      log.append(" | ");
      show(log, call.argument(i, type.params().get(i)));
    }
    for (int i = 0; i < type.results().size(); i++) {
      long number = ++hostCalls;
      ValType result = type.results().get(i);
      if (result == ValType.I32) {
        call.result(i, result, (int) number * 0x9E3779B1);
      } else if (result == ValType.I64) {
        call.result(i, result, number * 0x9E3779B97F4A7C15L);
      } else if (result == ValType.F32) {
        call.result(i, result, number / 4f - 1);
      } else {
        call.result(i, result, number / 4d - 1);
      }
    }
  }

  private String call(Instance instance, Subject.Call call) {
    log.setLength(0);
    Object[] arguments = new Object[call.arguments().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = boxed(call.arguments().get(i));
    }
    try {
      Object result = instance.function(call.export()).call(arguments);
      StringBuilder text = new StringBuilder("returned");
      if (result instanceof Object[] several) {
        for (Object value : several) {
          show(text.append(' '), value);
        }
      } else if (result != null) {
        show(text.append(' '), result);
      }
      return text.append(log).toString();
    } catch (Trap trap) {
      // The frames are part of what may go wrong.
      trap.backtrace();
      return ending(trap);
    } catch (ThrownException thrown) {
      thrown.backtrace();
      return "exception" + log;
    }
  }

  private String ending(Trap trap) {
    return (trap.kind() == Trap.Kind.CALL_STACK_EXHAUSTED ? "exhausted" : "trap " + trap.kind()) + log;
  }

  /** An argument as Java passes it. */
  static Object boxed(Subject.Argument argument) {
    return switch (argument.type()) {
      case ValueType.I32 -> (int) argument.bits();
      case ValueType.I64 -> argument.bits();
      case ValueType.F32 -> Float.intBitsToFloat((int) argument.bits());
      case ValueType.F64 -> Double.longBitsToDouble(argument.bits());
      default -> throw new IllegalArgumentException("no number: " + ValueType.name(argument.type()));
    };
  }

  private static void show(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case Long number -> text.append("l:").append(number);
      case Integer number -> show(text, number.doubleValue());
      case Float number -> show(text, number.doubleValue());
      case Double number -> show(text, number.doubleValue());
      case null, default -> text.append("reference");
    }
  }

  private static void show(StringBuilder text, double number) {
    if (Double.isNaN(number)) {
      text.append("nan");
    } else {
      text.append("n:").append(Double.doubleToRawLongBits(number));
    }
  }

  private static String state(Module module, Instance instance) {
    Map<String, String> shown = new TreeMap<>();
    for (ExportType export : module.exports()) {
      switch (instance.export(export.name()).orElseThrow()) {
        case Global global -> {
          StringBuilder text = new StringBuilder();
          show(text, global.get());
          shown.put(export.name(), text.toString());
        }
        case Memory memory -> {
          MemorySegment segment = memory.segment();
          shown.put(export.name(), segment.byteSize() + "/" + hash(segment));
        }
        default -> { }
      }
    }
    StringBuilder text = new StringBuilder();
    shown.forEach((name, value) -> text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value));
    return text.toString();
  }

  private static int hash(MemorySegment segment) {
    int sum = 0x811C9DC5;
    for (long i = 0; i + 4 <= segment.byteSize(); i += 4) {
      sum = (sum ^ segment.get(WORD, i)) * 0x01000193;
      sum ^= sum >>> 15;
    }
    return sum;
  }
}
