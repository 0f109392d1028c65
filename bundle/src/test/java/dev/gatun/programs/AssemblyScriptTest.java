package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import dev.gatun.wasi.WasiExit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** AssemblyScript, whose objects are in memory, with a collector of its own, and whose strings are UTF-16. */
@Timeout(300)
class AssemblyScriptTest {
  /** What its runtime knows strings by. */
  private static final int STRING = 2;

  private static final Engine ENGINE = Engine.create();
  private static Module module;

  @BeforeAll
  static void compile() throws IOException {
    module = ENGINE.compile(Programs.c("assemblyscript"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Its digits of numbers are not always the nearest, but they are the same everywhere. */
  @Test
  void aProgramRuns() throws IOException {
    Run run = new Run("program", "one", "zwei \u00e4").env("NAME", "value=\u00fc").stdin("stdin");
    assertEquals(8, run.of(module), run::toString);
    assertEquals(
        """
        one|zwei \u00e4
        value=\u00fc
        0.30000000000000007 1e+21 1e-45 -9223372036854775808
        0.8414709848078965 1.4142135623730952 2.7182817
        STDIN
        Error: done
        """,
        run.out());
    assertEquals("", run.err());
  }

  private static int string(Instance instance, String text) {
    int address = (int) instance.function("__new").call(2 * text.length(), STRING);
    instance.memory("memory").write(address, text.getBytes(StandardCharsets.UTF_16LE));
    return (int) instance.function("__pin").call(address);
  }

  private static String string(Instance instance, int address) {
    Memory memory = instance.memory("memory");
    return new String(memory.read(address, memory.readInt(address - 4)), StandardCharsets.UTF_16LE);
  }

  @Test
  void aLibraryIsCalled() throws IOException {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().argument("library").stderr(stderr).build();
        Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      assertEquals(0, wasi.run(instance));
      assertEquals(200 * 511 + 2047, instance.function("collect").call(200));
      int text = string(instance, "b a B \u00c4 \ud83d\ude00 a b");
      for (int i = 0; i < 1000; i++) {
        int counts = (int) instance.function("count").call(text);
        assertEquals("a=2 b=3 \u00e4=1 \ud83d\ude00=1 ", string(instance, counts));
      }
      instance.function("__unpin").call(text);
      assertEquals(3, instance.function("at").call(2));
      assertEquals("", stderr.toString(StandardCharsets.UTF_8));
      WasiExit exit = assertThrows(WasiExit.class, () -> instance.function("at").call(3));
      assertEquals(255, exit.code());
      String message = stderr.toString(StandardCharsets.UTF_8);
      assertTrue(message.startsWith("abort: Index out of range in "), message);
    }
  }
}
