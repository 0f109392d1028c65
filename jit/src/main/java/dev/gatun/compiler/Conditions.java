package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;

/**
 * Compiles comparisons, and the conditions of branches and selects. A comparison stays {@link Latent} if the next
 * instruction takes it as its condition.
 */
final class Conditions {
  private static final int FORM_REGISTER = 0;
  private static final int FORM_CONSTANT = 1;
  private static final int FORM_SLOT = 2;
  private static final int FORM_MEMORY = 3;

  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final Latent latent;
  private final MemoryAccess memory;

  // A condition whose operands have been popped.
  private Opcode opcode = Opcode.I32_EQZ;
  private int form;
  private boolean negated;
  private int left;
  private int right;
  private long constant;
  private int at;

  Conditions(Walk walk, MemoryAccess memory) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.latent = walk.latent;
    this.memory = memory;
  }

  /** A comparison or a test for zero, whose operands are on the stack. */
  void comparison(Opcode comparison) {
    if (comparison == Opcode.I32_EQZ && latent.condition != null) {
      latent.negated = !latent.negated;
    } else if (comparison == Opcode.I64_EQZ && latent.condition == Opcode.I64_AND) {
      latent.negated = true;
    } else {
      latent.condition = comparison;
      latent.negated = false;
    }
    if (nextTakesCondition()) {
      return;
    }
    prepare();
    int preferred = form == FORM_REGISTER ? right : NONE;
    int to = walk.target(Kind.I32, preferred != NONE && !masm.isFloat(preferred) ? preferred : NONE);
    masm.set(emit(), to);
    walk.finish(Kind.I32, to);
  }

  /** Whether the next instruction takes a condition. */
  private boolean nextTakesCondition() {
    int next = walk.nextByte();
    return next == Opcode.BR_IF.code()
        || next == Opcode.IF.code()
        || next == Opcode.I32_EQZ.code()
        || next == Opcode.SELECT.code()
        || next == Opcode.SELECT_TYPED.code();
  }

  /**
   * Pops the condition on top of the stack, latent or an i32, into registers that stay locked; the compare itself is
   * emitted by {@link #emit}, so that code which moves state can come between.
   */
  void prepare() {
    if (latent.condition == null) {
      latent.condition = Opcode.I32_EQZ;
      latent.negated = true;
    }
    opcode = latent.condition;
    negated = latent.negated;
    at = walk.instruction;
    if (latent.load != null) {
      form = FORM_MEMORY;
      at = latent.loadAt;
      right = memory.popAddress(latent.offset);
      constant = memory.addressOffset;
      left = state.popRegister();
    } else if (opcode.shape() == Shape.TEST) {
      form = FORM_REGISTER;
      left = state.popRegister();
      right = left;
    } else if (state.topIsConstant() && masm.takesConstant(opcode, state.topConstant())) {
      form = FORM_CONSTANT;
      constant = state.topConstant();
      state.drop();
      left = state.popRegister();
    } else if (opcode.shape() == Shape.COMPARE && state.topIsInSlotOnly() && masm.takesMemory(opcode)) {
      form = FORM_SLOT;
      right = state.popSlot();
      left = state.popRegister();
    } else {
      form = FORM_REGISTER;
      right = state.popRegister();
      left = state.popRegister();
    }
    latent.forget();
  }

  /**
   * Prepares the condition that a register passes a test, or does not.
   *
   * @param register locked, and not popped by this class
   */
  void prepareTest(Opcode test, int register, boolean negate) {
    opcode = test;
    negated = negate;
    form = FORM_REGISTER;
    left = register;
    right = register;
  }

  /** Emits the compare of a prepared condition. */
  int emit() {
    int kind = ValueType.kind(opcode.operand(0));
    int condition;
    if (opcode.shape() == Shape.TEST) {
      condition = masm.negate(masm.testNonZero(kind, left));
    } else if (opcode.shape() == Shape.BINARY) {
      condition =
          form == FORM_CONSTANT
              ? masm.testBitsConstant(kind, left, constant)
              : masm.testBits(kind, left, right);
    } else {
      condition =
          switch (form) {
            case FORM_CONSTANT -> masm.compareConstant(opcode, left, constant);
            case FORM_SLOT -> masm.compareSlot(opcode, left, right);
            case FORM_MEMORY -> {
              masm.at(at);
              yield masm.compareMemory(opcode, left, right, constant);
            }
            default -> masm.compare(opcode, left, right);
          };
    }
    return negated ? masm.negate(condition) : condition;
  }

  /** Turns the prepared condition into its opposite. */
  void negatePrepared() {
    negated = !negated;
  }
}
