package dev.gatun.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs programs, each in a process, and reads what the processes say. */
public final class Execution {
  /** The last line of an engine's errors. */
  private static final Pattern TIMING =
      Pattern.compile("^timing compile=(?<compile>\\S+) run=(?<run>\\S+)(?: cpu=(?<cpu>\\S+))?$", Pattern.MULTILINE);

  /** How a script says its own time. */
  private static final Pattern OWN_TIME = Pattern.compile("^seconds (\\S+)$\\R?", Pattern.MULTILINE);

  /** Times that programs print for people: 0.123s. */
  private static final Pattern PRINTED_TIME = Pattern.compile("[. ]+[0-9]+\\.[0-9]+s\\b");

  private final Path folder;
  private final double limit;

  /**
   * An execution.
   *
   * @param folder for the files that outputs are collected in
   * @param limit the seconds after which a process is ended
   */
  public Execution(Path folder, double limit) {
    this.folder = folder;
    this.limit = limit;
  }

  /** Runs a command, whose standard input is the program's. */
  public Outcome run(List<String> command, Program program) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path errors = folder.resolve("errors");
    Path input = program.input();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(input == null ? Path.of("/dev/null").toFile() : input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile());
    long start = System.nanoTime();
    Process process = builder.start();
    if (!process.waitFor((long) (limit * 1000), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      return new Outcome.TimedOut(limit);
    }
    double total = (System.nanoTime() - start) / 1e9;
    return outcome(process.exitValue(), text(out), text(errors), total);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** What a process that has ended says. Without a line of its times it is the program itself, all of which counts. */
  static Outcome outcome(int status, String out, String errors, double total) {
    if (status != 0) {
      return new Outcome.Failed("status " + status + ": " + firstLine(errors.isBlank() ? out : errors));
    }
    double compile = Double.NaN;
    double run = total;
    double processor = Double.NaN;
    double inside = Double.NaN;
    Matcher timing = TIMING.matcher(errors);
    if (timing.find()) {
      compile = Double.parseDouble(timing.group("compile"));
      run = Double.parseDouble(timing.group("run"));
      inside = compile + run;
      String cpu = timing.group("cpu");
      processor = cpu == null ? Double.NaN : Double.parseDouble(cpu);
    }
    Matcher own = OWN_TIME.matcher(out);
    if (own.find()) {
      run = Double.parseDouble(own.group(1));
    }
    String output = PRINTED_TIME.matcher(OWN_TIME.matcher(out).replaceAll("")).replaceAll("");
    return new Outcome.Finished(compile, run, processor, inside, total, output);
  }

  private static String firstLine(String text) {
    for (String line : text.split("\\R")) {
      if (!line.isBlank() && !line.startsWith("timing ")) {
        return line.strip();
      }
    }
    return "no message";
  }
}
