package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.Backend;
import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.CpuFeatures;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import org.jspecify.annotations.Nullable;

/** The x86-64 backend: what {@link java.util.ServiceLoader} finds. */
public final class X86Backend implements Backend {
  private static final CallingConvention CONVENTION =
      new CallingConvention(
          new int[] {RDI, RSI, R8, R9, RBX, R12},
          new int[] {17, 18, 19, 20, 21, 22, 23, 24},
          new int[] {RAX, RDX},
          new int[] {16, 26});

  private volatile CpuFeatures<X86Feature> features = Cpuid.BASELINE;

  /** For the service loader. */
  public X86Backend() {}

  @Override
  public String architecture() {
    return "amd64";
  }

  @Override
  public void detect(CodeRunner runner) {
    byte[] cpuid = Stubs.cpuid();
    long[] leaf1 = runner.run(cpuid, 1, 0);
    long xcr0 = Cpuid.hasXcr0(leaf1) ? runner.run(Stubs.xgetbv(), 0, 0)[0] : 0;
    CpuFeatures<X86Feature> found =
        Cpuid.features(leaf1, runner.run(cpuid, 7, 0), runner.run(cpuid, 0x8000_0001L, 0), xcr0).allowed();
    String missing = Cpuid.missing(found);
    if (missing != null) {
      throw new UnsupportedOperationException(
          "this processor lacks " + missing
              + ", which Gatun's x86-64 code needs (x86-64-v2, any processor since about 2009)");
    }
    features = found;
  }

  @Override
  public String features() {
    return features.toString();
  }

  @Override
  public String baselineFeatures() {
    return Cpuid.BASELINE.toString();
  }

  @Override
  public MacroAssembler newMacroAssembler() {
    return new X86Arithmetic(features);
  }

  @Override
  public MacroAssembler newMacroAssembler(String names) {
    return new X86Arithmetic(CpuFeatures.parse(X86Feature.class, names));
  }

  @Override
  public CallingConvention callingConvention() {
    return CONVENTION;
  }

  @Override
  public byte filler() {
    return (byte) 0xF4;
  }

  @Override
  public byte[] trampoline() {
    return Stubs.trampoline();
  }

  @Override
  public byte @Nullable [] flush() {
    return null;
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
