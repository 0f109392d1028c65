package dev.gatun;

import dev.gatun.text.TextFormat;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures what it costs that loops can be interrupted, and that fuel is counted: each program is compiled with polls
 * and without, and with charges, and run in turn. Not a test. Arguments: rounds, then WASI programs. Prints for each
 * the best times and their ratios; loops so small that hardly anything is in them come first.
 */
final class CheckCosts {
  private CheckCosts() {}

  private static final String LOOPS =
      """
      (module (memory 1)
        (func (export "count") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "sum") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "bytes") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (i32.load8_u (i32.and (local.get 0) (i32.const 0xFFFF)))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "floats") (param i32) (result i32) (local f64)
          (loop
            (local.set 1 (f64.add (local.get 1) (f64.load (i32.and (local.get 0) (i32.const 0xFFF8)))))
            (f64.store (i32.and (local.get 0) (i32.const 0xFFF8)) (local.get 1))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 0)))
      """;

  private static final int ITERATIONS = 50_000_000;

  /** Time of the processor: others may be busy too. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private record Case(String name, byte[] wasm, boolean isProgram) {}

  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[0]);
    List<Case> cases = new ArrayList<>();
    byte[] loops = TextFormat.parse(LOOPS);
    for (String loop : new String[] {"count", "sum", "bytes", "floats"}) {
      cases.add(new Case(loop, loops, false));
    }
    for (int i = 1; i < arguments.length; i++) {
      Path file = Path.of(arguments[i]);
      cases.add(new Case(file.getFileName().toString(), Files.readAllBytes(file), true));
    }
    System.out.println("| program | without polls (s) | polls | fuel |");
    System.out.println("|---|---|---|---|");
    double polls = 0;
    double fuel = 0;
    for (Case each : cases) {
      double[] best = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
      for (int round = 0; round < rounds; round++) {
        best[0] = Math.min(best[0], seconds(each, Engine.builder().fuel(false).polls(false)));
        best[1] = Math.min(best[1], seconds(each, Engine.builder().fuel(false)));
        best[2] = Math.min(best[2], seconds(each, Engine.builder().limits(Limits.builder().fuel(1L << 60).build())));
      }
      System.out.printf(
          Locale.ROOT, "| %s | %.4f | %.3f | %.3f |%n", each.name(), best[0], best[1] / best[0], best[2] / best[1]);
      if (each.isProgram()) {
        polls += Math.log(best[1] / best[0]);
        fuel += Math.log(best[2] / best[1]);
      }
    }
    int programs = arguments.length - 1;
    if (programs > 0) {
      System.out.printf(
          Locale.ROOT, "| geometric mean of the programs | | %.3f | %.3f |%n",
          Math.exp(polls / programs), Math.exp(fuel / programs));
    }
  }

  private static double seconds(Case each, Engine.Builder builder) throws IOException {
    try (Engine engine = builder.compilation(Engine.Compilation.EAGER).build();
        Module module = engine.compile(each.wasm())) {
      long begun;
      if (each.isProgram()) {
        try (Wasi wasi = Wasi.builder().argument(each.name()).stdout(new ByteArrayOutputStream()).build();
            Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
          begun = cpuNanos();
          wasi.run(instance);
          return (cpuNanos() - begun) / 1e9;
        }
      }
      try (Instance instance = module.instantiate()) {
        Func loop = instance.function(each.name());
        loop.call(1000);
        begun = cpuNanos();
        loop.call(ITERATIONS);
        return (cpuNanos() - begun) / 1e9;
      }
    }
  }
}
