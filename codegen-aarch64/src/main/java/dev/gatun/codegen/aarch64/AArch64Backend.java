package dev.gatun.codegen.aarch64;

import dev.gatun.backend.Backend;
import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;

/** Stands for the AArch64 backend until there is one: found on AArch64, it says that it can't compile. */
public final class AArch64Backend implements Backend {
  private static final String MISSING =
      "Gatun's AArch64 backend (gatun-codegen-aarch64) cannot compile yet; Gatun runs on x86-64 Linux";

  /** For the service loader. */
  public AArch64Backend() {}

  private static UnsupportedOperationException missing() {
    return new UnsupportedOperationException(MISSING);
  }

  @Override
  public String architecture() {
    return "aarch64";
  }

  @Override
  public String unavailable() {
    return MISSING;
  }

  @Override
  public void detect(CodeRunner runner) {
    throw missing();
  }

  @Override
  public MacroAssembler newMacroAssembler() {
    throw missing();
  }

  @Override
  public MacroAssembler newMacroAssembler(String features) {
    throw missing();
  }

  @Override
  public CallingConvention callingConvention() {
    throw missing();
  }

  @Override
  public byte filler() {
    throw missing();
  }

  @Override
  public byte[] trampoline() {
    throw missing();
  }

  @Override
  public byte[] entryThunk(Signature signature) {
    throw missing();
  }

  @Override
  public byte[] hostThunk(Signature signature, long upcall) {
    throw missing();
  }

  @Override
  public byte[] builtinStub(long upcall) {
    throw missing();
  }

  @Override
  public byte[] allocationStub(long upcall) {
    throw missing();
  }

  @Override
  public byte[] memoryCopyStub() {
    throw missing();
  }

  @Override
  public byte[] memoryFillStub() {
    throw missing();
  }

  @Override
  public byte[] compileStub(long upcall) {
    throw missing();
  }

  @Override
  public int lazyThunkSize() {
    throw missing();
  }

  @Override
  public byte[] lazyThunks(int first, int count, long compileStub) {
    throw missing();
  }

  @Override
  public byte[] trapExit() {
    throw missing();
  }

  @Override
  public byte[] signalHandler(long codeStart, long codeEnd, long trapExit, PreviousHandlers previous) {
    throw missing();
  }
}
