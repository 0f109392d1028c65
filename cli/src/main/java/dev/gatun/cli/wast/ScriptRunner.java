package dev.gatun.cli.wast;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.Engine;
import dev.gatun.Extern;
import dev.gatun.Func;
import dev.gatun.Global;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InvalidModuleException;
import dev.gatun.LinkException;
import dev.gatun.MalformedModuleException;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.UnsupportedFeatureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script of the official test suite, in the JSON form that wast2json makes of it. One store for the script, so that
 * its modules can link. Used once.
 *
 * <p>A module that needs a feature that Gatun does not have is skipped, and so is whatever uses it; the result says how many
 * commands that were, by feature.
 */
public final class ScriptRunner {
  private static final String TEXT = "text format";

  private final Path script;
  private final Engine engine;
  private final Store store;
  private final Map<String, Map<String, Extern>> registered = new HashMap<>();
  private final Map<String, Instance> named = new HashMap<>();
  private final Map<String, Module> definitions = new HashMap<>();
  private final List<Module> modules = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> skipped = new TreeMap<>();

  /** Why modules of a name (or the current one, under "") were skipped. */
  private final Map<String, String> skippedModules = new HashMap<>();

  /** Why what should be registered under a name is not. */
  private final Map<String, String> skippedRegistrations = new HashMap<>();

  private @Nullable Instance current;
  private @Nullable Module lastDefinition;
  private int passed;

  private ScriptRunner(Path script, Engine engine) {
    this.script = script;
    this.engine = engine;
    this.store = engine.newStore();
  }

  /**
   * Runs a script.
   *
   * @throws IOException if the script or one of its modules can't be read
   */
  public static ScriptResult run(Path script, Engine engine) throws IOException {
    ScriptRunner runner = new ScriptRunner(script, engine);
    try {
      runner.registered.put("spectest", SpecTestModule.in(runner.store));
      runner.runCommands();
    } finally {
      runner.store.close();
      for (Module module : runner.modules) {
        module.close();
      }
    }
    return new ScriptResult(script.toString(), runner.passed, runner.failures, runner.skipped);
  }

  private void runCommands() throws IOException {
    Map<String, Object> json;
    try (InputStream in = Files.newInputStream(script)) {
      json = JSON.std.mapFrom(in);
    }
    for (Object command : (List<?>) json.get("commands")) {
      runCommand(object(command));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("the script lacks an object");
    }
    return (Map<String, Object>) value;
  }

  private static String text(Map<String, Object> object, String key) {
    return String.valueOf(object.getOrDefault(key, ""));
  }

