package dev.gatun.cli.wast;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts in a JVM of their own, so that one that ends the JVM, or never ends, is scored as broken and the others
 * still run, in a new one.
 *
 * <p>The child runs the scripts in order from a given one on, and writes a line for each when it has ended: its result,
 * in JSON.
 */
public final class ScriptProcess {
  private final List<String> command;
  private final List<Path> scripts;
  private final long timeoutSeconds;

  /**
   * Scripts to run.
   *
   * @param command what starts the child; the number of the first script to run is added to it
   * @param scripts the scripts that the child will find, in the same order
   * @param timeoutSeconds how long one script may run
   */
  public ScriptProcess(List<String> command, List<Path> scripts, long timeoutSeconds) {
    this.command = List.copyOf(command);
    this.scripts = List.copyOf(scripts);
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * Runs the scripts.
   *
   * @param each receives the result of each script, in order, as soon as it is known
   * @throws IOException if the child can't be started
   */
  public void run(Consumer<ScriptResult> each) throws IOException {
    int next = 0;
    while (next < scripts.size()) {
      next = runFrom(next, each);
    }
  }

  /** Runs scripts until one breaks; returns the number of the first that has not been run. */
  private int runFrom(int first, Consumer<ScriptResult> each) throws IOException {
    List<String> words = new ArrayList<>(command);
    words.add(Integer.toString(first));
    Process child = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    child.getOutputStream().close();
    int next = first;
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      while (next < scripts.size()) {
        Deadline deadline = new Deadline(child, timeoutSeconds);
        ScriptResult result = result(lines);
        boolean late = deadline.end();
        if (result == null) {
          String name = FeatureList.nameOf(scripts.get(next));
          each.accept(ScriptResult.broken(name, late ? "ran for more than " + timeoutSeconds + " s" : ended(child)));
          return next + 1;
        }
        each.accept(result);
        next++;
        if (late) {
          return next;
        }
      }
    } finally {
      child.destroyForcibly();
    }
    return next;
  }

  private static String ended(Process child) {
    try {
      return "the JVM ended with exit code " + child.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the JVM ended";
    }
  }

  /** Ends a process that takes too long. */
  private static final class Deadline {
    /** Whether the process is ended, or no longer to be ended: who sets it decides. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private final CompletableFuture<Void> kill;

    Deadline(Process process, long seconds) {
      kill =
          CompletableFuture.runAsync(
              () -> {
                if (decided.compareAndSet(false, true)) {
                  process.destroyForcibly();
                }
              },
              CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS));
    }

    /** Calls it off; returns whether it was too late for that. */
    boolean end() {
      boolean late = !decided.compareAndSet(false, true);
      kill.cancel(false);
      return late;
    }
  }

  /** The next result that the child writes; null if it ends instead. */
  private static @Nullable ScriptResult result(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("{")) {
        return read(JSON.std.mapFrom(line));
      }
    }
    return null;
  }

  private static ScriptResult read(Map<String, Object> json) {
    List<String> failures = new ArrayList<>();
    for (Object failure : (List<?>) field(json, "failures")) {
      failures.add(String.valueOf(failure));
    }
    Map<String, Integer> skipped = new HashMap<>();
    ((Map<?, ?>) field(json, "skipped"))
        .forEach((reason, count) -> skipped.put(String.valueOf(reason), (Integer) count));
    return new ScriptResult(String.valueOf(json.get("name")), (Integer) field(json, "passed"), failures, skipped);
  }

  private static Object field(Map<String, Object> json, String name) {
    return Objects.requireNonNull(json.get(name), name);
  }

  /** What the child does: runs scripts from a given one on, and writes their results. */
  public static void serve(List<Path> scripts, int first, PrintStream out) throws IOException {
    try (Engine engine = Engine.create()) {
      for (Path script : scripts.subList(first, scripts.size())) {
        ScriptResult result = ScriptRunner.run(script, engine);
        Map<String, Object> json =
            Map.of(
                "name", result.name(), "passed", result.passed(), "failures", result.failures(), "skipped",
                result.skipped());
        out.println(JSON.std.asString(json));
        out.flush();
      }
    }
  }
}
