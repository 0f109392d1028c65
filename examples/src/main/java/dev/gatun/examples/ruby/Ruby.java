package dev.gatun.examples.ruby;

import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.HostFunction;
import dev.gatun.ImportProvider;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ruby in a Java program: the interpreter of {@code @ruby/3.4-wasm-wasi}, driven through the functions that it exports
 * for JavaScript.
 *
 * <pre>{@code
 * try (Ruby ruby = Ruby.start(module, Wasi.builder().inheritStreams())) {
 *   ruby.define("shout", words -> words.getFirst().toUpperCase(Locale.ROOT));
 *   System.out.println(ruby.eval("require 'js'; [1, 2, 3].sum.to_s + JS.global.call(:shout, '!?').to_s"));
 * }
 * }</pre>
 *
 * <p>An interpreter is used by one thread at a time.
 */
public final class Ruby implements AutoCloseable {
  /** The kinds of ways in which Ruby code ends; those that are not named are raised exceptions. */
  private static final int STATUS_MASK = 0xf;

  private static final int STATUS_NONE = 0;
  private static final int STATUS_RAISE = 6;
  private static final int STATUS_FATAL = 8;

  private final Wasi wasi;
  private final Instance instance;
  private final Memory memory;

  /** Ruby's objects by the numbers under which they cross the border. */
  private final Slab<Integer> objects = new Slab<>();

  private final JavaScript javaScript = new JavaScript();

  private Ruby(Module module, Wasi wasi) {
    this.wasi = wasi;
    Imports imports =
        Imports.builder()
            .provider(wasi.imports())
            .provider(javaScript)
            .provider(this::find)
            .trapUnknownFunctions()
            .build();
    instance = module.instantiate(imports);
    memory = instance.memory("memory");
  }

  /**
   * Starts an interpreter.
   *
   * @param module {@code ruby+stdlib.wasm} of the package
   * @param world what it is given: streams, directories, variables
   * @throws IOException if something that it is given can't be opened
   */
  public static Ruby start(Module module, Wasi.Builder world) throws IOException {
    Ruby ruby = new Ruby(module, world.build());
    try {
      ruby.wasi.initialize(ruby.instance);
      ruby.initialize(List.of("ruby", "-EUTF-8", "-e_=0"));
    } catch (RuntimeException e) {
      ruby.instance.close();
      ruby.wasi.close();
      throw e;
    }
    return ruby;
  }

  private void initialize(List<String> arguments) {
    int list = allocate(4, 8 * arguments.size());
    for (int i = 0; i < arguments.size(); i++) {
      Text text = text(arguments.get(i));
      memory.writeInt(list + 8L * i, text.pointer);
      memory.writeInt(list + 8L * i + 4, text.length);
    }
    function("ruby-init: func(args: list<string>) -> ()").call(list, arguments.size());
  }

  /**
   * Evaluates Ruby code.
   *
   * @return the result as text, as {@code to_s} makes it
   * @throws RubyException if the code raises an exception and does not rescue it
   */
  public String eval(String code) {
    Text text = text(code);
    int value =
        result(
            call(
                "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>", text.pointer,
                text.length));
    try {
      return string(value);
    } finally {
      drop(value);
    }
  }

  /**
   * Makes a Java function callable from Ruby: {@code JS.global.call(:NAME, arguments)} after {@code require "js"}. It
   * gets and gives text; what it throws is raised in Ruby.
   */
  public void define(String name, Function<List<String>, String> body) {
    javaScript.globals.put(name, body);
  }

  /** Writes what Ruby has kept of its output, and ends it. */
  @Override
  public void close() {
    try {
      eval("$stdout.flush; $stderr.flush");
    } finally {
      instance.close();
      wasi.close();
    }
  }

  // Ruby's values.

  /** The text of a value. */
  private String string(int value) {
    int text = send(value, "to_s");
    try {
      int pair = call("rstring-ptr: func(value: handle<rb-abi-value>) -> string", objects.add(text));
      String string = memory.readString(memory.readInt(pair) & 0xffff_ffffL, memory.readInt(pair + 4L));
      function("cabi_post_rstring-ptr").call(pair);
      return string;
    } finally {
      drop(text);
    }
  }

  /** Calls a method without arguments. */
  private int send(int receiver, String method) {
    Text name = text(method);
    int symbol = call("rb-intern: func(name: string) -> u32", name.pointer, name.length);
    return result(
        call(
            "rb-funcallv-protect: func(recv: handle<rb-abi-value>, mid: u32, args: list<handle<rb-abi-value>>)"
                + " -> tuple<handle<rb-abi-value>, s32>",
            objects.add(receiver), symbol, allocate(4, 0), 0));
  }

