package dev.gatun.cli.wast;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.Extern;
import dev.gatun.Func;
import dev.gatun.Global;
import dev.gatun.ImportType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InvalidModuleException;
import dev.gatun.LinkException;
import dev.gatun.MalformedModuleException;
import dev.gatun.MalformedTextException;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.text.ScriptFormat;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script of the official test suite, as text or in the JSON form that wast2json makes of it. A script has one
 * store, so that its modules can link. Used once.
 *
 * <p>A module that needs a feature that Gatun does not have is skipped, and so is whatever uses it, if {@link
 * FeatureList} lists the script with that feature; otherwise it fails.
 */
public final class ScriptRunner {
  private final Path script;
  private final String name;
  private final FeatureList list;
  private final Engine engine;
  private final Store store;

  /** Modules, instances and what is registered, by name; the latest of the first two under "", too. */
  private final Map<String, Made<Module>> definitions = new HashMap<>();

  private final Map<String, Made<Instance>> instances = new HashMap<>();
  private final Map<String, Made<Map<String, Extern>>> registered = new HashMap<>();

  /** What modules of the thread that started this one export. */
  private final Map<String, Map<String, Extern>> shared = new HashMap<>();

  private final Map<String, Running> threads = new HashMap<>();

  private final List<Module> modules = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> skipped = new TreeMap<>();
  private int passed;

  private ScriptRunner(Path script, String name, Engine engine) {
    this.script = script;
    this.name = name;
    this.list = FeatureList.of(name);
    this.engine = engine;
    this.store = engine.newStore();
  }

  /** Runs a script. One that can't be read has failed. */
  public static ScriptResult run(Path script, Engine engine) {
    String name = FeatureList.nameOf(script);
    ScriptRunner runner = new ScriptRunner(script, name, engine);
    try {
      runner.registered.put("spectest", Made.of(SpecTestModule.in(runner.store)));
      for (Map<String, Object> command : commands(script)) {
        runner.run(command);
      }
    } catch (IOException | IllegalArgumentException | MalformedTextException e) {
      // The JSON parser's message has a second line, about itself.
      runner.failures.add("can't be read: " + String.valueOf(e.getMessage()).split("\n", 2)[0]);
    } finally {
      runner.close();
    }
    return new ScriptResult(name, runner.passed, runner.failures, runner.skipped);
  }

