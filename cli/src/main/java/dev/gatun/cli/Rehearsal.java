package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import picocli.CommandLine;

/**
 * Does what the command does, on a small program, for the JVM to record which classes that takes: the launcher makes an
 * AOT cache of them (JEP 483, 514), which halves the time to the first instruction of a small guest.
 */
public final class Rehearsal {
  /**
   * A program with a little of everything: a loop, both files of registers, memory, a table, host calls.
   *
   * <pre>{@code
   * (module
   *   (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
   *   (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
   *   (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
   *   (memory (export "memory") 1)
   *   (table 1 funcref)
   *   (elem (i32.const 0) $sum)
   *   (data (i32.const 16) "ab")
   *   (func $sum (param i32) (result i32) (local f64)
   *     loop
   *       local.get 1  local.get 0  f64.convert_i32_u  f64.add  local.set 1
   *       local.get 0  i32.const 1  i32.sub  local.tee 0
   *       br_if 0
   *     end
   *     local.get 1  i32.trunc_sat_f64_u)
   *   (func (export "_start")
   *     i32.const 0  i64.const 1  i32.const 8  call $clock  drop
   *     i32.const 1  i32.const 24  i32.const 1  i32.const 32  call $write  drop
   *     i32.const 9  i32.const 0  call_indirect (param i32) (result i32)
   *     i32.const 45  i32.ne  call $exit))
   * }</pre>
   */
  private static final String PROGRAM =
      "0061736d01000000"
          + "011c0560047f7f7f7f017f60037f7e7f017f60017f0060017f017f600000"
          + "026e0316776173695f736e617073686f745f70726576696577310866645f7772697465000016776173695f736e617073686f745"
          + "f7072657669"
          + "6577310e636c6f636b5f74696d655f676574000116776173695f736e617073686f745f70726576696577310970726f635f65786"
          + "9740002"
          + "0303020304"
          + "040401700001"
          + "0503010001"
          + "071302066d656d6f72790200065f73746172740004"
          + "0907010041000b0103"
          + "0a41021c01017c034020012000b8a02101200041016b22000d000b2001fc030b"
          + "220041004201410810011a410141184101412010001a41094100110300412d4710020b"
          + "0b08010041100b026162";

  private Rehearsal() {}

  /** Rehearses; exits with 0 if all went well. */
  public static void main(String[] words) throws IOException {
    Path folder = Files.createTempDirectory("gatun");
    Path file = folder.resolve("program.wasm");
    Path cached = folder.resolve("code");
    System.setProperty("gatun.codeCache", cached.toString());
    int code = ExitCode.OK;
    try {
      Files.write(file, HexFormat.of().parseHex(PROGRAM));
      // The second run finds the code of the first by what is in the file, the third by the file.
      String[] run = {"run", "--dir", folder + "::/", "--env", "A=1", file.toString(), "argument"};
      for (int i = 0; i < 3; i++) {
        code |= Main.execute(run);
      }
      try (Engine engine = Engine.builder().compilation(Engine.Compilation.EAGER).build();
          Module module = engine.compile(file)) {
        code |= module.codeSize() > 0 ? ExitCode.OK : ExitCode.FAILED;
      }
      code |= quietly("--help");
      code |= quietly("inspect", "--types", file.toString());
    } finally {
      Files.deleteIfExists(file);
      delete(cached);
      Files.delete(folder);
    }
    Runtime.getRuntime().exit(code);
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          delete(entry);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  private static int quietly(String... words) {
    CommandLine gatun = CommandLines.create();
    gatun.setOut(new PrintWriter(Writer.nullWriter()));
    return gatun.execute(words);
  }
}