  /** Takes a value and how it came about from where they were left; throws what was raised. */
  private int result(int pair) {
    long at = pair & 0xffff_ffffL;
    int value = objects.remove(memory.readInt(at));
    int status = memory.readInt(at + 4) & STATUS_MASK;
    if (status == STATUS_NONE) {
      return value;
    }
    drop(value);
    if (status != STATUS_RAISE && status != STATUS_FATAL) {
      throw new RubyException("LocalJumpError", "the code ended with a jump of kind " + status, List.of());
    }
    int error = objects.remove(call("rb-errinfo: func() -> handle<rb-abi-value>"));
    function("rb-clear-errinfo: func() -> ()").call();
    try {
      throw new RubyException(property(error, "class"), property(error, "message"), backtrace(error));
    } finally {
      drop(error);
    }
  }

  private String property(int object, String method) {
    int value = send(object, method);
    try {
      return string(value);
    } finally {
      drop(value);
    }
  }

  private List<String> backtrace(int error) {
    int lines = send(error, "backtrace");
    try {
      int text = send(lines, "inspect");
      try {
        String inspected = string(text);
        List<String> found = new ArrayList<>();
        for (String line : inspected.replaceAll("^\\[\"|\"\\]$", "").split("\", \"")) {
          found.add(line.replace("\\\"", "\""));
        }
        return found;
      } finally {
        drop(text);
      }
    } finally {
      drop(lines);
    }
  }

  /** Tells Ruby that Java needs an object no longer. */
  private void drop(int value) {
    function("canonical_abi_drop_rb-abi-value").call(value);
  }

  // Memory.

  /** Text in the interpreter's memory, which frees it. */
  private record Text(int pointer, int length) {}

  private Text text(String string) {
    byte[] bytes = string.concat("\0").getBytes(StandardCharsets.UTF_8);
    int pointer = allocate(1, bytes.length);
    memory.write(pointer & 0xffff_ffffL, bytes);
    return new Text(pointer, bytes.length);
  }

  private int allocate(int alignment, int size) {
    return call("cabi_realloc", 0, 0, alignment, size);
  }

  private Func function(String name) {
    return instance.function(name);
  }

  /** Calls a function that returns an i32. */
  private int call(String name, Object... arguments) {
    return Objects.requireNonNull((Integer) function(name).call(arguments));
  }

  private @Nullable HostFunction find(String module, String name, FuncType type) {
    return switch (module + " " + name) {
      case "canonical_abi resource_new_rb-abi-value" -> call -> call.result(objects.add(call.i32(0)));
      case "canonical_abi resource_get_rb-abi-value" -> call -> call.result((int) objects.get(call.i32(0)));
      case "rb-js-abi-host rb_wasm_throw_prohibit_rewind_exception" -> call -> {
        throw new IllegalStateException("Ruby can't do this inside of a call from Java: " + text(call, 0));
      };
      default -> null;
    };
  }

  private static String text(HostCall call, int argument) {
    return call.memory().readString(call.i32(argument) & 0xffff_ffffL, call.i32(argument + 1));
  }

  /** Things by number; a number that is free is used again. */
  private static final class Slab<T> {
    private final Map<Integer, T> things = new HashMap<>();
    private final List<Integer> free = new ArrayList<>();

    int add(T thing) {
      int number = free.isEmpty() ? things.size() : free.removeLast();
      things.put(number, thing);
      return number;
    }

    T get(int number) {
      T thing = things.get(number);
      if (thing == null) {
        throw new IllegalStateException("Ruby names an object that is not there: " + number);
      }
      return thing;
    }

    T remove(int number) {
      T thing = get(number);
      things.remove(number);
      free.add(number);
      return thing;
    }
  }

  /**
   * What Ruby takes for JavaScript: a global object whose properties are functions of Java, and values that are text,
   * numbers, true, false, null and undefined.
   */
  private final class JavaScript implements ImportProvider {
    private static final String HANDLE = "handle<js-abi-value>";
    private static final String RESULT = " -> variant { success(" + HANDLE + "), failure(" + HANDLE + ") }";

    private final Map<String, Function<List<String>, String>> globals = new LinkedHashMap<>();
    private final Slab<Object> values = new Slab<>();

    /** Values that have no counterpart in Java. */
    private enum Constant {
      UNDEFINED,
      NULL,
      GLOBAL
    }

