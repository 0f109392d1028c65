package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.TrapCode;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.FunctionFacts;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a validated function in one walk over its body.
 *
 * <p>Operands stay symbolic as long as they can ({@link FrameState}). What one instruction leaves for the next to fold (a
 * load, a comparison, a shift) is <em>latent</em>: its operands stay on the stack, and only if the very next opcode is one
 * that takes it, so that nothing can come between. For the same reason a result can be computed straight into the local that
 * the next instruction sets.
 *
 * <p>Used by one thread at a time; keeps its arrays from one function to the next.
 */
public final class BaselineCompiler {
  private final MacroAssembler masm;
  private final CallingConvention convention;
  private final FrameState state;
  private final ControlStack control = new ControlStack();
  private final ParallelMove moves;
  private final Joins joins;
  private final LocalPlan plan;
  private final boolean paranoid;

  // The function being compiled; set by compile().
  private WasmModule module;
  private VmContextLayout layout;
  private FunctionFacts facts;
  private BinaryReader reader;
  private int base;
  private int instruction;
  private boolean reachable;
  private int controls;
  private int outgoing;

  private byte[] localKinds = new byte[64];
  private int[] arrival = new int[64];
  private int[] resultLocations = new int[16];
  private Signature signature;
  private int[] callParams = new int[64];
  private int[] callResults = new int[64];
  private int[] tableTargets = new int[16];
  private int[] tableLabels = new int[16];
  private int[] edgeLabel = new int[16];

  // Latent: what the next opcode is sure to take.
  private @Nullable Opcode latentCondition;
  private boolean latentNegated;
  private @Nullable Opcode latentLoad;
  private long latentOffset;
  private int latentLoadAt;
  private int latentShift;

  // The local that the next instruction sets, whose home the current result goes to.
  private int hintedLocal = -1;
  private boolean hintedTee;
  private int hintedEnd;

  // A condition whose operands have been popped.
  private Opcode conditionOpcode = Opcode.I32_EQZ;
  private int conditionForm;
  private boolean conditionNegated;
  private int conditionLeft;
  private int conditionRight;
  private long conditionConstant;
  private int conditionAt;

  private static final int FORM_REGISTER = 0;
  private static final int FORM_CONSTANT = 1;
  private static final int FORM_SLOT = 2;
  private static final int FORM_MEMORY = 3;

  /** A compiler for one backend. {@code paranoid} checks the allocator's contract after every instruction. */
  @SuppressWarnings("NullAway.Init")
  public BaselineCompiler(MacroAssembler masm, CallingConvention convention, boolean paranoid) {
    this.masm = masm;
    this.convention = convention;
    this.paranoid = paranoid;
    state = new FrameState(masm);
    moves = new ParallelMove(masm);
    joins = new Joins(masm, state, control, moves);
    plan = new LocalPlan(masm);
  }

  /** Compiles a function that the module defines. */
  public CompiledCode compile(WasmModule wasm, VmContextLayout contextLayout, int function) {
    module = wasm;
    layout = contextLayout;
    facts = wasm.facts(function);
    base = facts.codeStart();
    FunctionType type = wasm.functionType(function);
    signature = type.signature();
    reader = new BinaryReader(wasm.bytes(), wasm.bodyStart(function), wasm.bodyEnd(function));
    readLocals(type);
    resultLocations = room(resultLocations, signature.resultCount());
    arrival = room(arrival, signature.paramCount());
    convention.locate(signature, arrival, resultLocations);
    plan.plan(facts, facts.locals(), localKinds, signature.paramCount(), arrival);
    state.begin(facts, plan, localKinds, facts.locals(), facts.maxOperands());
    outgoing = 0;
    controls = 0;
    control.depth = 0;
    reachable = true;
    hintedLocal = -1;
    forgetLatent();

    masm.begin();
    masm.at(base);
    masm.enter(!facts.calls(), facts.locals() + facts.maxOperands());
    receiveParameters();
    openFunction();
    while (control.depth > 0) {
      instruction = reader.position;
      state.position = instruction - base;
      masm.at(instruction);
      Opcode opcode = Instructions.read(reader);
      if (reachable) {
        compile(opcode);
        state.unlock();
        if (paranoid && reachable) {
          state.check();
        }
      } else {
        skip(opcode);
      }
    }
    masm.end(state.slots(), outgoing);
    return new CompiledCode(masm.code(), masm.size(), masm.pcTable().encode());
  }

