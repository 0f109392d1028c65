package dev.gatun.cli.wast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts written for the purpose: what should pass passes, and, as important, what should fail fails. */
class ScriptRunnerTest {
  private static final int I32_ADD = 0x6a;
  private static final String MODULE = "{'type':'module','line':1,'filename':'m.wasm','module_type':'binary'}";

  @TempDir private Path folder;

  @BeforeEach
  void writeModules() throws IOException {
    ModuleBuilder module = new ModuleBuilder();
    module.function("inc", "i:i", new Code().localGet(0).i32(1).op(I32_ADD));
    module.function("two", ":ii", new Code().i32(1).i32(2));
    module.function("trap", ":", new Code().unreachable());
    int recurse = module.function("recurse", ":", new Code().call(3));
    assertEquals(3, recurse);
    module.global('i', false, new Code().i32(42));
    module.export("answer", ModuleBuilder.GLOBAL, 0);
    Files.write(folder.resolve("m.wasm"), module.build());

    ModuleBuilder importing = new ModuleBuilder();
    int inc = importing.importFunction("lib", "inc", "i:i");
    importing.function("twice", "i:i", new Code().localGet(0).call(inc).call(inc));
    Files.write(folder.resolve("importing.wasm"), importing.build());

    ModuleBuilder starting = new ModuleBuilder();
    starting.start(starting.function(":", new Code().unreachable()));
    Files.write(folder.resolve("starting.wasm"), starting.build());

    ModuleBuilder invalid = new ModuleBuilder();
    invalid.function(":i", new Code());
    Files.write(folder.resolve("invalid.wasm"), invalid.build());


    Files.write(folder.resolve("malformed.wasm"), new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0});
  }

  /** Runs a script of the given commands, in JSON with single quotes, under a name of the suite. */
  private ScriptResult runAs(String name, String... commands) throws IOException {
    Path script = folder.resolve(name + ".json");
    Files.createDirectories(script.getParent());
    for (String file : List.of("m", "importing", "starting", "invalid", "malformed")) {
      Path target = script.resolveSibling(file + ".wasm");
      if (!Files.exists(target)) {
        Files.copy(folder.resolve(file + ".wasm"), target);
      }
    }
    String json = "{\"source_filename\":\"x.wast\",\"commands\":[" + String.join(",", commands).replace('\'', '"')
        + "]}";
    Files.writeString(script, json);
    try (Engine engine = Engine.create()) {
      return ScriptRunner.run(script, engine);
    }
  }

  private ScriptResult run(String... commands) throws IOException {
    return runAs("script", commands);
  }

  private static String invoke(String field, String arguments) {
    return "'action':{'type':'invoke','field':'" + field + "','args':[" + arguments + "]}";
  }

  private static String i32(int value) {
    return "{'type':'i32','value':'" + value + "'}";
  }

  private static String assertReturn(String action, String expected) {
    return "{'type':'assert_return','line':9," + action + ",'expected':[" + expected + "]}";
  }

  private static void assertPassed(int count, ScriptResult result) {
    assertEquals(List.of(), result.failures());
    assertEquals(Map.of(), result.skipped());
    assertEquals(count, result.passed());
  }

  private static void assertFailed(String message, ScriptResult result) {
    assertEquals(1, result.failures().size(), result.toString());
    assertTrue(result.failures().get(0).contains(message), result.toString());
  }

  @Test
  void resultsAreCompared() throws IOException {
    assertPassed(
        5,
        run(
            MODULE,
            assertReturn(invoke("inc", i32(1)), i32(2)),
            assertReturn(invoke("two", ""), i32(1) + "," + i32(2)),
            assertReturn("'action':{'type':'get','field':'answer'}", i32(42)),
            "{'type':'action','line':9," + invoke("inc", i32(1)) + "}"));
    assertFailed("line 9: assert_return: expected", run(MODULE, assertReturn(invoke("inc", i32(1)), i32(3))));
    assertFailed("no export 'absent'", run(MODULE, assertReturn(invoke("absent", ""), "")));
    assertFailed("unreachable", run(MODULE, assertReturn(invoke("trap", ""), "")));
  }

  @Test
  void trapsAreComparedByTheirText() throws IOException {
    String trap = "{'type':'assert_trap','line':9," + invoke("trap", "") + ",'text':'%s'}";
    assertPassed(2, run(MODULE, trap.formatted("unreachable")));
    assertFailed("found 'unreachable'", run(MODULE, trap.formatted("integer overflow")));
    assertFailed("found a result",
        run(MODULE, "{'type':'assert_trap','line':9," + invoke("inc", i32(1)) + ",'text':'x'}"));
    String exhaustion = "{'type':'assert_exhaustion','line':9," + invoke("%s", "") + ",'text':'call stack exhausted'}";
    assertPassed(2, run(MODULE, exhaustion.formatted("recurse")));
    assertFailed("found 'unreachable'", run(MODULE, exhaustion.formatted("trap")));
  }

  @Test
  void modulesThatAreNotGoodMustBeRefusedForTheRightReason() throws IOException {
    String command = "{'type':'%s','line':9,'filename':'%s.wasm','module_type':'binary','text':'%s'}";
    assertPassed(1, run(command.formatted("assert_invalid", "invalid", "type mismatch")));
    assertPassed(1, run(command.formatted("assert_malformed", "malformed", "unknown binary version")));
    assertPassed(1, run(command.formatted("assert_uninstantiable", "starting", "unreachable")));
    assertPassed(1, run(command.formatted("assert_unlinkable", "importing", "unknown import")));
    assertFailed("InvalidModuleException", run(command.formatted("assert_malformed", "invalid", "")));
    assertFailed("MalformedModuleException", run(command.formatted("assert_invalid", "malformed", "")));
    assertFailed("found a good module", run(command.formatted("assert_invalid", "m", "x")));
    assertFailed("found a result", run(command.formatted("assert_uninstantiable", "m", "unreachable")));
    assertFailed("found an instance", run(command.formatted("assert_unlinkable", "m", "unknown import")));
    assertFailed("found 'unknown import", run(command.formatted("assert_unlinkable", "importing", "incompatible")));
  }

  @Test
  void modulesAreLinkedByWhatIsRegistered() throws IOException {
    String named = "{'type':'module','line':1,'name':'$m','filename':'m.wasm','module_type':'binary'}";
    String register = "{'type':'register','line':2,'name':'$m','as':'lib'}";
    String importing = "{'type':'module','line':3,'filename':'importing.wasm','module_type':'binary'}";
    assertPassed(4, run(named, register, importing, assertReturn(invoke("twice", i32(1)), i32(3))));
    String onNamed =
        "{'type':'assert_return','line':9,'action':{'type':'invoke','module':'$m','field':'inc','args':["
            + i32(1)
            + "]},'expected':["
            + i32(2)
            + "]}";
    assertPassed(4, run(named, register, importing, onNamed));
    ScriptResult unregistered = run(named, importing, assertReturn(invoke("twice", i32(1)), i32(3)));
    assertEquals(2, unregistered.failures().size(), unregistered.toString());
  }

  @Test
  void definitionsAreInstantiatedApart() throws IOException {
    String definition = "{'type':'module_definition','line':1,'name':'D','filename':'m.wasm','module_type':'binary'}";
    String instance = "{'type':'module_instance','line':2,'instance':'%s','module':'D'}";
    assertPassed(
        4,
        run(
            definition,
            instance.formatted("A"),
            instance.formatted("B"),
            assertReturn(invoke("inc", i32(1)), i32(2))));
    assertFailed("no module 'D'", run(instance.formatted("A")));
  }

  @Test
  void modulesMayBeTexts() throws IOException {
    Files.writeString(folder.resolve("bad.wat"), "(module (funk))");
    Files.writeString(folder.resolve("good.wat"), "(module (func (export \"inc\") (result i32) i32.const 2))");
    assertPassed(
        4,
        run(
            "{'type':'assert_malformed','line':9,'filename':'bad.wat','module_type':'text','text':'unexpected token'}",
            "{'type':'module','line':1,'filename':'bad.wat','module_type':'text','binary_filename':'m.wasm'}",
            "{'type':'module','line':1,'filename':'good.wat','module_type':'text'}",
            assertReturn(invoke("inc", ""), i32(2))));
  }

  @Test
  void ofAScriptThatIsListedWhollyNothingIsRun() throws IOException {
    String name = "proposals/custom-descriptors/descriptors";
    ScriptResult listed = runAs(name, MODULE, assertReturn(invoke("inc", i32(1)), i32(3)));
    assertEquals(new ScriptResult(name, 0, List.of(), Map.of("custom descriptors", 2)), listed);
  }

  @Test
  void scriptsMayBeTexts() throws IOException {
    Path script = Files.writeString(
        folder.resolve("s.wast"),
        """
        (module $m (func (export "half") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2))))
        (assert_return (invoke "half" (f32.const 3)) (f32.const 0x1.8p0))
        (assert_return (invoke $m "half" (f32.const nan)) (f32.const nan:arithmetic))
        (assert_invalid (module (func (result i32))) "type mismatch")
        (assert_malformed (module quote "(func") "unexpected end")
        (assert_return (invoke "half" (f32.const 3)) (f32.const 1))
        """);
    try (Engine engine = Engine.create()) {
      ScriptResult result = ScriptRunner.run(script, engine);
      assertEquals(5, result.passed());
      assertEquals(1, result.failures().size());
      assertTrue(result.failures().get(0).startsWith("line 6: assert_return: expected"), result.toString());
    }
  }

  @Test
  void everyCommandCountsOnce() throws IOException {
    String unknown = "{'type':'frobnicate','line':5}";
    ScriptResult result = run(MODULE, unknown, assertReturn(invoke("inc", i32(1)), i32(2)));
    assertEquals(2, result.passed());
    assertFailed("knows no such command", result);
  }

  @Test
  void aFileThatIsNoScriptIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("package.json"), "{\"name\":\"x\"}");
    try (Engine engine = Engine.create()) {
      assertFailed("wast2json", ScriptRunner.run(file, engine));
      assertFailed("can't be read", ScriptRunner.run(folder.resolve("absent.json"), engine));
      assertFailed("can't be read", ScriptRunner.run(folder.resolve("m.wasm"), engine));
    }
  }
}
