package dev.gatun.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation of the modules that others use has no errors, and shows the examples of this package. */
final class JavadocTest {
  @TempDir Path folder;

  private static Path jspecify() {
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : path.split(File.pathSeparator)) {
      if (Path.of(entry).getFileName().toString().startsWith("jspecify")) {
        return Path.of(entry);
      }
    }
    throw new AssertionError("no jspecify in " + path);
  }

  @Test
  void theDocumentationShowsTheSnippets() throws Exception {
    ToolProvider javadoc = ToolProvider.findFirst("javadoc").orElse(null);
    assumeTrue(javadoc != null, "needs a JDK");
    List<String> arguments = new ArrayList<>(List.of("-quiet", "-Xdoclint:all,-missing", "-Werror"));
    String[][] modules = {
      {"dev.gatun.jit", "jit"},
      {"dev.gatun.wasi", "wasi"},
      {"dev.gatun.memory", "memory"},
      {"dev.gatun.bindings", "bindings"},
      {"dev.gatun.codegen.x86_64", "codegen-x86_64"},
      {"dev.gatun.codegen.aarch64", "codegen-aarch64"}
    };
    for (String[] module : modules) {
      arguments.add("--module-source-path");
      arguments.add(module[0] + "=" + Path.of("..", module[1], "src", "main", "java"));
    }
    arguments.addAll(List.of("-p", jspecify().toString()));
    arguments.addAll(List.of("--snippet-path", Path.of("src", "test", "java").toString()));
    arguments.addAll(List.of("-d", folder.toString(), "--module", "dev.gatun.jit,dev.gatun.wasi"));
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    assertEquals(0, javadoc.run(writer, writer, arguments.toArray(new String[0])), output::toString);
    String page = Files.readString(folder.resolve("dev.gatun.jit/dev/gatun/Engine.html"));
    assertTrue(page.contains("engine.compile(Path.of(\"add.wasm\"))"), "the example is not on the page");
  }
}
