package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  private static final String WASI = "wasi_snapshot_preview1";
  private static final int I32_LOAD = 0x28;
  private static final int I32_ADD = 0x6a;
  private static final int I64_ADD = 0x7c;
  private static final int I32_DIV_S = 0x6d;

  @TempDir private Path folder;

  private String file(ModuleBuilder module) throws IOException {
    Path file = folder.resolve("program.wasm");
    Files.write(file, module.build());
    return file.toString();
  }

  private static ModuleBuilder exiting(int code) {
    ModuleBuilder module = new ModuleBuilder();
    int exit = module.importFunction(WASI, "proc_exit", "i:");
    module.memory(1, ModuleBuilder.NO_MAXIMUM);
    module.export("memory", ModuleBuilder.MEMORY, 0);
    module.function("_start", ":", new Code().i32(code).call(exit));
    return module;
  }

  @Test
  void theGuestsExitCodeIsTheCommands() throws Exception {
    Gatun.Result result = Gatun.run("", "run", file(exiting(7)));
    assertEquals(new Gatun.Result(7, "", ""), result);
  }

  @Test
  void aProgramThatReturnsHasSucceeded() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    module.function("_start", ":", new Code());
    assertEquals(new Gatun.Result(0, "", ""), Gatun.run("", "run", file(module)));
  }

  @Test
  void theGuestSeesItsArgumentsAndWritesToStandardOutput() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    int argsGet = module.importFunction(WASI, "args_get", "ii:i");
    int argsSizes = module.importFunction(WASI, "args_sizes_get", "ii:i");
    int write = module.importFunction(WASI, "fd_write", "iiii:i");
    module.memory(1, ModuleBuilder.NO_MAXIMUM);
    module.export("memory", ModuleBuilder.MEMORY, 0);
    // The arguments' bytes, with a NUL after each, go to 1024 and from there to standard output.
    Code body = new Code().i32(0).i32(4).call(argsSizes).drop().i32(16).i32(1024).call(argsGet).drop();
    body.i32(8).i32(1024).memory(0x36, 2, 0);
    body.i32(12).i32(4).memory(I32_LOAD, 2, 0).memory(0x36, 2, 0);
    body.i32(1).i32(8).i32(1).i32(0).call(write).drop();
    module.function("_start", ":", body);
    Gatun.Result result = Gatun.run("", "run", file(module), "--dir", "é");
    assertEquals(new Gatun.Result(0, "program.wasm\0--dir\0é\0", ""), result);
  }

  @Test
  void aTrapIsToldWithItsBacktraceAndExitsWith134() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    int inner = module.function("inner", ":", new Code().unreachable());
    module.function("_start", ":", new Code().call(inner));
    String file = file(module);
    Gatun.Result result = Gatun.run("", "run", file);
    assertEquals(134, result.exitCode());
    String[] lines = result.err().split("\n");
    assertEquals("gatun: " + file + ": trap: unreachable", lines[0]);
    assertTrue(lines[1].startsWith("    at inner (function 0, offset 0x"), result.err());
    assertTrue(lines[2].startsWith("    at _start (function 1, offset 0x"), result.err());
    assertEquals(3, lines.length, result.err());
  }

  @Test
  void aCoreDumpIsWrittenWhenTheGuestTraps() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    module.memory(1, ModuleBuilder.NO_MAXIMUM);
    int inner = module.function("inner", ":", new Code().unreachable());
    module.function("_start", ":", new Code().call(inner));
    module.function("fine", ":", new Code());
    String file = file(module);
    String core = folder.resolve("core.wasm").toString();
    Gatun.Result fine = Gatun.run("", "run", "--coredump", core, "--invoke", "fine", file);
    assertEquals(new Gatun.Result(0, "", ""), fine);
    assertFalse(Files.exists(Path.of(core)));
    Gatun.Result result = Gatun.run("", "run", "--coredump", core, file);
    assertEquals(134, result.exitCode());
    assertEquals("gatun: core dumped to " + core, result.err().split("\n")[0]);
    assertTrue(result.err().contains("trap: unreachable"), result.err());
    assertEquals(new Gatun.Result(0, "", ""), Gatun.run("", "inspect", core));
    Gatun.Result refused = Gatun.run("", "run", "--coredump", folder.toString(), file);
    assertEquals(134, refused.exitCode());
    assertTrue(refused.err().contains("can't write the core dump to " + folder), refused.err());
  }

  @Test
  void perfIsToldTheNamesOfFunctions() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    module.function("_start", ":", new Code());
    List<String> command = Gatun.command();
    command.addAll(List.of("run", "--perf-map", file(module)));
    Process process = new ProcessBuilder(command).inheritIO().start();
    Path map = Path.of("/tmp/perf-" + process.pid() + ".map");
    try {
      assertEquals(0, process.waitFor());
      String text = Files.readString(map);
      assertTrue(text.contains(" wasm:_start\n"), text);
      assertTrue(text.contains(" gatun:trampoline\n"), text);
    } finally {
      Files.deleteIfExists(map);
    }
  }

  @Test
  void aFunctionIsInvokedWithArgumentsOfItsTypes() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    module.function("add", "ii:i", new Code().localGet(0).localGet(1).op(I32_ADD));
    module.function("add64", "ll:l", new Code().localGet(0).localGet(1).op(I64_ADD));
    module.function("swap", "fd:df", new Code().localGet(1).localGet(0));
    module.function("divide", "ii:i", new Code().localGet(0).localGet(1).op(I32_DIV_S));
    String file = file(module);
    assertEquals(new Gatun.Result(0, "-2\n", ""), Gatun.run("", "run", "--invoke", "add", file, "4294967295", "-1"));
    assertEquals(new Gatun.Result(0, "0\n", ""),
        Gatun.run("", "run", "--invoke", "add64", file, "18446744073709551615", "0x1"));
    assertEquals(new Gatun.Result(0, "-2.5\n1.5\n", ""), Gatun.run("", "run", "--invoke", "swap", file, "1.5", "-2.5"));
    assertEquals(134, Gatun.run("", "run", "--invoke", "divide", file, "1", "0").exitCode());
    Gatun.Result wrong = Gatun.run("", "run", "--invoke", "add", file, "1", "two");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("'two' is no i32"), wrong.err());
    assertEquals(2, Gatun.run("", "run", "--invoke", "add", file, "1").exitCode());
    assertEquals(2, Gatun.run("", "run", "--invoke", "subtract", file, "1", "2").exitCode());
  }

  @Test
  void aProfileIsWrittenHoweverTheProgramEnds() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    // Counts down from its argument, then divides by it.
    Code body = new Code().loop(Code.EMPTY).localGet(0).i32(-1).op(I32_ADD).localTee(0).brIf(0).end();
    body.i32(1).localGet(0).op(I32_DIV_S);
    module.function("spin", "i:i", body);
    String program = file(module);
    for (String name : new String[] {"p.html", "p.json", "p.txt"}) {
      Path profile = folder.resolve(name);
      Gatun.Result result =
          Gatun.run(
              "", "run", "--profile=" + profile, "--profile-rate", "2000", "--invoke", "spin", program, "1000000000");
      assertEquals(134, result.exitCode(), result.err());
      assertTrue(result.err().contains(" samples in " + profile), result.err());
      assertTrue(Files.readString(profile).contains("spin"), name);
    }
    Gatun.Result nowhere = Gatun.run("", "run", "--profile=" + folder.resolve("no/p.txt"), program);
    assertEquals(127, nowhere.exitCode(), nowhere.err());
    assertEquals(2, Gatun.run("", "run", "--profile=p.pdf", program).exitCode());
    assertEquals(2, Gatun.run("", "run", "--profile-rate=0", program).exitCode());
    assertEquals(2, Gatun.run("", "run", "--profile-rate=10001", program).exitCode());
  }

  @Test
  void aStackSizeIsKept() throws Exception {
    ModuleBuilder module = new ModuleBuilder();
    // Calls itself as often as its argument says.
    Code body = new Code().localGet(0).iff(Code.EMPTY).localGet(0).i32(-1).op(I32_ADD).call(0).end();
    module.function("recurse", "i:", body);
    String file = file(module);
    String[] small = {"run", "--stack-size", "64K", "--invoke", "recurse", file, "100000"};
    Gatun.Result exhausted = Gatun.run("", small);
    assertEquals(134, exhausted.exitCode());
    assertTrue(exhausted.err().contains("trap: call stack exhausted"), exhausted.err());
    assertEquals(0, Gatun.run("", "run", "--stack-size", "64M", "--invoke", "recurse", file, "100000").exitCode());
  }

  @Test
  void whatCannotBeRunSaysWhy() throws Exception {
    Gatun.Result missing = Gatun.run("", "run", folder.resolve("absent.wasm").toString());
    assertEquals(127, missing.exitCode());
    assertTrue(missing.err().contains("absent.wasm: no such file"), missing.err());

    Gatun.Result directory = Gatun.run("", "run", folder.toString());
    assertEquals(126, directory.exitCode());
    assertTrue(directory.err().contains("a directory"), directory.err());

    Path text = Files.write(folder.resolve("text.wasm"), "hello".getBytes(StandardCharsets.UTF_8));
    Gatun.Result malformed = Gatun.run("", "run", text.toString());
    assertEquals(126, malformed.exitCode());
    assertTrue(malformed.err().contains("magic header not detected"), malformed.err());

    ModuleBuilder library = new ModuleBuilder();
    library.function("f", ":", new Code());
    Gatun.Result noProgram = Gatun.run("", "run", file(library));
    assertEquals(126, noProgram.exitCode());
    assertTrue(noProgram.err().contains("--invoke"), noProgram.err());

    ModuleBuilder importing = new ModuleBuilder();
    importing.importFunction("env", "magic", ":");
    importing.function("_start", ":", new Code());
    Gatun.Result unlinked = Gatun.run("", "run", file(importing));
    assertEquals(126, unlinked.exitCode());
    assertTrue(unlinked.err().contains("unknown import") && unlinked.err().contains("magic"), unlinked.err());
  }

  @Test
  void inspectPrintsOneLineForEachImportAndExport() throws Exception {
    ModuleBuilder module = exiting(0);
    module.table('c', 1, 2);
    module.export("table", ModuleBuilder.TABLE, 0);
    module.global('l', true, new Code().i64(1));
    module.export("a global", ModuleBuilder.GLOBAL, 0);
    String file = file(module);
    String expected =
        """
        import: wasi_snapshot_preview1 proc_exit function
        export: memory memory
        export: _start function
        export: table table
        export: a global global
        """;
    assertEquals(new Gatun.Result(0, expected, ""), Gatun.run("", "inspect", file));
    String withTypes =
        """
        import: wasi_snapshot_preview1 proc_exit function (func (param i32))
        export: memory memory (memory 1)
        export: _start function (func)
        export: table table (table 1 2 funcref)
        export: a global global (global (mut i64))
        """;
    assertEquals(new Gatun.Result(0, withTypes, ""), Gatun.run("", "inspect", "--types", file));
    assertEquals(127, Gatun.run("", "inspect", folder.resolve("absent").toString()).exitCode());
  }
}
