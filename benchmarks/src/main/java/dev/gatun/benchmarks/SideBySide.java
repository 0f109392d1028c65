package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times WASI programs on Gatun and on V8's baseline compiler (node), in turn, and prints a table of medians as
 * Markdown. What both print must agree.
 */
public final class SideBySide {
  private SideBySide() {}

  private static final List<String> NODE = List.of("node", "--no-warnings", "--liftoff", "--no-wasm-tier-up");

  private record Run(double seconds, String output) {}

  /** Arguments: rounds, the script for node, then the programs. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(arguments[0]);
    String script = arguments[1];
    boolean node = isInstalled();
    if (!node) {
      System.err.println("node is not installed: Gatun is timed alone");
    }
    System.out.println("| program | Gatun (s) | V8 baseline (s) | ratio |");
    System.out.println("|---|---|---|---|");
    double logarithms = 0;
    int programs = 0;
    for (int i = 2; i < arguments.length; i++) {
      Path program = Path.of(arguments[i]);
      double[] ours = new double[rounds];
      double[] theirs = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        Run gatun = onGatun(program);
        ours[round] = gatun.seconds();
        if (node) {
          Run v8 = onNode(script, program);
          theirs[round] = v8.seconds();
          if (!v8.output().equals(gatun.output())) {
            throw new IllegalStateException(
                program + " printed '" + gatun.output() + "' on Gatun and '" + v8.output() + "' on V8");
          }
        }
      }
      double a = median(ours);
      double b = median(theirs);
      String name = program.getFileName().toString().replace(".wasm", "");
      if (node) {
        logarithms += Math.log(a / b);
        programs++;
        System.out.printf(Locale.ROOT, "| %s | %.3f | %.3f | %.2f |%n", name, a, b, a / b);
      } else {
        System.out.printf(Locale.ROOT, "| %s | %.3f | – | – |%n", name, a);
      }
    }
    if (programs > 0) {
      System.out.printf(Locale.ROOT, "| **geometric mean** | | | **%.2f** |%n", Math.exp(logarithms / programs));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("node", "--version").redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A fresh engine and module for each run, as node has. */
  private static Run onGatun(Path program) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Engine engine = Engine.create();
        Module module = engine.compile(program);
        Wasi wasi = Wasi.builder().argument(program.toString()).stdout(out).build();
        Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      long start = System.nanoTime();
      wasi.run(instance);
      return new Run((System.nanoTime() - start) / 1e9, out.toString(StandardCharsets.UTF_8));
    }
  }

  private static Run onNode(String script, Path program) throws IOException, InterruptedException {
    java.util.ArrayList<String> command = new java.util.ArrayList<>(NODE);
    command.add(script);
    command.add(program.toString());
    Process process = new ProcessBuilder(command).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0 || !errors.startsWith("seconds ")) {
      throw new IOException("node failed: " + errors);
    }
    return new Run(Double.parseDouble(errors.substring("seconds ".length()).strip()), output);
  }
}
