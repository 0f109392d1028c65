package dev.gatun.fuzz;

import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.RejectedModuleException;
import dev.gatun.Store;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.UnsupportedFeatureException;
import dev.gatun.ValType;
import dev.gatun.WasmException;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.system.OutOfAddressSpaceException;
import dev.gatun.text.TextFormat;
import dev.gatun.wasm.Feature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tries modules in all configurations of this JVM, and with V8. For one thread. */
final class Trial implements AutoCloseable {
  /** What V8 has not. */
  private static final Set<Feature> GATUN_ALONE = Set.of(Feature.WIDE_ARITHMETIC, Feature.CUSTOM_PAGE_SIZES);

  /** How V8 refuses wide arithmetic, pages of another size, and legacy exceptions beside the others. */
  private static final Pattern V8_LACKS =
      Pattern.compile(
          ".*(invalid numeric opcode: 0xfc1[3-6]|invalid memory limits flags 0x[89abcdef]|mix of legacy and new).*");

  /**
   * Of what V8 is laxer about: behind a cast that always succeeds it knows a better type than the one that the
   * specification gives.
   */
  private static final Pattern V8_KNOWS_BETTER =
      Pattern.compile("refused type mismatch .*: expected \\(ref .*, found \\(ref null .*");

  /** How a module ended here. */
  record Ending(List<String> lines, @Nullable String finding) {}

  private final Map<Configuration, Engine> engines = new EnumMap<>(Configuration.class);
  private final Engine guardedLazy = Configuration.guarded(Engine.Compilation.LAZY);
  private final Engine guardedEager = Configuration.guarded(Engine.Compilation.EAGER);
  private final Path folder;
  private final Consumer<String> journal;

  /**
   * Tries modules.
   *
   * @param folder where guests are given directories
   * @param journal is told of each step before it is taken
   */
  Trial(Path folder, Consumer<String> journal) {
    this.folder = folder;
    this.journal = journal;
    for (Configuration configuration : Configuration.values()) {
      engines.put(configuration, configuration.engine());
    }
  }

  /** Runs a module in all configurations. */
  Ending run(String name, Subject subject) {
    try {
      return switch (subject.kind()) {
        case DETERMINISTIC -> runAll(name, subject);
        case ARBITRARY -> runArbitrary(name, subject);
        case WASI -> {
          journal.accept(name + " wasi");
          yield new Ending(List.of(), WasiRun.run(guardedLazy, subject, folder.resolve("wasi")));
        }
        case API -> {
          journal.accept(name + " api");
          Throwable unexpected = ApiRun.run(subject);
          yield new Ending(List.of(), unexpected == null ? null : trace(unexpected));
        }
      };
    } catch (RejectedModuleException refused) {
      return new Ending(List.of(), "a valid module is refused: " + refused.getMessage());
    } catch (WasmException | OutOfAddressSpaceException refused) {
      return new Ending(List.of(), "not run: " + refused);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the fuzzer", e);
    } catch (IOException | RuntimeException | Error unexpected) {
      return new Ending(List.of(), trace(unexpected));
    }
  }

  private static String trace(Throwable unexpected) {
    StringWriter trace = new StringWriter();
    unexpected.printStackTrace(new PrintWriter(trace));
    return "unexpected " + trace;
  }

  private Ending runAll(String name, Subject subject) {
    @Nullable List<String> first = null;
    for (Configuration configuration : Configuration.values()) {
      journal.accept(name + " " + configuration);
      Engine engine = Objects.requireNonNull(engines.get(configuration));
      List<String> lines = GatunRun.lines(engine, configuration, subject);
      if (first == null) {
        first = lines;
      } else {
        String difference = Agreement.between(Configuration.LAZY, first, configuration, lines);
        if (difference != null) {
          return new Ending(first, difference);
        }
      }
    }
    return new Ending(Objects.requireNonNull(first), null);
  }

  /** The text of a module must be a module that is the same when it is printed again. */
  @Nullable String throughText(String name, byte[] wasm, boolean folded) {
    journal.accept(name + " text");
    try {
      String text = TextFormat.print(wasm, folded);
      String again = TextFormat.print(TextFormat.parse(text), folded);
      return text.equals(again) ? null : "the text of the module is another one after it was parsed and printed";
    } catch (RuntimeException | Error unexpected) {
      return "the text of the module: " + trace(unexpected);
    }
  }

