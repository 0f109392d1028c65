package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gatun.testing.CachedFiles;
import dev.gatun.testing.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CPython's prompt in a terminal, which tmux emulates. Skipped, aloud, without tmux or CPython. */
@Timeout(600)
class TerminalTest {
  /** Looks at the screen, a tenth of a second after each other, until a test fails. */
  private static final int PATIENCE = ChildJvm.isEmulated() ? 3000 : 600;

  @TempDir private Path folder;

  private static void skip(String reason) {
    System.out.println("SKIPPED: " + reason);
    abort(reason);
  }

  private String tmux(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tmux", "-S", folder.resolve("socket").toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @BeforeEach
  void start() throws IOException, InterruptedException {
    try {
      tmux("-V");
    } catch (IOException absent) {
      skip("tmux is not installed");
    }
    List<String> command = new ArrayList<>(Gatun.command());
    Path python = CachedFiles.find("gatun.python", "test-programs/python.wasm", "ci/fetch-python");
    command.addAll(List.of("run", python.toString()));
    // The shell outlives the interrupt key.
    StringBuilder script = new StringBuilder("trap : INT; TERM=dumb");
    for (String word : command) {
      script.append(" '").append(word).append('\'');
    }
    script.append("; echo exit code $?; sleep 100");
    Path file = Files.writeString(folder.resolve("script"), script);
    tmux("new-session", "-d", "-x", "100", "-y", "40", "sh " + file);
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    tmux("kill-server");
  }

  /** Waits until something is on the screen. */
  private void await(String text) throws IOException, InterruptedException {
    String screen = "";
    for (int i = 0; i < PATIENCE; i++) {
      screen = tmux("capture-pane", "-p");
      if (screen.contains(text)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no '" + text + "' on the screen:\n" + screen);
  }

  /** Types a line once the guest asks for one: what is typed ahead is echoed before the prompt, not behind it. */
  private void type(String prompt, String line) throws IOException, InterruptedException {
    String last = "";
    for (int i = 0; i < PATIENCE && !last.equals(prompt); i++) {
      Thread.sleep(i == 0 ? 0 : 100);
      String screen = tmux("capture-pane", "-p").stripTrailing();
      last = screen.substring(screen.lastIndexOf('\n') + 1);
    }
    assertEquals(prompt, last);
    tmux("send-keys", "-l", line);
    tmux("send-keys", "Enter");
  }

  @Test
  void thePromptAnswers() throws Exception {
    type(">>>", "6 * 7");
    await("\n42\n");
    type(">>>", "import sys; sys.stdin.isatty(), sys.stdout.isatty()");
    await("(True, True)");
    type(">>>", "def f(x):");
    type("...", "  return x + 1000");
    type("...", "");
    type(">>>", "f(234)");
    await("\n1234\n");
    type(">>>", "exit(5)");
    await("exit code 5");
  }

  @Test
  void theInterruptKeyEndsTheGuest() throws Exception {
    type(">>>", "print('be' + 'gun')");
    await("begun");
    type(">>>", "while True: pass");
    type("...", "");
    Thread.sleep(500);
    tmux("send-keys", "C-c");
    await("exit code 130");
  }

  @Test
  void theEndOfInputEndsTheGuest() throws Exception {
    await(">>>");
    tmux("send-keys", "C-d");
    await("exit code 0");
    assertTrue(tmux("capture-pane", "-p").contains(">>>"));
    assertEquals("", tmux("has-session"));
  }
}
