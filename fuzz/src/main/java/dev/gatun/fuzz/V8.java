package dev.gatun.fuzz;

import dev.gatun.Trap;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** V8, in a process of node that answers batches of commands. For one thread. */
final class V8 implements AutoCloseable {
  /** The kinds that V8 may mean by the beginning of a message; it tells less apart than Gatun does. */
  private static final Map<String, Set<Trap.Kind>> MESSAGES =
      Map.ofEntries(
          Map.entry("unreachable", EnumSet.of(Trap.Kind.UNREACHABLE)),
          Map.entry("memory access out of bounds",
              EnumSet.of(Trap.Kind.MEMORY_OUT_OF_BOUNDS, Trap.Kind.UNALIGNED_ATOMIC)),
          Map.entry("data segment out of bounds",
              EnumSet.of(Trap.Kind.MEMORY_OUT_OF_BOUNDS, Trap.Kind.ARRAY_OUT_OF_BOUNDS)),
          Map.entry("divide by zero", EnumSet.of(Trap.Kind.INTEGER_DIVIDE_BY_ZERO)),
          Map.entry("remainder by zero", EnumSet.of(Trap.Kind.INTEGER_DIVIDE_BY_ZERO)),
          Map.entry("divide result unrepresentable", EnumSet.of(Trap.Kind.INTEGER_OVERFLOW)),
          Map.entry("float unrepresentable in integer range",
              EnumSet.of(Trap.Kind.INTEGER_OVERFLOW, Trap.Kind.INVALID_CONVERSION_TO_INTEGER)),
          Map.entry("table index is out of bounds",
              EnumSet.of(Trap.Kind.TABLE_OUT_OF_BOUNDS, Trap.Kind.UNDEFINED_ELEMENT)),
          Map.entry("table access out of bounds", EnumSet.of(Trap.Kind.TABLE_OUT_OF_BOUNDS)),
          Map.entry("element segment out of bounds",
              EnumSet.of(Trap.Kind.TABLE_OUT_OF_BOUNDS, Trap.Kind.ARRAY_OUT_OF_BOUNDS)),
          // More elements than a segment has, too.
          Map.entry("requested new array is too large",
              EnumSet.of(Trap.Kind.MEMORY_OUT_OF_BOUNDS, Trap.Kind.TABLE_OUT_OF_BOUNDS)),
          Map.entry("null function or function signature mismatch",
              EnumSet.of(Trap.Kind.UNINITIALIZED_ELEMENT, Trap.Kind.INDIRECT_CALL_TYPE_MISMATCH)),
          Map.entry("function signature mismatch",
              EnumSet.of(Trap.Kind.UNINITIALIZED_ELEMENT, Trap.Kind.INDIRECT_CALL_TYPE_MISMATCH)),
          Map.entry("null function", EnumSet.of(Trap.Kind.UNINITIALIZED_ELEMENT, Trap.Kind.NULL_FUNCTION_REFERENCE)),
          Map.entry("rethrowing null value", EnumSet.of(Trap.Kind.NULL_EXCEPTION)),
          Map.entry("dereferencing a null pointer",
              EnumSet.of(Trap.Kind.NULL_REFERENCE, Trap.Kind.NULL_STRUCTURE, Trap.Kind.NULL_ARRAY, Trap.Kind.NULL_I31,
                  Trap.Kind.NULL_FUNCTION_REFERENCE, Trap.Kind.NULL_EXCEPTION)),
          Map.entry("illegal cast", EnumSet.of(Trap.Kind.CAST_FAILURE)),
          // Of two things that are wrong at once, each engine tells the one that it looks at first.
          Map.entry("array element access out of bounds",
              EnumSet.of(Trap.Kind.ARRAY_OUT_OF_BOUNDS, Trap.Kind.NULL_ARRAY, Trap.Kind.MEMORY_OUT_OF_BOUNDS,
                  Trap.Kind.TABLE_OUT_OF_BOUNDS)),
          Map.entry("operation does not support unaligned accesses",
              EnumSet.of(Trap.Kind.UNALIGNED_ATOMIC, Trap.Kind.MEMORY_OUT_OF_BOUNDS)),
          Map.entry("Atomics.wait cannot be called in this context", EnumSet.of(Trap.Kind.EXPECTED_SHARED_MEMORY)));

  private final Path folder;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  /** Starts node. */
  V8(Path node, Path folder) throws IOException {
    this.folder = folder;
    Path script = folder.resolve("v8.mjs");
    try (InputStream in = V8.class.getResourceAsStream("v8.mjs")) {
      Files.write(script, java.util.Objects.requireNonNull(in, "v8.mjs is not beside its class").readAllBytes());
    }
    process =
        new ProcessBuilder(node.toString(), "--expose-gc", "--single-threaded", "--stack-size=3000", script.toString())
            .redirectError(folder.resolve("v8.err").toFile()).start();
    commands = process.outputWriter(StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** The answers to commands, or null if V8 itself has ended over them. */
  @Nullable List<String> answers(List<String> batch) throws IOException {
    Path file = Files.write(folder.resolve("batch"), batch);
    try {
      commands.write(file + "\n");
      commands.flush();
    } catch (IOException ended) {
      return null;
    }
    if (answers.readLine() == null) {
      return null;
    }
    return Files.readAllLines(folder.resolve("batch.out"));
  }

  /** What V8 has written last to its error output. */
  String errors() throws IOException {
    return Files.readString(folder.resolve("v8.err"));
  }

  /** Whether a message of a trap of V8 means a kind; of unknown messages nothing is said. */
  static boolean means(String message, String kind) {
    for (Map.Entry<String, Set<Trap.Kind>> entry : MESSAGES.entrySet()) {
      if (message.startsWith(entry.getKey())) {
        return entry.getValue().contains(Trap.Kind.valueOf(kind));
      }
    }
    return false;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