    @Override
    public @Nullable HostFunction find(String module, String name, FuncType type) {
      if (module.equals("canonical_abi") && name.equals("resource_drop_js-abi-value")) {
        return call -> values.remove(call.i32(0));
      }
      if (!module.equals("rb-js-abi-host")) {
        return null;
      }
      return switch (name) {
        case "eval-js: func(code: string)" + RESULT -> call -> put(call.memory(), call.i32(2), constant(text(call, 0)));
        case "global-this: func() -> " + HANDLE -> call -> call.result(values.add(Constant.GLOBAL));
        case "is-js: func(value: " + HANDLE + ") -> bool" -> call -> call.result(1);
        case "int-to-js-number: func(value: s32) -> " + HANDLE -> call -> call.result(values.add(call.i32(0)));
        case "float-to-js-number: func(value: float64) -> " + HANDLE -> call -> call.result(values.add(call.f64(0)));
        case "bool-to-js-bool: func(value: bool) -> " + HANDLE -> call -> call.result(values.add(call.i32(0) != 0));
        case "string-to-js-string: func(value: string) -> " + HANDLE -> call -> call.result(values.add(text(call, 0)));
        case "js-value-to-string: func(value: " + HANDLE + ") -> string" -> call -> put(call, toText(value(call, 0)));
        case "js-value-typeof: func(value: " + HANDLE + ") -> string" -> call -> put(call, typeOf(value(call, 0)));
        case "js-value-equal: func(lhs: " + HANDLE + ", rhs: " + HANDLE + ") -> bool",
            "js-value-strictly-equal: func(lhs: " + HANDLE + ", rhs: " + HANDLE + ") -> bool" ->
            call -> call.result(value(call, 0).equals(value(call, 1)) ? 1 : 0);
        case "reflect-get: func(target: " + HANDLE + ", property-key: string)" + RESULT ->
            call -> put(call.memory(), call.i32(3), property(value(call, 0), text(call, 1)));
        case "reflect-apply: func(target: " + HANDLE + ", this-argument: " + HANDLE + ", arguments: list<" + HANDLE
                + ">)" + RESULT ->
            this::apply;
        default -> null;
      };
    }

    private Object value(HostCall call, int argument) {
      return values.get(call.i32(argument));
    }

    /** Leaves a value where a variant is wanted. */
    private void put(Memory memory, int pointer, Object value) {
      long at = pointer & 0xffff_ffffL;
      memory.writeByte(at, (byte) (value instanceof Failure ? 1 : 0));
      memory.writeInt(at + 4, values.add(value instanceof Failure failure ? failure.message : value));
    }

    /** Leaves text where a pointer and a length are wanted; the pointer to them is the second argument. */
    private void put(HostCall call, String string) {
      long at = call.i32(1) & 0xffff_ffffL;
      byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
      int pointer = allocate(1, bytes.length);
      memory.write(pointer & 0xffff_ffffL, bytes);
      memory.writeInt(at, pointer);
      memory.writeInt(at + 4, bytes.length);
    }

    private record Failure(String message) {}

    private static Object constant(String code) {
      return switch (code.strip()) {
        case "return undefined;", "undefined" -> Constant.UNDEFINED;
        case "return null;", "null" -> Constant.NULL;
        case "return true;", "true" -> true;
        case "return false;", "false" -> false;
        default -> new Failure("there is no JavaScript here, so this can't be evaluated: " + code);
      };
    }

    private Object property(Object target, String name) {
      Object found = target == Constant.GLOBAL ? globals.get(name) : null;
      return found == null ? Constant.UNDEFINED : found;
    }

    private void apply(HostCall call) {
      Object target = value(call, 0);
      List<String> words = new ArrayList<>();
      for (int i = 0; i < call.i32(3); i++) {
        words.add(toText(values.get(call.memory().readInt((call.i32(2) & 0xffff_ffffL) + 4L * i))));
      }
      put(call.memory(), call.i32(4), apply(target, words));
    }

    private Object apply(Object target, List<String> words) {
      for (Function<List<String>, String> function : globals.values()) {
        if (function == target) {
          try {
            return function.apply(words);
          } catch (RuntimeException e) {
            return new Failure(e.toString());
          }
        }
      }
      return new Failure(toText(target) + " is not a function");
    }

    private static String typeOf(Object value) {
      return switch (value) {
        case String ignored -> "string";
        case Number ignored -> "number";
        case Boolean ignored -> "boolean";
        case Constant constant -> constant == Constant.UNDEFINED ? "undefined" : "object";
        default -> "function";
      };
    }

    private static String toText(Object value) {
      return switch (value) {
        case Constant constant -> constant.name().toLowerCase(Locale.ROOT);
        case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
            String.valueOf(number.longValue());
        default -> String.valueOf(value);
      };
    }
  }
}
