package dev.gatun.examples.ruby;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.testing.CachedFiles;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/fetch-ruby} fetches Ruby; without it these tests are skipped, and say so. */
class RubyTest {
  private static final Engine ENGINE = Engine.create();
  private static Module module;

  @BeforeAll
  static void compile() throws IOException {
    module = ENGINE.compile(CachedFiles.find("gatun.ruby", "test-programs/ruby.wasm", "ci/fetch-ruby"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Ruby start() throws IOException {
    return Ruby.start(module, Wasi.builder());
  }

  @Test
  void evaluates() throws IOException {
    try (Ruby ruby = start()) {
      assertEquals("2", ruby.eval("1 + 1"));
      assertTrue(ruby.eval("RUBY_VERSION").startsWith("3.4."));
      ruby.eval("def twice(n) = 2 * n");
      assertEquals("84", ruby.eval("twice(42)"));
      assertEquals("h\u00e9", ruby.eval("'h\u00e9'"));
    }
  }

  @Test
  void theStandardLibraryIsThere(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Ruby ruby = Ruby.start(module, Wasi.builder().stdout(out).directory(folder, "/data", false))) {
      String script =
          """
          require 'json'
          require 'set'
          require 'digest'
          data = JSON.parse('{"words": ["b", "a", "b"]}')
          words = Set.new(data["words"]).sort
          File.write("/data/words.csv", words.join(","))
          puts "written"
          Digest::SHA256.hexdigest(words.join)
          """;
      assertEquals("fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603", ruby.eval(script));
    }
    assertEquals("a,b", Files.readString(folder.resolve("words.csv")));
    assertEquals("written\n", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void exceptionsBecomeJavas() throws IOException {
    try (Ruby ruby = start()) {
      RubyException e = assertThrows(RubyException.class, () -> ruby.eval("def half(n) = n / 0\nhalf(4)"));
      assertEquals("ZeroDivisionError", e.rubyClass());
      assertEquals("divided by 0 (ZeroDivisionError)", e.getMessage());
      assertEquals("eval:1:in 'Integer#/'", e.backtrace().getFirst());
      assertEquals("SyntaxError", assertThrows(RubyException.class, () -> ruby.eval("foo(")).rubyClass());
      assertEquals("rescued", ruby.eval("begin; raise 'x'; rescue => e; 'rescued'; end"));
      assertEquals("still here", ruby.eval("'still here'"));
    }
  }

  @Test
  void rubyCallsJava() throws IOException {
    List<String> heard = new ArrayList<>();
    try (Ruby ruby = start()) {
      ruby.define(
          "shout",
          words -> {
            heard.addAll(words);
            return words.getFirst().toUpperCase(Locale.ROOT);
          });
      ruby.define(
          "fail",
          words -> {
            throw new IllegalStateException("no way");
          });
      ruby.eval("require 'js'");
      assertEquals("HEY!", ruby.eval("JS.global.call(:shout, 'hey', 7, 2.5, true).to_s + '!'"));
      assertEquals(List.of("hey", "7", "2.5", "true"), heard);
      RubyException e = assertThrows(RubyException.class, () -> ruby.eval("JS.global.call(:fail)"));
      assertTrue(e.getMessage().contains("no way"), e.getMessage());
      assertEquals("caught", ruby.eval("begin; JS.global.call(:fail); rescue JS::Error; 'caught'; end"));
      assertEquals("undefined", ruby.eval("JS.global[:none].typeof"));
      assertThrows(RubyException.class, () -> ruby.eval("JS.eval('1 + 1')"));
    }
  }

  /** What Ruby and Java hold of each other is let go. */
  @Test
  void manyCallsLeaveNothingBehind() throws IOException {
    try (Ruby ruby = start()) {
      ruby.define("echo", List::getFirst);
      ruby.eval("require 'js'");
      for (int i = 0; i < 2000; i++) {
        assertEquals("x" + i, ruby.eval("JS.global.call(:echo, 'x" + i + "').to_s"));
      }
    }
  }
}
