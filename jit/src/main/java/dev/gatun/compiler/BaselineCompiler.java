package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.PcTable;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a validated function in one walk over its body.
 *
 * <p>Operands stay symbolic as long as they can ({@link FrameState}). What one instruction leaves for the next to fold
 * (a load, a comparison, a shift) is {@linkplain Latent latent}: its operands stay on the stack, and only if the very
 * next opcode is one that takes it, so that nothing can come between. For the same reason a result can be computed
 * straight into the local that the next instruction sets.
 *
 * <p>Used by one thread at a time; keeps its arrays from one function to the next.
 */
public final class BaselineCompiler {
  private final MacroAssembler masm;
  private final CallingConvention convention;
  private final Walk walk;
  private final FrameState state;
  private final ControlStack controlStack = new ControlStack();
  private final ParallelMove moves;
  private final LocalPlan plan;
  private final MemoryAccess memory;
  private final Arithmetic arithmetic;
  private final WideArithmetic wide;
  private final Vectors vectors;
  private final Atomics atomics;
  private final Conditions conditions;
  private final References references;
  private final Aggregates aggregates;
  private final Exceptions exceptions;
  private final ControlFlow control;
  private final boolean paranoid;
  private final FrameCheck check;

  private byte[] localKinds = new byte[64];
  private int[] arrival = new int[64];
  private int[] resultLocations = new int[16];
  private @Nullable LocalSearch search;

  /** A compiler for one backend. {@code paranoid} checks the allocator's contract after every instruction. */
  public BaselineCompiler(MacroAssembler masm, CallingConvention convention, boolean paranoid) {
    this.masm = masm;
    this.convention = convention;
    this.paranoid = paranoid;
    walk = new Walk(masm);
    state = walk.state;
    check = new FrameCheck(state, masm);
    moves = new ParallelMove(masm);
    plan = new LocalPlan(masm);
    Joins joins = new Joins(masm, state, controlStack, moves);
    Calls calls = new Calls(walk, convention, joins, moves);
    memory = new MemoryAccess(walk, calls);
    arithmetic = new Arithmetic(walk, memory);
    wide = new WideArithmetic(walk);
    vectors = new Vectors(walk, memory);
    atomics = new Atomics(walk, memory, calls);
    conditions = new Conditions(walk, memory);
    references = new References(walk, calls, conditions);
    aggregates = new Aggregates(walk, calls);
    exceptions = new Exceptions(walk, controlStack, calls);
    control = new ControlFlow(walk, controlStack, joins, moves, conditions, calls, aggregates, exceptions);
  }

  /** Compiles a function that the module defines. */
  public CompiledCode compile(WasmModule wasm, VmContextLayout contextLayout, CodeOptions options, int function) {
    FunctionType type = wasm.functionType(function);
    walk.begin(wasm, contextLayout, options, function, type);
    readLocals(type);
    resultLocations = Walk.room(resultLocations, walk.signature.resultCount());
    arrival = Walk.room(arrival, walk.signature.paramCount());
    convention.locate(walk.signature, arrival, resultLocations);
    plan.plan(walk.facts, walk.facts.locals(), localKinds, walk.signature.paramCount(), arrival);
    state.begin(walk.facts, plan, localKinds, walk.facts.locals(), walk.facts.maxOperands());

    masm.begin();
    masm.at(walk.base);
    masm.enter(!walk.facts.calls(), mostSlots(), convention.parameterCells(walk.signature));
    receiveParameters();
    control.begin(resultLocations);
    exceptions.begin();
    while (controlStack.depth > 0) {
      Opcode opcode = walk.next();
      if (walk.reachable) {
        if (search != null) {
          search.at(walk);
        }
        walk.fuel.instruction(opcode);
        compile(opcode);
        if (search != null && opcode == Opcode.LOOP) {
          search.at(walk);
        }
        state.unlock();
        if (paranoid && walk.reachable) {
          check.check();
        }
      } else {
        control.skip(opcode);
      }
    }
    if (search != null) {
      search.walked();
    }
    masm.end(state.slots(), walk.outgoing);
    return new CompiledCode(masm.code(), masm.size(), masm.pcTable().encode(), exceptions.table());
  }

  /**
   * Finds where the locals of a function are at a place in its code, by compiling it as it was compiled before.
   *
   * @param options what it was compiled with
   * @param position in the code: of an instruction that may trap, or a return address
   * @param entry what the code's table has for that position
   * @param code the code that is asked about
   * @return the places; none is known if the code has turned out different
   */
  public LocalPlaces locate(
      WasmModule wasm,
      VmContextLayout contextLayout,
      CodeOptions options,
      int function,
      int position,
      PcTable.Entry entry,
      byte[] code) {
    int[] types = localTypes(wasm, function);
    LocalPlaces places = new LocalPlaces(types);
    LocalSearch looking = new LocalSearch(state, position, entry, places);
    search = looking;
    masm.pcTable().listen(looking);
    try {
      CompiledCode again = compile(wasm, contextLayout, options, function);
      boolean isSame = Arrays.equals(again.code(), 0, again.size(), code, 0, code.length);
      return isSame ? places : new LocalPlaces(types);
    } finally {
      masm.pcTable().listen(null);
      search = null;
    }
  }

