package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.FuncType;
import dev.gatun.ImportType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.RejectedModuleException;
import dev.gatun.Store;
import dev.gatun.Tag;
import dev.gatun.TagType;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.ValType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random modules of binaryen ({@code wasm-opt -ttf}), run here and by V8 ({@code node}): both must call the same
 * imports with the same values, and end with the same results or traps. {@code -Dgatun.modules} says how many there
 * are, {@code -Dgatun.seed} where to begin. Modules that differ are kept in target/differences.
 */
final class NodeComparisonTest {
  private static final int MODULES = Integer.getInteger("gatun.modules", 100);
  private static final long SEED = Long.getLong("gatun.seed", 1);

  /** What binaryen 108 makes valid modules of, and node 20 knows. */
  private static final List<String> FEATURES =
      List.of(
          "sign-ext",
          "nontrapping-float-to-int",
          "mutable-globals",
          "bulk-memory",
          "simd",
          "multivalue",
          "tail-call",
          "extended-const");

  private record Line(String plan, @Nullable String ending) {}

  @TempDir Path folder;

  @Test
  void agreesWithV8OnRandomModules() throws Exception {
    requireInstalled("wasm-opt");
    requireInstalled("node");
    List<Line> lines = new ArrayList<>();
    List<String> plan = new ArrayList<>();
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < MODULES; i++) {
        Path module = generate(SEED + i);
        int from = lines.size();
        run(engine, module, new Random(SEED + i), lines);
        for (Line line : lines.subList(from, lines.size())) {
          plan.add(line.plan());
        }
      }
    }
    Path planned = Files.write(folder.resolve("plan"), plan);
    List<String> expected = output("node", Path.of("src/test/node/results.mjs").toString(), planned.toString());
    assertEquals(lines.size(), expected.size());

    List<String> differences = new ArrayList<>();
    int compared = 0;
    String module = "";
    boolean comparable = true;
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      if (line.plan().startsWith("module ")) {
        module = line.plan().substring("module ".length());
        comparable = true;
      }
      // Where a stack ends is each engine's own; from there on, the modules' states differ.
      comparable &= !expected.get(i).startsWith("incomparable")
          && !(expected.get(i).startsWith("exhausted") && line.ending().startsWith("exhausted"));
      if (comparable) {
        compared++;
        if (!expected.get(i).equals(line.ending())) {
          comparable = false;
          Path kept = keep(Path.of(module));
          differences.add(kept + ": " + line.plan() + "\n  V8: " + expected.get(i) + "\n  here: " + line.ending());
        }
      }
    }
    System.out.println(MODULES + " random modules, " + compared + " endings compared with V8");
    assertTrue(compared > 2 * MODULES, () -> "too little could be compared");
    assertTrue(differences.isEmpty(), () -> String.join("\n", differences));
  }

  private static void requireInstalled(String program) throws IOException, InterruptedException {
    try {
      if (new ProcessBuilder(program, "--version").redirectErrorStream(true).start().waitFor() == 0) {
        return;
      }
    } catch (IOException absent) {
      // Told below.
    }
    String reason = program + " is not installed: random modules are not compared with V8";
    System.out.println("SKIPPED: " + reason);
    abort(reason);
  }

  private Path generate(long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    byte[] bytes = new byte[200 + random.nextInt(random.nextInt(8) == 0 ? 20_000 : 2_000)];
    random.nextBytes(bytes);
    Path input = Files.write(folder.resolve("input"), bytes);
    Path module = folder.resolve(seed + ".wasm");
    List<String> command = new ArrayList<>(List.of("wasm-opt", "-ttf", input.toString(), "-o", module.toString()));
    command.add(random.nextBoolean() ? "-O0" : "-O2");
    // The bits of a NaN are each engine's own, and these modules hash their memory.
    command.add("--denan");
    for (String feature : FEATURES) {
      command.add("--enable-" + feature);
    }
    output(command.toArray(String[]::new));
    return module;
  }

  private static List<String> output(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("gatun", ".out");
    Path errors = Files.createTempFile("gatun", ".err");
    try {
      Process process =
          new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      process.destroyForcibly();
      assertTrue(ended, () -> "no end of " + List.of(command));
      String told = Files.readString(errors);
      assertEquals(0, process.exitValue(), () -> List.of(command) + ": " + told);
      return Files.readAllLines(output);
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  private static Path keep(Path module) throws IOException {
    Path kept = Path.of("target", "differences").resolve(module.getFileName());
    Files.createDirectories(kept.getParent());
    return Files.copy(module, kept, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Calls all exports that JavaScript can call too. */
  private static void run(Engine engine, Path file, Random random, List<Line> lines) throws IOException {
    StringBuilder log = new StringBuilder();
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readAllBytes();
    }
    Module module;
    try {
      module = engine.compile(bytes);
    } catch (RejectedModuleException refused) {
      lines.add(new Line("module " + file, "refused"));
      return;
    }
    try (module;
        Store store = engine.newStore()) {
      Instance instance;
      try {
        instance = store.instantiate(module, imports(store, module, log));
      } catch (Trap trap) {
        lines.add(new Line("module " + file, ending(trap)));
        return;
      }
      lines.add(new Line("module " + file, "instantiated"));
      for (ExportType export : module.exports()) {
        if (export.type() instanceof FuncType type && !hasVector(type)) {
          StringBuilder plan = new StringBuilder("call ").append(export.name());
          @Nullable Object[] arguments = new Object[type.params().size()];
          for (int i = 0; i < arguments.length; i++) {
            arguments[i] = argument(type.params().get(i), random, plan.append(' '));
          }
          log.setLength(0);
          String ending;
          try {
            ending = returned(type.results().size(), instance.function(export.name()).call(arguments));
          } catch (Trap trap) {
            ending = ending(trap);
          } catch (ThrownException thrown) {
            ending = "exception";
          }
          lines.add(new Line(plan.toString(), ending + log));
        }
      }
    }
  }

  private static boolean hasVector(FuncType type) {
    return type.params().contains(ValType.V128) || type.results().contains(ValType.V128);
  }

  private static Imports imports(Store store, Module module, StringBuilder log) {
    Imports.Builder imports = Imports.builder();
    for (ImportType wanted : module.imports()) {
      switch (wanted.type()) {
        case FuncType type ->
            imports.function(wanted.module(), wanted.name(), type, call -> {
              log.append(' ').append(wanted.name());
              for (int i = 0; i < type.params().size(); i++) {
                show(log, call.argument(i, type.params().get(i)));
              }
            });
        case TagType type -> imports.define(wanted.module(), wanted.name(), Tag.create(store, type));
        default -> throw new AssertionError(wanted);
      }
    }
    return imports.build();
  }

  private static @Nullable Object argument(ValType type, Random random, StringBuilder plan) {
    // Bits that are near a limit as often as any others.
    long bits = random.nextLong() >> random.nextInt(64);
    if (random.nextInt(8) == 0) {
      bits = Long.reverse(bits);
    }
    plan.append(type.toString().toLowerCase(Locale.ROOT)).append(':');
    if (type == ValType.I32) {
      plan.append((int) bits);
      return (int) bits;
    } else if (type == ValType.I64) {
      plan.append(bits);
      return bits;
    } else if (type == ValType.F32) {
      // JavaScript keeps no other NaN.
      float value = Float.intBitsToFloat(Float.floatToIntBits(Float.intBitsToFloat((int) bits)));
      plan.append(Float.floatToRawIntBits(value));
      return value;
    } else if (type == ValType.F64) {
      double value = Double.longBitsToDouble(Double.doubleToLongBits(Double.longBitsToDouble(bits)));
      plan.append(Double.doubleToRawLongBits(value));
      return value;
    }
    return null;
  }

  private static String returned(int count, @Nullable Object result) {
    StringBuilder text = new StringBuilder("returned");
    if (result instanceof Object[] several) {
      for (Object value : several) {
        show(text, value);
      }
    } else if (count > 0) {
      show(text, result);
    }
    return text.toString();
  }

  private static void show(StringBuilder text, @Nullable Object value) {
    text.append(' ');
    switch (value) {
      case null -> text.append("null");
      case Long number -> text.append("l:").append(number);
      case Integer number -> show(text, number.doubleValue());
      case Float number -> show(text, number.doubleValue());
      case Double number -> show(text, number.doubleValue());
      default -> text.append("reference");
    }
  }

  private static void show(StringBuilder text, double number) {
    if (Double.isNaN(number)) {
      text.append("nan");
    } else {
      text.append("n:").append(Double.doubleToRawLongBits(number));
    }
  }

  private static String ending(Trap trap) {
    return switch (trap.kind()) {
      case CALL_STACK_EXHAUSTED -> "exhausted";
      case UNREACHABLE, MEMORY_OUT_OF_BOUNDS, INTEGER_DIVIDE_BY_ZERO -> "trap " + trap.kind();
      // V8 tells neither from the other where a float becomes an integer.
      case INTEGER_OVERFLOW, INVALID_CONVERSION_TO_INTEGER -> "trap INTEGER_OVERFLOW";
      default -> "trap OTHER";
    };
  }
}
