package dev.gatun.fuzz;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parent's side of a {@link Worker}. For one thread. */
final class WorkerProcess implements AutoCloseable {
  /** After so long at one module a worker hangs; each takes milliseconds, a hundred times that under emulation. */
  private static final int PATIENCE_SECONDS = 150;

  private static final int LOOK_SECONDS = 10;

  /** Stands for the end of the output. */
  private static final String END = "";

  /** What a worker ended in that should have answered; the case is the one it was at. */
  record Death(String at, String how) {}

  private final Path folder;
  private final Process process;
  private final BufferedWriter commands;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /**
   * Starts a worker.
   *
   * @param folder of its own
   * @param options of its JVM
   * @param node what to compare with, or null
   */
  WorkerProcess(Path java, Path folder, List<String> options, @Nullable Path node) throws IOException {
    this.folder = Files.createDirectories(folder);
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx1g", "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + folder.resolve("hs_err.log"), "-cp", System.getProperty("java.class.path"),
            Worker.class.getName(), folder.toString()));
    if (node != null) {
      command.add(node.toString());
    }
    Files.deleteIfExists(folder.resolve("hs_err.log"));
    process = new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reader of " + folder.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    } catch (IOException ended) {
      // The process has ended, as is told below.
    }
    lines.add(END);
  }

  /** Lets it try modules; what it prints goes to the sink, the last line being the tally. */
  @Nullable Death batch(String generator, long first, int count, LineSink sink)
      throws IOException, InterruptedException {
    return command(generator + " " + first + " " + count, sink);
  }

  /** Lets it try the module of a file. */
  @Nullable Death file(Path file, LineSink sink) throws IOException, InterruptedException {
    return command("file " + file, sink);
  }

  private @Nullable Death command(String command, LineSink sink) throws IOException, InterruptedException {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException ended) {
      return death();
    }
    String at = "";
    int patience = PATIENCE_SECONDS;
    while (true) {
      String line = lines.poll(LOOK_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        String now = Files.exists(folder.resolve("journal")) ? Journal.read(folder.resolve("journal")) : "";
        patience = now.equals(at) ? patience - LOOK_SECONDS : PATIENCE_SECONDS;
        at = now;
        if (patience > 0) {
          continue;
        }
        process.destroyForcibly();
        return new Death(at, "no end for " + PATIENCE_SECONDS + " seconds");
      }
      if (line.equals(END)) {
        return death();
      }
      sink.accept(line);
      if (line.startsWith("tally ")) {
        return null;
      }
    }
  }

  /** Takes a line. */
  interface LineSink {
    void accept(String line) throws IOException;
  }

  private Death death() throws IOException, InterruptedException {
    StringBuilder how = new StringBuilder("the JVM ended with ").append(process.waitFor());
    Path log = folder.resolve("hs_err.log");
    if (Files.exists(log)) {
      how.append('\n').append(String.join("\n", Files.readAllLines(log).stream().limit(60).toList()));
    }
    String errors = Files.readString(folder.resolve("errors"));
    how.append('\n').append(errors, 0, Math.min(errors.length(), 3000));
    return new Death(Journal.read(folder.resolve("journal")), how.toString());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