  private static int[] localTypes(WasmModule wasm, int function) {
    FunctionType type = wasm.functionType(function);
    int[] types = new int[wasm.facts(function).locals()];
    int at = 0;
    for (int i = 0; i < type.paramCount(); i++) {
      types[at++] = type.param(i);
    }
    BinaryReader reader = new BinaryReader(wasm.bytes(), wasm.bodyStart(function), wasm.bodyEnd(function));
    for (int groups = reader.readU32(); groups > 0; groups--) {
      int group = reader.readU32();
      int first = reader.peekByte();
      reader.readKind();
      Arrays.fill(types, at, at + group, ValueType.isNumber(first) ? first : ValueType.BOTTOM);
      at += group;
    }
    return types;
  }

  /** More slots than the frame can come to have. */
  private int mostSlots() {
    // An operand may have a slot as a scalar and two as a vector, and a legacy handler keeps its exception.
    int slots = walk.facts.locals() + 3 * walk.facts.maxOperands() + walk.facts.maxControlDepth();
    for (int i = 0; i < walk.facts.locals(); i++) {
      slots += Kind.cells(localKinds[i]) - 1;
    }
    return slots;
  }

  private void readLocals(FunctionType type) {
    int count = walk.facts.locals();
    if (localKinds.length < count) {
      localKinds = new byte[2 * count];
    }
    int at = 0;
    for (int i = 0; i < type.paramCount(); i++) {
      localKinds[at++] = (byte) ValueType.kind(type.param(i));
    }
    for (int groups = walk.reader.readU32(); groups > 0; groups--) {
      int group = walk.reader.readU32();
      byte kind = (byte) walk.reader.readKind();
      Arrays.fill(localKinds, at, at + group, kind);
      at += group;
    }
  }

  private void receiveParameters() {
    int params = walk.signature.paramCount();
    for (int i = 0; i < params; i++) {
      int from = arrival[i];
      if (walk.facts.end(i) < 0) {
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
      if (walk.facts.end(i) >= 0) {
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

  private void compile(Opcode opcode) {
    switch (opcode.shape()) {
      case VARIABLE -> variable(opcode);
      case CONSTANT -> constant(opcode);
      case BINARY -> arithmetic.binary(opcode);
      case COMPARE, TEST -> conditions.comparison(opcode);
      case UNARY -> arithmetic.unary(opcode);
      case LOAD -> memory.load(opcode);
      case STORE -> memory.store(opcode);
      case PARAMETRIC -> parametric(opcode);
      case CONTROL -> control.compile(opcode);
      case MEMORY -> memory.bulk(opcode);
      case TABLE -> references.table(opcode);
      case REFERENCE -> references.reference(opcode);
      case AGGREGATE -> aggregates.compile(opcode);
      case WIDE -> wide.compile(opcode);
      case VECTOR, LANE_LOAD, LANE_STORE -> vectors.compile(opcode);
      case ATOMIC -> atomics.compile(opcode);
    }
  }

  private void variable(Opcode opcode) {
    int index = walk.reader.readU32();
    switch (opcode) {
      case LOCAL_GET -> state.pushLocal(index);
      case LOCAL_SET -> state.popToLocal(index);
      case LOCAL_TEE -> {
        state.popToLocal(index);
        state.pushLocal(index);
      }
      case GLOBAL_GET -> {
        int kind = ValueType.kind(walk.module.globals()[index].type());
        int to = walk.target(kind, NONE);
        if (index < walk.module.importedGlobals()) {
          masm.loadContextIndirect(kind, to, walk.layout.global(index));
        } else {
          masm.loadContext(kind, to, walk.layout.global(index));
        }
        walk.finish(kind, to);
      }
      case GLOBAL_SET -> {
        int kind = ValueType.kind(walk.module.globals()[index].type());
        int from = state.popRegister();
        if (index < walk.module.importedGlobals()) {
          masm.storeContextIndirect(kind, walk.layout.global(index), from);
        } else {
          masm.storeContext(kind, walk.layout.global(index), from);
        }
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void constant(Opcode opcode) {
    switch (opcode) {
      case I32_CONST -> state.pushConstant(Kind.I32, walk.reader.readS32());
      case I64_CONST -> state.pushConstant(Kind.I64, walk.reader.readS64());
      case F32_CONST -> state.pushConstant(Kind.F32, walk.reader.readInt() & 0xffff_ffffL);
      case F64_CONST -> state.pushConstant(Kind.F64, walk.reader.readLong());
      case V128_CONST -> vectors.constant();
      default -> throw new AssertionError(opcode);
    }
  }

  private void parametric(Opcode opcode) {
    Instructions.skipImmediates(walk.reader, opcode);
    if (opcode == Opcode.DROP) {
      state.drop();
      return;
    }
    conditions.prepare();
    int kind = state.kind[state.depth - 1];
    int other = state.popRegister();
    int home = walk.homeOfLocalSetNext(state.depth - 1);
    int first = home != NONE ? state.popRegister() : state.popToTemporary();
    int to = home != NONE ? home : first;
    masm.select(kind, conditions.emit(), to, first, other);
    walk.finish(kind, to);
  }
}
