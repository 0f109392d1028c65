package dev.gatun.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.Engine;
import dev.gatun.FuelException;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LimitException;
import dev.gatun.MemoryLimitException;
import dev.gatun.Module;
import dev.gatun.StackLimitException;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.examples.PlugIn.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  private interface Example {
    void main(String... arguments) throws Exception;
  }

  /** What an example prints. */
  private static String output(Example example, String module, String... arguments) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      List<String> all = new ArrayList<>(List.of("src/main/wasm/" + module));
      all.addAll(List.of(arguments));
      example.main(all.toArray(String[]::new));
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void hello() throws Exception {
    assertEquals("5\n", output(Hello::main, "add.wat"));
  }

  @Test
  void hostFunctions() throws Exception {
    assertEquals("hello, J\u00fcrgen\n0.25\n", output(HostFunctions::main, "greet.wat", "J\u00fcrgen"));
  }

  @Test
  void hostFunctionsGiveNoMoreThanTheGuestHasRoomFor() throws Exception {
    List<String> heard = new ArrayList<>();
    try (Engine engine = Engine.create();
        Module module = engine.compile(Path.of("src/main/wasm/greet.wat"))) {
      Imports imports = HostFunctions.imports("x".repeat(100_000), heard::add);
      try (Instance instance = module.instantiate(imports)) {
        instance.function("greet").call();
      }
    }
    assertEquals(65536, heard.getFirst().length());
  }

  @Test
  void typedView() throws Exception {
    assertEquals("***\n", output(TypedView::main, "text.wat", " one two\n three"));
    assertEquals("\n", output(TypedView::main, "text.wat", ""));
    assertEquals("**\n", output(TypedView::main, "text.wat", "x".repeat(200_000) + " y"));
  }

  @Test
  void plugIn() throws Exception {
    assertEquals("Returned[value=42]\n", output(PlugIn::main, "plug-in.wat", "20"));
  }

  private static Outcome run(Path folder, String module) throws IOException {
    Path file = Files.writeString(folder.resolve("plug-in.wat"), module);
    return PlugIn.run(file, 7);
  }

  private static void assertStopped(Class<? extends LimitException> by, Outcome outcome) {
    assertInstanceOf(by, assertInstanceOf(Outcome.Stopped.class, outcome).why());
  }

  private static void assertFailed(Class<? extends RuntimeException> by, Outcome outcome) {
    assertInstanceOf(by, assertInstanceOf(Outcome.Failed.class, outcome).why());
  }

  private static String plugIn(String body) {
    return "(module (memory 1) (tag $t) (func $run (export \"run\") (param i32) (result i32) " + body + "))";
  }

  @Test
  void plugInsAreStopped(@TempDir Path folder) throws IOException {
    assertEquals(new Outcome.Returned(7), run(folder, plugIn("(local.get 0)")));
    assertStopped(FuelException.class, run(folder, plugIn("(loop $l (br $l)) (unreachable)")));
    assertStopped(MemoryLimitException.class, run(folder, plugIn("(memory.grow (i32.const 256))")));
    assertStopped(StackLimitException.class, run(folder, plugIn("(i32.eqz (call $run (local.get 0)))")));
    assertFailed(Trap.class, run(folder, plugIn("(i32.div_u (local.get 0) (i32.const 0))")));
    assertFailed(ThrownException.class, run(folder, plugIn("(throw $t)")));
  }

  @Test
  void noPlugIns(@TempDir Path folder) throws IOException {
    for (String module :
        List.of(
            "(module (func (export \"run\") (param i32) (result i32) (i64.const 0)))",
            "(module",
            "(module (func (export \"run\")))",
            "(module)",
            "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32))))")) {
      assertInstanceOf(Outcome.Rejected.class, run(folder, module), module);
    }
  }
}
