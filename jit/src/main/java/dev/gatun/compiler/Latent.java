package dev.gatun.compiler;

import dev.gatun.wasm.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * What an instruction has left for the next one to fold: its operands are still on the stack, and nothing has been
 * emitted. Set only if the very next opcode is one that takes it.
 */
final class Latent {
  /** A comparison or an {@code and}, for the instruction that takes a condition. */
  @Nullable Opcode condition;

  /** The condition is the opposite. */
  boolean negated;

  /** A load, for the instruction that takes a memory operand. */
  @Nullable Opcode load;

  /** The load's constant offset. */
  long offset;

  /** Offset in the module of the load. */
  int loadAt;

  /** A shift to the left by this much, for the addition that comes next; 0 is none. */
  int shift;

  /** Whether there is a constant, for the operation on vectors whose right operand it is. */
  boolean vector;

  /** The constant's bytes 0 to 7. */
  long vectorLow;

  /** The constant's bytes 8 to 15. */
  long vectorHigh;

  void forget() {
    condition = null;
    negated = false;
    load = null;
    shift = 0;
    vector = false;
  }
}
