package dev.gatun.codegen.aarch64;

import dev.gatun.backend.Backend;
import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.CpuFeatures;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;

/** The AArch64 backend: what {@link java.util.ServiceLoader} finds. */
public final class AArch64Backend implements Backend {
  private static final CallingConvention CONVENTION =
      new CallingConvention(
          range(Stubs.FIRST_ARGUMENT),
          range(A64MacroAssembler.FLOATS + Stubs.FIRST_FLOAT_ARGUMENT),
          new int[] {0, 1},
          new int[] {A64MacroAssembler.FLOATS, A64MacroAssembler.FLOATS + 9});

  private volatile CpuFeatures<A64Feature> features = A64Feature.BASELINE;

  /** For the service loader. */
  public AArch64Backend() {}

  private static int[] range(int first) {
    int[] registers = new int[Stubs.ARGUMENTS];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = first + i;
    }
    return registers;
  }

  @Override
  public String architecture() {
    return "aarch64";
  }

  @Override
  public void detect(CodeRunner runner) {
    features = A64Feature.detect().allowed();
  }

  @Override
  public String features() {
    return features.toString();
  }

  @Override
  public String baselineFeatures() {
    return A64Feature.BASELINE.toString();
  }

  @Override
  public MacroAssembler newMacroAssembler() {
    return new A64Arithmetic(features);
  }

  @Override
  public MacroAssembler newMacroAssembler(String names) {
    return new A64Arithmetic(CpuFeatures.parse(A64Feature.class, names));
  }

  @Override
  public CallingConvention callingConvention() {
    return CONVENTION;
  }

  @Override
  public byte filler() {
    return 0; // udf
  }

  @Override
  public byte[] trampoline() {
    return Stubs.trampoline();
  }

  @Override
  public byte[] flush() {
    return Stubs.flush();
  }

  @Override
  public byte[] entryThunk(Signature signature) {
    return new Stubs().entryThunk(signature, CONVENTION);
  }

  @Override
  public byte[] resumeThunk(Signature signature, long upcall) {
    return new Stubs().resumeThunk(signature, CONVENTION, upcall);
  }

  @Override
  public byte[] hostThunk(Signature signature, long upcall) {
    return new Stubs().hostThunk(signature, CONVENTION, upcall);
  }

  @Override
  public byte[] builtinStub(long upcall) {
    return new Stubs().builtinStub(upcall);
  }

  @Override
  public byte[] allocationStub(long upcall) {
    return new Stubs().allocationStub(upcall);
  }

  @Override
  public byte[] pollStub(long upcall) {
    return new Stubs().pollStub(upcall);
  }

  @Override
  public byte[] memoryCopyStub() {
    return new BulkMemoryStubs().copy();
  }

  @Override
  public byte[] memoryFillStub() {
    return new BulkMemoryStubs().fill();
  }

  @Override
  public byte[] compileStub(long upcall) {
    return new Stubs().compileStub(upcall);
  }

  @Override
  public int lazyThunkSize() {
    return Stubs.LAZY_THUNK_SIZE;
  }

  @Override
  public byte[] lazyThunks(int first, int count, long compileStub) {
    return Stubs.lazyThunks(first, count, compileStub);
  }

  @Override
  public int keptRegister(int register) {
    return Stubs.keptRegister(register);
  }

  @Override
  public byte[] trapExit() {
    return new Stubs().trapExit();
  }

  @Override
  public byte[] signalHandler(long codeStart, long codeEnd, long trapExit, PreviousHandlers previous) {
    return Stubs.signalHandler(codeStart, codeEnd, trapExit, previous);
  }
}