  private static int[] room(int[] array, int count) {
    return array.length < count ? new int[2 * count] : array;
  }

  private void readLocals(FunctionType type) {
    int count = facts.locals();
    if (localKinds.length < count) {
      localKinds = new byte[2 * count];
    }
    int at = 0;
    for (int i = 0; i < type.paramCount(); i++) {
      localKinds[at++] = (byte) ValueType.kind(type.param(i));
    }
    for (int groups = reader.readU32(); groups > 0; groups--) {
      int group = reader.readU32();
      byte kind = (byte) reader.readKind();
      Arrays.fill(localKinds, at, at + group, kind);
      at += group;
    }
  }

  private void receiveParameters() {
    int params = signature.paramCount();
    for (int i = 0; i < params; i++) {
      int from = arrival[i];
      if (facts.end(i) < 0) {
        state.kill(i);
      } else if (from < 0) {
        state.arriveInSlot(i, from);
      } else if (state.home(i) != NONE) {
        moves.register(localKinds[i], state.home(i), from);
      } else if ((plan.pinned >>> from & 1) != 0) {
        // Its register is some other local's home: it goes to its slot before that local moves in.
        masm.storeSlot(localKinds[i], state.slotOf(i), from);
        state.arriveInSlot(i, state.slotOf(i));
      }
    }
    moves.flush();
    for (int i = 0; i < params; i++) {
      if (facts.end(i) >= 0) {
        if (arrival[i] < 0) {
          if (state.home(i) != NONE) {
            state.localInRegister(i);
          }
        } else if (state.home(i) != NONE) {
          state.arriveInRegister(i, state.home(i));
        } else if ((plan.pinned >>> arrival[i] & 1) == 0) {
          state.arriveInRegister(i, arrival[i]);
        }
      }
    }
    state.unlock();
  }

  private void openFunction() {
    int at = control.push();
    control.type[at] = ControlStack.FUNCTION;
    control.height[at] = 0;
    byte[] results = new byte[signature.resultCount()];
    for (int i = 0; i < results.length; i++) {
      results[i] = (byte) signature.result(i);
    }
    control.params[at] = NO_KINDS;
    control.results[at] = results;
  }

  private static final byte[] NO_KINDS = {};
  private static final byte[][] ONE_KIND = {{0}, {1}, {2}, {3}};

  /** Walks over code that can't be reached, up to the {@code else} or {@code end} that makes the rest reachable again. */
  private void skip(Opcode opcode) {
    int nested = 0;
    while (true) {
      switch (opcode) {
        case BLOCK, LOOP, IF -> {
          nested++;
          controls++;
        }
        case ELSE -> {
          if (nested == 0) {
            elseArm();
            return;
          }
        }
        case END -> {
          if (nested-- == 0) {
            end();
            return;
          }
        }
        default -> {}
      }
      Instructions.skipImmediates(reader, opcode);
      instruction = reader.position;
      state.position = instruction - base;
      masm.at(instruction);
      opcode = Instructions.read(reader);
    }
  }

  private void compile(Opcode opcode) {
    switch (opcode.shape()) {
      case VARIABLE -> variable(opcode);
      case CONSTANT -> constant(opcode);
      case BINARY -> binary(opcode);
      case COMPARE, TEST -> comparison(opcode);
      case UNARY -> unary(opcode);
      case LOAD -> load(opcode);
      case STORE -> store(opcode);
      case PARAMETRIC -> parametric(opcode);
      case CONTROL -> control(opcode);
      case MEMORY -> memory(opcode);
      case TABLE -> table(opcode);
      case REFERENCE -> reference(opcode);
      case AGGREGATE, VECTOR, LANE_LOAD, LANE_STORE, ATOMIC, WIDE -> throw new AssertionError(opcode);
    }
  }

  // What the next instruction is.

  private int nextByte() {
    return reader.position < reader.limit ? reader.bytes[reader.position] & 0xff : 0;
  }

  /** Whether the next instruction takes a condition. */
  private boolean nextTakesCondition() {
    int next = nextByte();
    return next == Opcode.BR_IF.code()
        || next == Opcode.IF.code()
        || next == Opcode.I32_EQZ.code()
        || next == Opcode.SELECT.code()
        || next == Opcode.SELECT_TYPED.code();
  }