  /** Compiles what may be no module; the line says whether it is valid. Whatever it does when called is right. */
  private Ending runArbitrary(String name, Subject subject) {
    journal.accept(name + " guarded");
    try {
      for (Engine engine : new Engine[] {guardedLazy, guardedEager}) {
        callEverything(engine, subject.wasm());
      }
    } catch (UnsupportedFeatureException unsupported) {
      return new Ending(List.of("unsupported"), null);
    } catch (RejectedModuleException refused) {
      return new Ending(List.of("refused " + refused.getMessage()), null);
    }
    return new Ending(List.of("valid"), null);
  }

  private static void callEverything(Engine engine, byte[] wasm) {
    Imports imports =
        Imports.builder()
            .provider(
                (module, name, type) ->
                    call -> {
                      for (int i = 0; i < type.results().size(); i++) {
                        call.result(i, type.results().get(i), number(type.results().get(i)));
                      }
                    })
            .build();
    try (Module module = engine.compile(wasm);
        Store store = engine.newStore()) {
      try {
        Instance instance = store.instantiate(module, imports);
        for (ExportType export : module.exports()) {
          if (export.type() instanceof FuncType type
              && type.params().stream().allMatch(ValType.NumberType.class::isInstance)) {
            try {
              instance.function(export.name()).call(type.params().stream().map(Trial::number).toArray());
            } catch (Trap trap) {
              trap.backtrace();
            } catch (ThrownException thrown) {
              thrown.backtrace();
            }
          }
        }
      } catch (RejectedModuleException refused) {
        throw new IllegalStateException("a module that was accepted is refused later", refused);
      } catch (WasmException | Trap | ThrownException | OutOfAddressSpaceException ended) {
        // All that an instantiation may end in.
      }
    }
  }

  /** A number of a type, or null for a reference. */
  static @Nullable Object number(ValType type) {
    if (!(type instanceof ValType.NumberType number)) {
      return null;
    }
    return switch (number) {
      case I32 -> (Object) 3;
      case I64 -> 5L;
      case F32 -> 1.5f;
      case F64 -> -2.5;
    };
  }

  /** What V8 is to do with a module, or nothing if it can't. */
  static List<String> commands(Subject subject) {
    List<String> commands = new ArrayList<>();
    if (subject.kind() == Subject.Kind.WASI || subject.kind() == Subject.Kind.API) {
      return commands;
    }
    String module = Base64.getEncoder().encodeToString(subject.wasm());
    if (subject.kind() == Subject.Kind.ARBITRARY) {
      commands.add("validate " + module);
      return commands;
    }
    if (subject.features().stream().anyMatch(GATUN_ALONE::contains)) {
      return commands;
    }
    commands.add("module " + module);
    for (Subject.Call call : subject.calls()) {
      StringBuilder text = new StringBuilder("call ").append(call.export());
      for (Subject.Argument argument : call.arguments()) {
        text.append(' ').append(SubjectFile.text(argument));
      }
      commands.add(text.toString());
    }
    commands.add("state");
    return commands;
  }

  /** Compares with V8's answers to {@link #commands}. */
  static Agreement.Result compare(Subject subject, List<String> own, List<String> v8) {
    if (subject.kind() == Subject.Kind.DETERMINISTIC) {
      return Agreement.withV8(own, v8);
    }
    boolean valid = own.get(0).equals("valid");
    boolean agree =
        own.get(0).equals("unsupported") || valid == v8.get(0).equals("valid")
            || valid && V8_LACKS.matcher(v8.get(0)).matches()
            || !valid && V8_KNOWS_BETTER.matcher(own.get(0)).matches();
    return new Agreement.Result(1, agree ? null : "V8: " + v8.get(0) + "\n  Gatun: " + own.get(0));
  }

  /** Runs a module alone, here and in V8; what was found, or null. */
  @Nullable String findings(String name, Subject subject, @Nullable V8 v8) throws IOException {
    Ending ending = run(name, subject);
    if (ending.finding() != null || ending.lines().isEmpty()) {
      return ending.finding();
    }
    List<String> commands = commands(subject);
    if (v8 != null && !commands.isEmpty()) {
      List<String> answers = v8.answers(commands);
      if (answers != null) {
        String difference = compare(subject, ending.lines(), answers).difference();
        if (difference != null) {
          return difference;
        }
      }
    }
    return subject.kind() == Subject.Kind.DETERMINISTIC ? throughText(name, subject.wasm(), false) : null;
  }

  @Override
  public void close() {
    engines.values().forEach(Engine::close);
    guardedLazy.close();
    guardedEager.close();
  }
}