  private static List<Map<String, Object>> commands(Path script) throws IOException {
    if (script.toString().endsWith(".wast")) {
      return ScriptFormat.commands(Files.readString(script));
    }
    Map<String, Object> json;
    try (InputStream in = Files.newInputStream(script)) {
      json = JSON.std.mapFrom(in);
    }
    if (!(json.get("commands") instanceof List<?> list)) {
      throw new IOException(script + ": no script in the form of wast2json: it has no list of commands");
    }
    List<Map<String, Object>> commands = new ArrayList<>();
    for (Object command : list) {
      commands.add(object(command));
    }
    return commands;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("expected an object in the script, found " + value);
    }
    return (Map<String, Object>) map;
  }

  private static String text(Map<String, Object> object, String key) {
    return String.valueOf(object.getOrDefault(key, ""));
  }

  /**
   * What a command has made, or nothing if it has failed.
   *
   * @param value what was made, or null
   */
  private record Made<T>(@Nullable T value) {
    static <T> Made<T> of(T value) {
      return new Made<>(value);
    }

    T get(String what) {
      if (value != null) {
        return value;
      }
      throw new Mismatch(what + " has failed");
    }
  }

  /** What a command expected and did not get. */
  static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message, null, false, false);
    }
  }

  /** Runs a command and counts it. */
  private void run(Map<String, Object> command) throws IOException {
    String line = text(command, "line");
    String exempt = list.wholly();
    if (exempt == null) {
      exempt = list.reasonToSkip(line.isEmpty() ? 0 : Integer.parseInt(line));
    }
    if (exempt != null) {
      skipped.merge(exempt, 1, Integer::sum);
      return;
    }
    try {
      execute(command);
      passed++;
    } catch (RuntimeException | StackOverflowError e) {
      String failure = e instanceof Mismatch ? e.getMessage() : e.toString();
      failures.add("line " + line + ": " + text(command, "type") + ": " + failure);
    }
  }

  /** Executes a command; what fails, throws. */
  private void execute(Map<String, Object> command) throws IOException {
    switch (text(command, "type")) {
      case "module" -> make(instances, () -> instantiate(compile(command)), "", text(command, "name"));
      case "module_definition" -> make(definitions, () -> compile(command), "", text(command, "name"));
      case "module_instance" ->
          make(instances, () -> instantiate(get(definitions, text(command, "module"))), "", text(command, "instance"));
      case "register" -> make(registered, () -> exportsOf(text(command, "name")), text(command, "as"));
      case "action" -> act(command);
      case "assert_return" -> Values.check(act(command), list(command, "expected"));
      case "assert_trap", "assert_exhaustion" -> expectTrap(command, () -> act(command));
      case "assert_uninstantiable" -> expectTrap(command, () -> instantiate(compile(command)));
      case "assert_unlinkable" -> expectUnlinkable(command);
      case "assert_invalid" -> expectRejected(command, InvalidModuleException.class);
      case "assert_malformed", "assert_malformed_custom" ->
          expectRejected(command, MalformedModuleException.class, MalformedTextException.class);
      // In a text, the parser sees it already.
      case "assert_invalid_custom" ->
          expectRejected(command, InvalidModuleException.class, MalformedTextException.class);
      case "assert_exception" -> expectException(() -> act(command));
      case "thread" -> startThread(command);
      case "wait" -> join(text(command, "thread"));
      default -> throw new Mismatch("the runner knows no such command");
    }
  }

  /** Starts a thread that runs commands of its own, in a store of its own, and knows one module of ours. */
  private void startThread(Map<String, Object> command) {
    ScriptRunner runner = new ScriptRunner(script, name, engine);
    runner.registered.put("spectest", Made.of(SpecTestModule.in(runner.store)));
    String module = text(command, "shared_module");
    if (!module.isEmpty()) {
      runner.shared.put(module, exportsOf(module));
    }
    List<?> commands = Objects.requireNonNull(list(command, "commands"));
    Thread thread =
        new Thread(
            () -> {
              for (Object nested : commands) {
                runner.tryRun(object(nested));
              }
            },
            text(command, "name"));
    threads.put(text(command, "name"), new Running(thread, runner));
    thread.start();
  }

  private void tryRun(Map<String, Object> command) {
    try {
      run(command);
    } catch (IOException e) {
      failures.add("line " + text(command, "line") + ": " + e);
    }
  }

  /** Waits for a thread to end; what its commands have come to counts with ours. */
  private void join(String thread) {
    Running running = threads.remove(thread);
    if (running == null) {
      throw new Mismatch("there is no thread '" + thread + "'");
    }
    try {
      running.thread.join();
    } catch (InterruptedException e) {
      throw new Mismatch("interrupted");
    }
    passed += running.runner.passed;
    failures.addAll(running.runner.failures);
    running.runner.skipped.forEach((feature, count) -> skipped.merge(feature, count, Integer::sum));
    running.runner.close();
  }

  private record Running(Thread thread, ScriptRunner runner) {}

  private void close() {
    for (String thread : List.copyOf(threads.keySet())) {
      join(thread);
    }
    store.close();
    for (Module module : modules) {
      module.close();
    }
  }

  private static @Nullable List<?> list(Map<String, Object> command, String key) {
    return (List<?>) command.get(key);
  }

  /** Something that a command does. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> void make(Map<String, Made<T>> place, Step<T> step, String... names) throws IOException {
    Made<T> made = new Made<>(null);
    try {
      made = Made.of(step.run());
    } finally {
      for (String name : names) {
        place.put(name, made);
      }
    }
  }

  private static <T> T get(Map<String, Made<T>> place, String name) {
    Made<T> made = place.get(name);
    if (made == null) {
      throw new Mismatch("there is no module '" + name + "'");
    }
    return made.get(name.isEmpty() ? "the module" : "the module '" + name + "'");
  }

  private Map<String, Extern> exportsOf(String module) {
    Map<String, Extern> ofStarter = shared.get(module);
    return ofStarter != null ? ofStarter : exports(get(instances, module));
  }

  private static Map<String, Extern> exports(Instance instance) {
    Map<String, Extern> exports = new HashMap<>();
    for (ExportType export : instance.module().exports()) {
      exports.put(export.name(), instance.export(export.name()).orElseThrow());
    }
    return exports;
  }

  private void expectException(Step<?> step) throws IOException {
    try {
      step.run();
    } catch (ThrownException e) {
      return;
    }
    throw new Mismatch("expected an exception, found a result");
  }

  private void expectTrap(Map<String, Object> command, Step<?> step) throws IOException {
    String expected = text(command, "text");
    try {
      step.run();
    } catch (Trap e) {
      checkText(expected, e.kind().text());
      return;
    }
    throw new Mismatch("expected the trap '" + expected + "', found a result");
  }

  private void expectUnlinkable(Map<String, Object> command) throws IOException {
    String expected = text(command, "text");
    try {
      instantiate(compile(command));
    } catch (LinkException e) {
      checkText(expected, e.getMessage());
      return;
    }
    throw new Mismatch("expected '" + expected + "', found an instance");
  }

  /** Which of several errors is reported first is free, so that it is one is enough. */
  @SafeVarargs
  private void expectRejected(Map<String, Object> command, Class<? extends RuntimeException>... rejections)
      throws IOException {
    try {
      compile(command).checkCustomSections();
    } catch (RuntimeException e) {
      for (Class<?> rejection : rejections) {
        if (rejection.isInstance(e)) {
          return;
        }
      }
      throw e;
    }
    throw new Mismatch("expected an error ('" + text(command, "text") + "'), found a good module");
  }

  /** The suite's texts are prefixes of each other: either may say more. */
  private static void checkText(String expected, @Nullable String found) {
    if (found == null || !found.startsWith(expected) && !expected.startsWith(found)) {
      throw new Mismatch("expected '" + expected + "', found '" + found + "'");
    }
  }

  private Module compile(Map<String, Object> command) throws IOException {
    Module module = engine.compile(bytes(command));
    modules.add(module);
    return module;
  }

  private byte[] bytes(Map<String, Object> command) throws IOException {
    if (command.get("module") instanceof ScriptFormat.ModuleText text) {
      return text.bytes();
    }
    // The tool adds the binary of a text module where there is one; what is malformed stays text.
    String binary = text(command, "binary_filename");
    String file = binary.isEmpty() ? text(command, "filename") : binary;
    byte[] bytes = Files.readAllBytes(script.resolveSibling(file));
    return file.endsWith(".wat") ? TextFormat.parse(new String(bytes, StandardCharsets.UTF_8)) : bytes;
  }

  private Instance instantiate(Module module) {
    for (ImportType wanted : module.imports()) {
      Made<?> source = registered.get(wanted.module());
      if (source != null) {
        source.get("the module registered as '" + wanted.module() + "'");
      }
    }
    Imports.Builder imports = Imports.builder();
    registered.forEach(
        (name, exports) -> {
          if (exports.value() != null) {
            exports.value().forEach((field, export) -> imports.define(name, field, export));
          }
        });
    return store.instantiate(module, imports.build());
  }

  private @Nullable Object[] act(Map<String, Object> command) {
    Map<String, Object> action = object(command.get("action"));
    Instance instance = get(instances, text(action, "module"));
    String field = text(action, "field");
    Extern export = instance.export(field).orElseThrow(() -> new Mismatch("there is no export '" + field + "'"));
    return switch (text(action, "type")) {
      case "get" -> new @Nullable Object[] {((Global) export).get()};
      case "invoke" -> call((Func) export, list(action, "args"));
      default -> throw new Mismatch("the runner knows no action '" + text(action, "type") + "'");
    };
  }

  private static @Nullable Object[] call(Func function, @Nullable List<?> arguments) {
    Object result = function.call(Values.arguments(arguments));
    return switch (function.type().results().size()) {
      case 0 -> new @Nullable Object[0];
      case 1 -> new @Nullable Object[] {result};
      default -> (Object[]) Objects.requireNonNull(result);
    };
  }
}
