package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.FunctionFacts;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * The walk over the body of a function: where it is, what it is about, and where results go. The classes that compile
 * families of instructions share it.
 */
final class Walk {
  final MacroAssembler masm;
  final FrameState state;
  final Latent latent = new Latent();
  final FuelMeter fuel;

  // The function.
  WasmModule module;
  VmContextLayout layout;
  CodeOptions options;
  FunctionFacts facts;
  Signature signature;
  BinaryReader reader;

  /** Offset in the module of the function's entry in the code section: what offsets in its facts are relative to. */
  int base;

  /** Offset in the module of the instruction being compiled. */
  int instruction;

  /** Whether control gets to where the walk is. */
  boolean reachable;

  /** Cells that calls so far need at the stack pointer. */
  int outgoing;

  // The local that the next instruction sets, whose home the current result goes to.
  private int hintedLocal;
  private boolean hintedTee;
  private int hintedEnd;

  @SuppressWarnings("NullAway.Init") // begin() sets what belongs to a function
  Walk(MacroAssembler masm) {
    this.masm = masm;
    this.state = new FrameState(masm);
    this.fuel = new FuelMeter(masm, state);
  }

  /** Starts at the locals of a function that the module defines. */
  void begin(
      WasmModule wasm, VmContextLayout contextLayout, CodeOptions codeOptions, int function, FunctionType type) {
    module = wasm;
    layout = contextLayout;
    options = codeOptions;
    fuel.begin(codeOptions.fuel());
    facts = wasm.facts(function);
    base = facts.codeStart();
    signature = type.signature();
    if (reader == null || reader.bytes != wasm.bytes()) {
      reader = new BinaryReader(wasm.bytes());
    }
    reader.range(wasm.bodyStart(function), wasm.bodyEnd(function));
    outgoing = 0;
    reachable = true;
    hintedLocal = -1;
    latent.forget();
  }

  /** Reads the next opcode, and makes its instruction the current one. */
  Opcode next() {
    instruction = reader.position;
    state.position = instruction - base;
    masm.at(instruction);
    return Instructions.read(reader);
  }

  /** The first byte of the next opcode; 0 at the end of the body. */
  int nextByte() {
    return reader.position < reader.limit ? reader.bytes[reader.position] & 0xff : 0;
  }

  /** The next opcode; null at the end of the body. */
  @Nullable Opcode nextOpcode() {
    int start = reader.position;
    if (start == reader.limit) {
      return null;
    }
    Opcode next = Instructions.read(reader);
    reader.position = start;
    return next;
  }

  /**
   * The register for a result, whose operands have been popped: the home of the local that the next instruction sets,
   * if that can be; else the preferred register, if it is free now; else another.
   */
  int target(int kind, int preferred) {
    int home = homeOfLocalSetNext(state.depth);
    return home != NONE ? home : state.result(kind, preferred);
  }

  /**
   * The home of the local that the next instruction sets, if a result can be computed in it while this many operands
   * are kept; else {@link MacroAssembler#NONE}.
   */
  int homeOfLocalSetNext(int operandsKept) {
    int next = nextByte();
    if (next == Opcode.LOCAL_SET.code() || next == Opcode.LOCAL_TEE.code()) {
      int start = reader.position;
      reader.position++;
      int local = reader.readU32();
      int end = reader.position;
      reader.position = start;
      int home = state.homeForResult(local, operandsKept);
      if (home != NONE) {
        hintedLocal = local;
        hintedTee = next == Opcode.LOCAL_TEE.code();
        hintedEnd = end;
        return home;
      }
    }
    return NONE;
  }

  /**
   * Pushes a result that is in the register that {@link #target} or {@link #homeOfLocalSetNext} gave, or does the work
   * of a local.set.
   */
  void finish(int kind, int register) {
    if (hintedLocal < 0) {
      state.pushRegister(kind, register);
      return;
    }
    state.position = reader.position - base;
    reader.position = hintedEnd;
    fuel.folded();
    state.wroteHome(hintedLocal);
    if (hintedTee) {
      state.pushLocal(hintedLocal);
    }
    hintedLocal = -1;
  }

  /** The array, or a longer one if it has no room for so many. */
  static int[] room(int[] array, int count) {
    return array.length < count ? new int[2 * count] : array;
  }
}
