package dev.gatun.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.BindingException;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Profiler;
import dev.gatun.text.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Runs the examples of the documentation. */
@ResourceLock(Resources.SYSTEM_OUT)
final class SnippetsTest {
  private static final Engine ENGINE = Engine.create();

  private static final String CALCULATOR =
      """
      (module
        (memory (export "memory") 1)
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "is-even") (param i32) (result i32) (i32.eqz (i32.and (local.get 0) (i32.const 1))))
        (func $divide (export "divide") (param i32 i32) (result i32 i32)
          (i32.div_s (local.get 0) (local.get 1)) (i32.rem_s (local.get 0) (local.get 1)))
        (func (export "handle") (param i32))
        (func (export "work") (local i32)
          (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 50_000_000))))))
      """;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Module module(String text) {
    return ENGINE.compile(TextFormat.parse(text));
  }

  private static Instance instance(String text) {
    return module(text).instantiate();
  }

  /** What an example prints. */
  private static String output(Executable example) throws Throwable {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      example.execute();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void engines() throws Throwable {
    Path file = folder.resolve("add.wasm");
    Files.write(file, TextFormat.parse(CALCULATOR));
    assertEquals("5\n", output(() -> EngineSnippets.hello(file)));
    byte[] library = TextFormat.parse("(global (export \"answer\") i32 (i32.const 42))");
    byte[] program = TextFormat.parse(
        "(import \"library\" \"answer\" (global i32)) (func (export \"run\") (result i32) (global.get 0))");
    assertEquals("42\n", output(() -> EngineSnippets.share(ENGINE, library, program)));
    try (Instance instance = instance(CALCULATOR)) {
      assertEquals("5\n", output(() -> EngineSnippets.handle(instance)));
      assertEquals("INTEGER_DIVIDE_BY_ZERO in divide\n", output(() -> EngineSnippets.trap(instance)));
      assertTrue(output(() -> EngineSnippets.statistics(ENGINE)).contains(" instances, "));
    }
    EngineSnippets.cores();
    EngineSnippets.management();
  }

  @Test
  void views() throws Throwable {
    assertEquals("5\ntrue\n2\n", output(() -> ViewSnippets.calculate(instance(CALCULATOR))));
    String greeter =
        """
        (module
          (memory (export "memory") 1)
          (data (i32.const 16) "Hello ")
          (data (i32.const 32) "1.0")
          (func (export "alloc") (param i32) (result i32) (i32.const 1030))
          (func (export "dealloc") (param i32 i32))
          (func (export "greet") (param i32 i32) (result i64)
            (memory.copy (i32.const 1024) (i32.const 16) (i32.const 6))
            (i64.or (i64.const 0x400_0000_0000) (i64.extend_i32_u (i32.add (local.get 1) (i32.const 6)))))
          (func (export "version") (result i64) (i64.const 0x20_0000_0003)))
        """;
    try (Instance instance = instance(greeter)) {
      assertEquals("Hello wörld, version 1.0\n", output(() -> ViewSnippets.greet(instance)));
    }
    try (Instance instance = instance(CALCULATOR)) {
      ViewSnippets.mistake(instance);
      assertThrows(BindingException.class, () -> ViewSnippets.greet(instance));
    }
  }

  @Test
  void imports() throws Throwable {
    try (Module module = module(
            "(import \"env\" \"next\" (func $next (param i32) (result i32)))"
                + " (func (export \"run\") (result i32) (call $next (i32.const 6)))");
        Module words = module(
            "(import \"env\" \"count_word\" (func $count (param i32 i32))) (memory 1) (data (i32.const 8) \"wasm\")"
                + " (func (export \"run\") (call $count (i32.const 8) (i32.const 4)))")) {
      assertEquals("7\n", output(() -> ImportsSnippets.function(module)));
      assertEquals("{wasm=1}\n", output(() -> ImportsSnippets.object(words)));
    }
  }

  @Test
  void memories() throws Throwable {
    try (Instance instance = instance(CALCULATOR)) {
      assertEquals("grüezi\n0.5\n", output(() -> MemorySnippets.access(instance)));
    }
  }

  @Test
  void limits() throws Throwable {
    try (Module endless = module("(func (export \"run\") (loop (br 0)))");
        Instance instance = instance(CALCULATOR)) {
      String stopped = output(() -> LimitsSnippets.limits(endless, Imports.none()));
      assertTrue(stopped.startsWith("the plug-in was stopped: "), stopped);
      LimitsSnippets.deadline(instance, List.of(1, 2, 3));
    }
    String print =
        """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 4) "\\00\\40\\00\\00")
          (func (export "_start")
            (loop (br_if 0 (i32.eqz (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))))))
        """;
    try (Module program = module(print)) {
      assertEquals("1048576 bytes, then it was stopped\n", output(() -> LimitsSnippets.output(program)));
    }
    try (Module program = module("(memory (export \"memory\") 1) (func (export \"_start\"))")) {
      assertEquals("ended with 0\n", output(() -> LimitsSnippets.program(program)));
    }
  }

  @Test
  void profiles() throws Throwable {
    Path file = folder.resolve("work.html");
    try (Instance instance = instance(CALCULATOR)) {
      LimitsSnippets.profile(instance, file);
      assertTrue(Files.size(file) > 0);
      try (Profiler profiler = Profiler.start(instance.store(), Duration.ofMillis(1))) {
        instance.function("work").call();
        String functions = output(() -> LimitsSnippets.functions(profiler, file));
        assertTrue(functions.lines().count() >= 1, functions);
      }
    }
  }
}
