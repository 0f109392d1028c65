package dev.gatun.codegen.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.backend.MacroAssembler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Sizes of frames, which are patched into code at its end. */
class FrameTest {
  private final MacroAssembler masm = new AArch64Backend().newMacroAssembler();

  /** The words of a function with a frame of some slots, after its first two. */
  private int[] function(int slots) {
    masm.begin();
    masm.enter(false, slots, 0);
    masm.leave();
    masm.end(slots, 0);
    int[] words = new int[masm.size() / 4];
    ByteBuffer.wrap(masm.code(), 0, masm.size()).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    return words;
  }

  @Test
  void theLargestIsSubtracted() {
    int[] words = function((1 << 21) - 3);
    assertEquals(0xD17FFFF1, words[2]); // sub x17, sp, #0xfff, lsl #12
    assertEquals(0xD13FC231, words[3]); // sub x17, x17, #0xff0
  }

  /** A size that does not fit must not become a small one: the function can't be entered. */
  @Test
  void whatIsLargerNeverFits() {
    for (int slots : new int[] {(1 << 21) - 1, 1 << 21, (1 << 21) + 10, 3_000_000, 1 << 27}) {
      int[] words = function(slots);
      assertEquals(0xD503201F, words[2]); // nop
      assertEquals(0xD2800011, words[3]); // mov x17, #0, which is below every limit
    }
  }

  @Test
  void whatWasSaidToBeSmallMustBe() {
    masm.begin();
    masm.enter(false, 10, 0);
    assertThrows(IllegalStateException.class, () -> masm.end(1 << 21, 0));
  }
}