  private void forgetLatent() {
    latentCondition = null;
    latentNegated = false;
    latentLoad = null;
    latentShift = 0;
  }

  /**
   * The register for a result, whose operands have been popped: the home of the local that the next instruction sets, if that
   * can be; else the preferred register, if it is free now; else another.
   */
  private int target(int kind, int preferred) {
    int next = nextByte();
    if (next == Opcode.LOCAL_SET.code() || next == Opcode.LOCAL_TEE.code()) {
      int start = reader.position;
      reader.position++;
      int local = reader.readU32();
      int end = reader.position;
      reader.position = start;
      int home = state.homeForResult(local, state.depth);
      if (home != NONE) {
        hintedLocal = local;
        hintedTee = next == Opcode.LOCAL_TEE.code();
        hintedEnd = end;
        return home;
      }
    }
    return state.result(kind, preferred);
  }

  /** Pushes a result that is in the register that {@link #target} gave; does the work of the local.set it was meant for. */
  private void finish(int kind, int register) {
    if (hintedLocal < 0) {
      state.pushRegister(kind, register);
      return;
    }
    state.position = reader.position - base;
    reader.position = hintedEnd;
    state.wroteHome(hintedLocal);
    if (hintedTee) {
      state.pushLocal(hintedLocal);
    }
    hintedLocal = -1;
  }

  // Variables and constants.

