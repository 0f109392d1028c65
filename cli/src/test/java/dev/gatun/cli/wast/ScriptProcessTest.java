package dev.gatun.cli.wast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that end too early or too late, played by a shell. */
class ScriptProcessTest {
  private static final List<Path> SCRIPTS = List.of(Path.of("a.json"), Path.of("b.json"), Path.of("c.json"));

  @TempDir private Path folder;

  private static String good(String name) {
    return "echo '{\"name\":\"" + name + "\",\"passed\":3,\"failures\":[],\"skipped\":{\"SIMD\":1}}'";
  }

  private static ScriptResult result(String name) {
    return new ScriptResult(name, 3, List.of(), Map.of("SIMD", 1));
  }

  /** Runs the scripts with a child that does, for each number of the first script to run, what the shell is told. */
  private static List<ScriptResult> run(String cases) throws IOException {
    List<ScriptResult> results = new ArrayList<>();
    List<String> command = List.of("sh", "-c", "case $1 in " + cases + " esac", "child");
    new ScriptProcess(command, SCRIPTS, 2).run(results::add);
    return results;
  }

  @Test
  void resultsComeInOrder() throws IOException {
    assertEquals(
        List.of(result("a"), result("b"), result("c")),
        run("0) " + good("a") + ";" + good("b") + ";" + good("c") + ";;"));
  }

  @Test
  void aScriptThatEndsTheJvmIsBrokenAndTheNextOnesRunInAnother() throws IOException {
    ScriptResult crashed = ScriptResult.broken("b", "the JVM ended with exit code 134");
    assertEquals(
        List.of(result("a"), crashed, result("c")), run("0) " + good("a") + "; exit 134;; 2) " + good("c") + ";;"));
  }

  @Test
  void aScriptThatNeverEndsIsBroken() throws IOException {
    ScriptResult late = ScriptResult.broken("a", "ran for more than 2 s");
    assertEquals(
        List.of(late, result("b"), result("c")), run("0) exec sleep 60;; 1) " + good("b") + ";" + good("c") + ";;"));
  }

  @Test
  void theChildWritesALineForEachScriptFromTheGivenOneOn() throws IOException {
    List<Path> scripts = new ArrayList<>();
    Files.writeString(folder.resolve("x.wat"), "(module (funk))");
    for (String name : List.of("a", "b")) {
      String json =
          "{\"commands\":[{\"type\":\"assert_malformed\",\"line\":1,\"filename\":\"x.wat\",\"module_type\":\"text\"}]}";
      scripts.add(Files.writeString(folder.resolve(name + ".json"), json));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ScriptProcess.serve(scripts, 1, new PrintStream(out, true, StandardCharsets.UTF_8));
    Path answer = Files.write(folder.resolve("answer"), out.toByteArray());
    List<ScriptResult> results = new ArrayList<>();
    new ScriptProcess(List.of("sh", "-c", "cat " + answer), scripts.subList(1, 2), 10).run(results::add);
    assertEquals(List.of(new ScriptResult("b", 1, List.of(), Map.of())), results);
  }
}