  /** What a command needs that is not there; the command is skipped. */
  private static final class Skip extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Skip(String reason) {
      super(reason, null, false, false);
    }
  }

  /** What a command expected and did not get. */
  private static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message, null, false, false);
    }
  }

  private void runCommand(Map<String, Object> command) throws IOException {
    try {
      if (run(command)) {
        passed++;
      }
    } catch (Skip | UnsupportedFeatureException e) {
      String reason = e instanceof UnsupportedFeatureException unsupported ? unsupported.feature() : e.getMessage();
      skipped.merge(reason, 1, Integer::sum);
    } catch (RuntimeException | StackOverflowError e) {
      String message = e instanceof Mismatch ? e.getMessage() : e.toString();
      failures.add("line " + text(command, "line") + ": " + text(command, "type") + ": " + message);
    }
  }

  /** Runs a command; returns whether it counts as a test. */
  private boolean run(Map<String, Object> command) throws IOException {
    switch (text(command, "type")) {
      case "module" -> {
        String name = text(command, "name");
        remember(name, "module is missing");
        try {
          Instance instance = instantiate(compile(command));
          remember(name, instance);
        } catch (UnsupportedFeatureException e) {
          remember(name, e.feature());
          throw e;
        } catch (Skip e) {
          remember(name, e.getMessage());
          throw e;
        }
      }
      case "module_definition" -> {
        try {
          lastDefinition = compile(command);
          definitions.put(text(command, "name"), lastDefinition);
        } catch (UnsupportedFeatureException e) {
          skippedModules.put("definition " + text(command, "name"), e.feature());
          throw e;
        }
      }
      case "module_instance" -> {
        String definition = text(command, "module");
        String name = text(command, "instance");
        String reason = skippedModules.get("definition " + definition);
        if (reason != null) {
          remember(name, reason);
          throw new Skip(reason);
        }
        Module module = definition.isEmpty() ? lastDefinition : definitions.get(definition);
        if (module == null) {
          throw new Mismatch("no module definition " + definition);
        }
        remember(name, instantiate(module));
      }
      case "register" -> {
        Instance instance;
        try {
          instance = instance(text(command, "name"));
        } catch (Skip e) {
          skippedRegistrations.put(text(command, "as"), e.getMessage());
          throw e;
        }
        Map<String, Extern> exports = new HashMap<>();
        for (dev.gatun.ExportType export : instance.module().exports()) {
          exports.put(export.name(), instance.export(export.name()).orElseThrow());
        }
        registered.put(text(command, "as"), exports);
      }
      case "action" -> act(object(command.get("action")));
      case "assert_return" -> {
        @Nullable Object[] results = act(object(command.get("action")));
        Values.check(results, (List<?>) command.get("expected"));
        return true;
      }
      case "assert_trap", "assert_exhaustion" -> {
        try {
          act(object(command.get("action")));
        } catch (Trap e) {
          checkText(text(command, "text"), e.kind().text());
          return true;
        }
        throw new Mismatch("expected the trap '" + text(command, "text") + "', found a result");
      }
      case "assert_uninstantiable" -> {
        try {
          instantiate(compile(command));
        } catch (Trap e) {
          checkText(text(command, "text"), e.kind().text());
          return true;
        }
        throw new Mismatch("expected the trap '" + text(command, "text") + "', found an instance");
      }
      case "assert_unlinkable" -> {
        try {
          instantiate(compile(command));
        } catch (LinkException e) {
          checkText(text(command, "text"), e.getMessage());
          return true;
        }
        throw new Mismatch("expected '" + text(command, "text") + "', found an instance");
      }
      case "assert_invalid" -> {
        try {
          compile(command);
        } catch (InvalidModuleException e) {
          return true;
        }
        throw new Mismatch("expected an invalid module ('" + text(command, "text") + "'), found a valid one");
      }
      case "assert_malformed" -> {
        try {
          compile(command);
        } catch (MalformedModuleException e) {
          return true;
        }
        throw new Mismatch("expected a malformed module ('" + text(command, "text") + "'), found a good one");
      }
      default -> throw new Skip("command " + text(command, "type"));
    }
    return false;
  }

  /** The suite's texts are prefixes of each other: either may say more. */
  private static void checkText(String expected, @Nullable String found) {
    if (found == null || !found.startsWith(expected) && !expected.startsWith(found)) {
      throw new Mismatch("expected '" + expected + "', found '" + found + "'");
    }
  }

  private Module compile(Map<String, Object> command) throws IOException {
    String file = text(command, "filename");
    if (text(command, "module_type").equals("text")) {
      // wast2json keeps a binary of text modules where it can: the text is what is tested only if it is malformed.
      String binary = text(command, "binary_filename");
      if (binary.isEmpty()) {
        throw new Skip(TEXT);
      }
      file = binary;
    }
    Path folder = script.getParent();
    Module module = engine.compile(Files.readAllBytes(folder == null ? Path.of(file) : folder.resolve(file)));
    modules.add(module);
    return module;
  }

  private Instance instantiate(Module module) {
    for (dev.gatun.ImportType wanted : module.imports()) {
      String reason = skippedRegistrations.get(wanted.module());
      if (reason != null && !registered.containsKey(wanted.module())) {
        throw new Skip(reason);
      }
    }
    return store.instantiate(module, imports());
  }

  private Imports imports() {
    Imports.Builder imports = Imports.builder();
    for (Map.Entry<String, Map<String, Extern>> module : registered.entrySet()) {
      for (Map.Entry<String, Extern> export : module.getValue().entrySet()) {
        imports.define(module.getKey(), export.getKey(), export.getValue());
      }
    }
    return imports.build();
  }

  private void remember(String name, Instance instance) {
    current = instance;
    skippedModules.remove("");
    if (!name.isEmpty()) {
      named.put(name, instance);
      skippedModules.remove(name);
    }
  }

  private void remember(String name, String reason) {
    current = null;
    skippedModules.put("", reason);
    if (!name.isEmpty()) {
      named.remove(name);
      skippedModules.put(name, reason);
    }
  }

  private Instance instance(String name) {
    Instance instance = name.isEmpty() ? current : named.get(name);
    if (instance == null) {
      throw new Skip(skippedModules.getOrDefault(name, "module " + name + " is missing"));
    }
    return instance;
  }

  private @Nullable Object[] act(Map<String, Object> action) {
    Instance instance = instance(text(action, "module"));
    String field = text(action, "field");
    Extern export =
        instance.export(field).orElseThrow(() -> new Mismatch("no export '" + field + "'"));
    if (text(action, "type").equals("get")) {
      return new @Nullable Object[] {((Global) export).get()};
    }
    Func function = (Func) export;
    Object result = function.call(Values.arguments((List<?>) action.get("args")));
    return switch (function.type().results().size()) {
      case 0 -> new @Nullable Object[0];
      case 1 -> new @Nullable Object[] {result};
      default -> (Object[]) result;
    };
  }
}