  private void variable(Opcode opcode) {
    int index = reader.readU32();
    switch (opcode) {
      case LOCAL_GET -> state.pushLocal(index);
      case LOCAL_SET -> state.popToLocal(index);
      case LOCAL_TEE -> {
        state.popToLocal(index);
        state.pushLocal(index);
      }
      case GLOBAL_GET -> {
        int kind = ValueType.kind(module.globals()[index].type());
        int to = target(kind, NONE);
        if (index < module.importedGlobals()) {
          masm.loadContextIndirect(kind, to, layout.global(index));
        } else {
          masm.loadContext(kind, to, layout.global(index));
        }
        finish(kind, to);
      }
      case GLOBAL_SET -> {
        int kind = ValueType.kind(module.globals()[index].type());
        int from = state.popRegister();
        if (index < module.importedGlobals()) {
          masm.storeContextIndirect(kind, layout.global(index), from);
        } else {
          masm.storeContext(kind, layout.global(index), from);
        }
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void constant(Opcode opcode) {
    switch (opcode) {
      case I32_CONST -> state.pushConstant(Kind.I32, reader.readS32());
      case I64_CONST -> state.pushConstant(Kind.I64, reader.readS64());
      case F32_CONST -> state.pushConstant(Kind.F32, reader.readInt() & 0xffff_ffffL);
      case F64_CONST -> state.pushConstant(Kind.F64, reader.readLong());
      default -> throw new AssertionError(opcode);
    }
  }

  // Arithmetic.

  private void unary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    int from = state.popRegister();
    boolean sameFile = Kind.isFloat(kind) == masm.isFloat(from);
    int to = target(kind, sameFile ? from : NONE);
    masm.unary(opcode, to, from);
    finish(kind, to);
  }

  private void binary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    if (latentLoad != null) {
      long offset = latentOffset;
      masm.at(latentLoadAt);
      forgetLatent();
      int index = popAddress(offset);
      int left = state.popRegister();
      int to = target(kind, left);
      if (to == index && to != left) {
        // The home of the local to be set is also the index: compute elsewhere first.
        int other = state.result(kind, left);
        masm.binaryMemory(opcode, other, left, index, addressOffset);
        masm.move(kind, to, other);
      } else {
        masm.binaryMemory(opcode, to, left, index, addressOffset);
      }
      finish(kind, to);
      return;
    }
    if (latentShift > 0) {
      int shift = latentShift;
      forgetLatent();
      int right = state.popRegister();
      int left = state.popRegister();
      int to = target(kind, state.isReusable(left) ? left : right);
      masm.addShifted(kind, to, left, right, shift);
      finish(kind, to);
      return;
    }
    if (canTest(opcode)) {
      latentCondition = opcode;
      latentNegated = false;
      return;
    }
    if (opcode.commutes() && secondIsConstant() && !state.topIsConstant() && state.place[state.depth - 1] != FrameState.SLOT) {
      state.swapTop();
    }
    if (state.topIsConstant() && masm.takesConstant(opcode, state.topConstant())) {
      long constant = state.topConstant();
      if (isShiftForAdd(opcode, constant)) {
        state.drop();
        latentShift = (int) constant;
        return;
      }
      state.drop();
      int left = state.popRegister();
      int to = target(kind, left);
      masm.binaryConstant(opcode, to, left, constant);
      finish(kind, to);
      return;
    }
    if (masm.fixedLeft(opcode) != NONE) {
      binaryInFixedRegisters(opcode, kind);
      return;
    }
    if (masm.fixedRight(opcode) != NONE) {
      int right = masm.fixedRight(opcode);
      state.popTo(right);
      int left = state.popRegister();
      int to = target(kind, left);
      masm.binary(opcode, to, left, right);
      finish(kind, to);
      return;
    }
    if (state.topIsInSlotOnly() && masm.takesMemory(opcode)) {
      int slot = state.popSlot();
      int left = state.popRegister();
      int to = target(kind, left);
      masm.binarySlot(opcode, to, left, slot);
      finish(kind, to);
      return;
    }
    int right = state.popRegister();
    int left = state.popRegister();
    int to = target(kind, state.isReusable(left) || !opcode.commutes() ? left : right);
    masm.binary(opcode, to, left, right);
    finish(kind, to);
  }

  private boolean secondIsConstant() {
    return state.place[state.depth - 2] == FrameState.CONST;
  }

  /** An i32.and or i64.and that only a condition looks at: no result is needed. */
  private boolean canTest(Opcode opcode) {
    int next = nextByte();
    return switch (opcode) {
      case I32_AND -> next == Opcode.BR_IF.code() || next == Opcode.IF.code() || next == Opcode.I32_EQZ.code();
      case I64_AND -> next == Opcode.I64_EQZ.code();
      default -> false;
    };
  }

  /** A shift by a small constant whose result the next instruction adds to something that is not a constant. */
  private boolean isShiftForAdd(Opcode opcode, long constant) {
    int add = opcode == Opcode.I32_SHL ? Opcode.I32_ADD.code() : opcode == Opcode.I64_SHL ? Opcode.I64_ADD.code() : -1;
    return constant >= 1 && constant <= 3 && nextByte() == add && state.place[state.depth - 3] != FrameState.CONST;
  }

  private void binaryInFixedRegisters(Opcode opcode, int kind) {
    int left = masm.fixedLeft(opcode);
    int result = masm.fixedResult(opcode);
    long taken = 1L << left | masm.clobbered(opcode) | 1L << result;
    state.moveTopAwayFrom(taken);
    state.relock(state.locked() | taken);
    int right = state.popRegister();
    state.popTo(left);
    state.vacateAll(taken & ~(1L << left));
    masm.binary(opcode, result, left, right);
    state.relock(1L << right | 1L << result);
    int to = target(kind, result);
    if (to != result) {
      masm.move(kind, to, result);
    }
    finish(kind, to);
  }

  // Conditions.

  private void comparison(Opcode opcode) {
    if (opcode == Opcode.I32_EQZ && latentCondition != null) {
      latentNegated = !latentNegated;
    } else if (opcode == Opcode.I64_EQZ && latentCondition == Opcode.I64_AND) {
      latentNegated = true;
    } else {
      latentCondition = opcode;
      latentNegated = false;
    }
    if (nextTakesCondition()) {
      return;
    }
    prepareCondition();
    int preferred = conditionForm == FORM_REGISTER ? conditionRight : NONE;
    int to = target(Kind.I32, preferred != NONE && !masm.isFloat(preferred) ? preferred : NONE);
    masm.set(emitCondition(), to);
    finish(Kind.I32, to);
  }

  /**
   * Pops the condition on top of the stack, latent or an i32, into registers that stay locked; the compare itself is emitted
   * by {@link #emitCondition}, so that code which moves state can come between.
   */
  private void prepareCondition() {
    if (latentCondition == null) {
      latentCondition = Opcode.I32_EQZ;
      latentNegated = true;
    }
    Opcode opcode = latentCondition;
    conditionOpcode = opcode;
    conditionNegated = latentNegated;
    conditionAt = instruction;
    if (latentLoad != null) {
      conditionForm = FORM_MEMORY;
      conditionAt = latentLoadAt;
      conditionRight = popAddress(latentOffset);
      conditionConstant = addressOffset;
      conditionLeft = state.popRegister();
    } else if (opcode.shape() == Shape.TEST) {
      conditionForm = FORM_REGISTER;
      conditionLeft = state.popRegister();
      conditionRight = conditionLeft;
    } else if (state.topIsConstant() && masm.takesConstant(opcode, state.topConstant())) {
      conditionForm = FORM_CONSTANT;
      conditionConstant = state.topConstant();
      state.drop();
      conditionLeft = state.popRegister();
    } else if (opcode.shape() == Shape.COMPARE && state.topIsInSlotOnly() && masm.takesMemory(opcode)) {
      conditionForm = FORM_SLOT;
      conditionRight = state.popSlot();
      conditionLeft = state.popRegister();
    } else {
      conditionForm = FORM_REGISTER;
      conditionRight = state.popRegister();
      conditionLeft = state.popRegister();
    }
    forgetLatent();
  }

  /** Emits the compare of a prepared condition. */
  private int emitCondition() {
    Opcode opcode = conditionOpcode;
    int kind = ValueType.kind(opcode.operand(0));
    int condition;
    if (opcode.shape() == Shape.TEST) {
      condition = masm.negate(masm.testNonZero(kind, conditionLeft));
    } else if (opcode.shape() == Shape.BINARY) {
      condition =
          conditionForm == FORM_CONSTANT
              ? masm.testBitsConstant(kind, conditionLeft, conditionConstant)
              : masm.testBits(kind, conditionLeft, conditionRight);
    } else {
      condition =
          switch (conditionForm) {
            case FORM_CONSTANT -> masm.compareConstant(opcode, conditionLeft, conditionConstant);
            case FORM_SLOT -> masm.compareSlot(opcode, conditionLeft, conditionRight);
            case FORM_MEMORY -> {
              masm.at(conditionAt);
              yield masm.compareMemory(opcode, conditionLeft, conditionRight, conditionConstant);
            }
            default -> masm.compare(opcode, conditionLeft, conditionRight);
          };
    }
    return conditionNegated ? masm.negate(condition) : condition;
  }

  // Memory.

  /** The constant part of the address that {@link #popAddress} has popped. */
  private long addressOffset;

  /** Pops an address; returns its index register, or NONE if all of it is in {@link #addressOffset}. */
  private int popAddress(long offset) {
    if (state.topIsConstant()) {
      long address = offset + (state.topConstant() & 0xffff_ffffL);
      if (address <= 0xffff_ffffL) {
        state.drop();
        addressOffset = address;
        return NONE;
      }
    }
    addressOffset = offset;
    return state.popRegister();
  }

  private long readOffset() {
    reader.readU32();
    return reader.readMemoryOffset();
  }

  private void load(Opcode opcode) {
    long offset = readOffset();
    if (canFoldInto(opcode, nextByte())) {
      latentLoad = opcode;
      latentOffset = offset;
      latentLoadAt = instruction;
      return;
    }
    int kind = ValueType.kind(opcode.result());
    int index = popAddress(offset);
    int to = target(kind, index != NONE && !Kind.isFloat(kind) ? index : NONE);
    masm.load(opcode, to, index, addressOffset);
    finish(kind, to);
  }

  /** Whether the next instruction can take a load of full width as its right operand. */
  private boolean canFoldInto(Opcode load, int next) {
    Opcode consumer = Opcode.of(next);
    if (consumer == null || consumer.shape() != Shape.BINARY && consumer.shape() != Shape.COMPARE) {
      return false;
    }
    boolean fullWidth =
        switch (load) {
          case I32_LOAD, I64_LOAD, F32_LOAD, F64_LOAD -> true;
          default -> false;
        };
    return fullWidth && consumer.operand(1) == load.result() && masm.takesMemory(consumer);
  }

  private void store(Opcode opcode) {
    long offset = readOffset();
    if (state.topIsConstant() && masm.storesConstant(opcode, state.topConstant())) {
      long constant = state.topConstant();
      state.drop();
      int index = popAddress(offset);
      masm.storeConstant(opcode, constant, index, addressOffset);
      return;
    }
    int value = state.popRegister();
    int index = popAddress(offset);
    masm.store(opcode, value, index, addressOffset);
  }

  private void memory(Opcode opcode) {
    switch (opcode) {
      case MEMORY_SIZE -> {
        reader.readU32();
        int to = target(Kind.I32, NONE);
        masm.memorySize(to);
        finish(Kind.I32, to);
      }
      case MEMORY_GROW -> builtin(Builtin.MEMORY_GROW, 1, Kind.I32, reader.readU32());
      case MEMORY_FILL -> builtin(Builtin.MEMORY_FILL, 3, NONE, reader.readU32());
      case MEMORY_COPY -> {
        int destination = reader.readU32();
        builtin(Builtin.MEMORY_COPY, 3, NONE, destination, reader.readU32());
      }
      case MEMORY_INIT -> {
        int segment = reader.readU32();
        builtin(Builtin.MEMORY_INIT, 3, NONE, reader.readU32(), segment);
      }
      case DATA_DROP -> builtin(Builtin.DATA_DROP, 0, NONE, reader.readU32());
      default -> throw new AssertionError(opcode);
    }
  }

  // Tables and references.

  private void table(Opcode opcode) {
    int first = reader.readU32();
    switch (opcode) {
      case TABLE_GET -> {
        int index = state.popRegister();
        int to = target(Kind.I64, index);
        masm.tableGet(to, layout.table(first), index);
        finish(Kind.I64, to);
      }
      case TABLE_SET -> {
        int value = state.popRegister();
        int index = state.popRegister();
        masm.tableSet(layout.table(first), index, value);
      }
      case TABLE_SIZE -> {
        int to = target(Kind.I32, NONE);
        masm.tableSize(to, layout.table(first));
        finish(Kind.I32, to);
      }
      case TABLE_GROW -> builtin(Builtin.TABLE_GROW, 2, Kind.I32, first);
      case TABLE_FILL -> builtin(Builtin.TABLE_FILL, 3, NONE, first);
      case TABLE_COPY -> builtin(Builtin.TABLE_COPY, 3, NONE, first, reader.readU32());
      case TABLE_INIT -> builtin(Builtin.TABLE_INIT, 3, NONE, reader.readU32(), first);
      case ELEM_DROP -> builtin(Builtin.ELEM_DROP, 0, NONE, first);
      default -> throw new AssertionError(opcode);
    }
  }

  private void reference(Opcode opcode) {
    switch (opcode) {
      case REF_NULL -> {
        Instructions.skipImmediates(reader, opcode);
        state.pushConstant(Kind.I64, 0);
      }
      case REF_IS_NULL -> comparison(Opcode.I64_EQZ);
      case REF_FUNC -> {
        int function = reader.readU32();
        int to = target(Kind.I64, NONE);
        if (function < module.importedFunctions()) {
          masm.loadContext(Kind.I64, to, layout.importEntry(function));
        } else {
          masm.contextAddress(to, layout.funcRef(function));
        }
        finish(Kind.I64, to);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void parametric(Opcode opcode) {
    Instructions.skipImmediates(reader, opcode);
    if (opcode == Opcode.DROP) {
      state.drop();
      return;
    }
    prepareCondition();
    int kind = state.kind[state.depth - 1];
    int other = state.popRegister();
    int to = state.popToTemporary();
    masm.select(kind, emitCondition(), to, other);
    state.pushRegister(kind, to);
  }

  // Control.

  private void control(Opcode opcode) {
    switch (opcode) {
      case NOP -> {}
      case UNREACHABLE -> {
        masm.trap(TrapCode.UNREACHABLE);
        reachable = false;
      }
      case BLOCK -> open(ControlStack.BLOCK);
      case LOOP -> {
        int number = controls;
        int at = open(ControlStack.LOOP);
        joins.enterLoop(at, facts.containsCall(number));
        masm.bindLoop(control.label[at]);
        masm.poll();
      }
      case IF -> openIf();
      case ELSE -> elseArm();
      case END -> end();
      case BR -> {
        branch(target());
        reachable = false;
      }
      case BR_IF -> branchIf(target());
      case BR_TABLE -> branchTable();
      case RETURN -> {
        returnValues();
        reachable = false;
      }
      case CALL -> call();
      case CALL_INDIRECT -> callIndirect();
      default -> throw new AssertionError(opcode);
    }
  }

  /** Reads a label immediate as an index of the control stack. */
  private int target() {
    return control.depth - 1 - reader.readU32();
  }

  /** Opens a structure whose operands are on the stack and whose condition, if it is an if, has been popped. */
  private int open(byte type) {
    int blockType = reader.readBlockType();
    int number = controls++;
    int at = control.push();
    control.type[at] = type;
    control.label[at] = masm.newLabel();
    control.written[at] = facts.written(number);
    if (blockType >= 0) {
      Signature block = module.type(blockType).signature();
      byte[] params = new byte[block.paramCount()];
      for (int i = 0; i < params.length; i++) {
        params[i] = (byte) block.param(i);
      }
      byte[] results = new byte[block.resultCount()];
      for (int i = 0; i < results.length; i++) {
        results[i] = (byte) block.result(i);
      }
      control.params[at] = params;
      control.results[at] = results;
    } else {
      control.params[at] = NO_KINDS;
      control.results[at] =
          blockType == BinaryReader.NO_RESULT ? NO_KINDS : ONE_KIND[-1 - blockType];
    }
    control.height[at] = state.depth - control.params[at].length;
    int end = facts.endOffset(number);
    control.target[at] = type == ControlStack.LOOP ? state.position : end;
    state.detachBefore(facts.written(number), end);
    return at;
  }

  private void openIf() {
    prepareCondition();
    int number = controls;
    int at = open(ControlStack.IF);
    if (facts.elseOffset(number) != 0) {
      control.elseLabel[at] = masm.newLabel();
      state.save(control.atElse(at), state.depth, 0);
      masm.branch(masm.negate(emitCondition()), control.elseLabel[at]);
    } else {
      control.elseLabel[at] = NONE;
      joins.decide(at);
      conditionNegated = !conditionNegated;
      branchOnCondition(at);
    }
  }

  private void elseArm() {
    int at = control.depth - 1;
    if (reachable) {
      branch(at);
    }
    masm.bind(control.elseLabel[at]);
    state.restore(control.atElse(at));
    control.type[at] = ControlStack.ELSE;
    reachable = true;
  }

  private void end() {
    int at = control.depth - 1;
    if (at == 0) {
      if (reachable) {
        returnValues();
      }
    } else if (control.type[at] != ControlStack.LOOP && control.decided[at]) {
      if (reachable && joins.needsMoves(at)) {
        joins.conform(at);
      }
      masm.bind(control.label[at]);
      state.restore(control.atLabel(at));
      reachable = true;
    }
    control.depth--;
  }

  /** Branches to a structure's label, or returns. */
  private void branch(int at) {
    if (at == 0) {
      returnValues();
      return;
    }
    joins.decide(at);
    if (joins.needsMoves(at)) {
      joins.conform(at);
    }
    masm.jump(control.label[at]);
  }

  private void branchIf(int at) {
    prepareCondition();
    if (at == 0) {
      int skip = masm.newLabel();
      masm.branch(masm.negate(emitCondition()), skip);
      returnValues();
      masm.bind(skip);
    } else {
      joins.decide(at);
      branchOnCondition(at);
    }
  }

  /** Branches to a decided label if the prepared condition holds. */
  private void branchOnCondition(int at) {
    if (joins.needsMoves(at)) {
      int skip = masm.newLabel();
      masm.branch(masm.negate(emitCondition()), skip);
      joins.conform(at);
      masm.jump(control.label[at]);
      masm.bind(skip);
    } else {
      masm.branch(emitCondition(), control.label[at]);
    }
  }

  private void branchTable() {
    int count = reader.readU32();
    tableTargets = room(tableTargets, count + 1);
    tableLabels = room(tableLabels, count + 1);
    edgeLabel = room(edgeLabel, control.depth);
    Arrays.fill(edgeLabel, 0, control.depth, NONE);
    int index = state.popRegister();
    if (!state.isReusable(index)) {
      int copy = state.result(Kind.I32, NONE);
      masm.move(Kind.I32, copy, index);
      index = copy;
    }
    for (int i = 0; i <= count; i++) {
      tableTargets[i] = target();
      if (tableTargets[i] > 0) {
        joins.decide(tableTargets[i]);
      }
    }
    for (int i = 0; i <= count; i++) {
      int at = tableTargets[i];
      if (edgeLabel[at] == NONE && (at == 0 || joins.needsMoves(at))) {
        edgeLabel[at] = masm.newLabel();
      }
      tableLabels[i] = edgeLabel[at] != NONE ? edgeLabel[at] : control.label[at];
    }
    masm.jumpTable(index, tableLabels, count);
    for (int at = 0; at < control.depth; at++) {
      if (edgeLabel[at] != NONE) {
        masm.bind(edgeLabel[at]);
        if (at == 0) {
          returnValues();
        } else {
          joins.conform(at);
          masm.jump(control.label[at]);
        }
      }
    }
    reachable = false;
  }

  /** Moves the topmost operands to where the caller expects the results, and returns. The tracked state stays as it was. */
  private void returnValues() {
    int first = state.depth - signature.resultCount();
    for (int i = 0; i < signature.resultCount(); i++) {
      int location = resultLocations[i];
      int kind = signature.result(i);
      if (location < 0) {
        joins.moveToSlot(kind, first + i, location);
      } else {
        joins.moveToRegister(kind, first + i, location);
      }
    }
    moves.flush();
    masm.leave();
  }

  // Calls.

  private void call() {
    int callee = reader.readU32();
    Signature type = module.functionType(callee).signature();
    passArguments(type, 0);
    if (callee < module.importedFunctions()) {
      masm.callImport(layout.importEntry(callee));
    } else {
      masm.callSlot(layout.slot(callee));
    }
    receiveResults(type);
  }

  private void callIndirect() {
    int typeIndex = reader.readU32();
    int table = reader.readU32();
    Signature type = module.type(typeIndex).signature();
    passArguments(type, 1);
    masm.callIndirect(layout.table(table), layout.typeId(typeIndex), masm.indirectIndex());
    receiveResults(type);
  }

  /**
   * Saves what is live across a call and moves its arguments into place.
   *
   * @param extra 1 if a table index lies on top of the arguments; it goes to the register where an indirect call wants it
   */
  private void passArguments(Signature type, int extra) {
    int count = type.paramCount();
    callParams = room(callParams, count);
    callResults = room(callResults, type.resultCount());
    outgoing = Math.max(outgoing, convention.locate(type, callParams, callResults));
    state.saveForCall(count + extra);
    int first = state.depth - count - extra;
    for (int i = 0; i < count; i++) {
      if (callParams[i] < 0) {
        moveToCell(first + i, -1 - callParams[i]);
      } else {
        joins.moveToRegister(type.param(i), first + i, callParams[i]);
      }
    }
    if (extra > 0) {
      joins.moveToRegister(Kind.I32, first + count, masm.indirectIndex());
    }
    moves.flush();
    state.dropTo(first);
  }

  private void moveToCell(int operand, int cell) {
    int kind = state.kind[operand];
    switch (state.place[operand]) {
      case FrameState.CONST -> masm.storeOutgoingConstant(kind, cell, state.value[operand]);
      case FrameState.REGISTER -> masm.storeOutgoing(kind, cell, state.register[operand]);
      case FrameState.LOCAL -> {
        int local = (int) state.value[operand];
        if ((state.localFacts[local] & FrameState.IN_REGISTER) != 0) {
          masm.storeOutgoing(kind, cell, state.localRegister[local]);
        } else {
          masm.copySlotToOutgoing(kind, cell, state.slotOf(local));
        }
      }
      default -> masm.copySlotToOutgoing(kind, cell, state.operandSlot(operand));
    }
  }

  private void receiveResults(Signature type) {
    state.registersDied();
    int count = type.resultCount();
    for (int i = 0; i < count; i++) {
      if (callResults[i] >= 0) {
        state.lock(callResults[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      int kind = type.result(i);
      int register = callResults[i];
      if (register < 0) {
        register = state.allocate(kind);
        masm.loadOutgoing(kind, register, -1 - callResults[i]);
      }
      state.pushRegister(kind, register);
      state.relock(state.locked() & ~(1L << register));
    }
  }

  /** Calls the runtime: immediates first, then operands, in cells of 8 bytes. */
  private void builtin(Builtin builtin, int operands, int result, int... immediates) {
    outgoing = Math.max(outgoing, immediates.length + operands);
    state.saveForCall(operands);
    for (int i = 0; i < immediates.length; i++) {
      masm.storeOutgoingConstant(Kind.I32, i, immediates[i]);
    }
    int first = state.depth - operands;
    for (int i = 0; i < operands; i++) {
      moveToCell(first + i, immediates.length + i);
    }
    state.dropTo(first);
    masm.callBuiltin(builtin.number());
    state.registersDied();
    if (result != NONE) {
      int to = target(result, NONE);
      masm.loadOutgoing(result, to, 0);
      finish(result, to);
    }
  }
}
