package dev.gatun.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.RejectedModuleException;
import dev.gatun.fuzz.generate.StructuredModules;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A reducer leaves what a failure needs, and little else. */
final class ReducerTest {
  private static boolean has(Subject subject, String instruction) {
    try {
      return TextFormat.print(subject.wasm(), false).contains(instruction);
    } catch (RejectedModuleException refused) {
      return false;
    }
  }

  @Test
  void leavesTheInstructionThatFails() throws IOException {
    @Nullable Subject large = null;
    for (long seed = 0; large == null; seed++) {
      Subject candidate = new StructuredModules().generate(seed);
      large = candidate.wasm().length > 600 && has(candidate, "f64.sqrt") ? candidate : null;
    }
    Subject small =
        new Reducer(large, subject -> has(subject, "f64.sqrt") && !subject.calls().isEmpty(), 60).reduce();
    assertTrue(has(small, "f64.sqrt"));
    assertEquals(1, small.calls().size());
    assertTrue(small.wasm().length < 150, () -> TextFormat.print(small.wasm(), true));
  }

  @Test
  void leavesTheBytesThatFail() throws IOException {
    byte[] bytes = new byte[300];
    bytes[77] = 5;
    bytes[200] = 6;
    Subject large = new Subject(bytes, Set.of(), List.of(), Subject.Kind.ARBITRARY);
    Subject small =
        new Reducer(
                large, subject -> new String(subject.wasm(), StandardCharsets.ISO_8859_1).matches("(?s).*\5.*\6.*"), 60)
            .reduce();
    assertArrayEquals(new byte[] {5, 6}, small.wasm());
  }
}
