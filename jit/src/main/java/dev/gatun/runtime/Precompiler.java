package dev.gatun.runtime;

import dev.gatun.backend.Backend;
import dev.gatun.backend.HandlerTable;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.compiler.BaselineCompiler;
import dev.gatun.compiler.CodeOptions;
import dev.gatun.compiler.CompiledCode;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.FunctionQueue;
import dev.gatun.wasm.WasmModule;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** Compiles all functions of a module, for a machine that need not be this one. */
public final class Precompiler implements FunctionQueue.Work {
  private static final boolean PARANOID = Boolean.getBoolean("gatun.paranoid");

  private final WasmModule module;
  private final Backend backend;
  private final String features;
  private final CodeOptions options;
  private final VmContextLayout layout;
  private final @Nullable DoubleConsumer progress;
  private final int first;
  private final byte[][] code;
  private final byte[][] pcTables;
  private final HandlerTable[] handlers;
  private final AtomicInteger done = new AtomicInteger();

  /**
   * Prepares to compile.
   *
   * @param module validated
   * @param features what code may make use of: {@link Backend#features}
   * @param guardPages whether memories that can have guard pages will have them
   * @param progress told of how much is done, from 0 to 1, or null
   */
  public Precompiler(
      WasmModule module,
      Backend backend,
      String features,
      CodeOptions options,
      boolean guardPages,
      @Nullable DoubleConsumer progress) {
    this.module = module;
    this.backend = backend;
    this.features = features;
    this.options = options;
    this.layout = CompiledModule.layout(module, guardPages);
    this.progress = progress;
    this.first = module.importedFunctions();
    int count = module.functionCount() - first;
    code = new byte[count][];
    pcTables = new byte[count][];
    handlers = new HandlerTable[count];
  }

  /** Compiles on so many threads at most; returns the code of all functions, in their order. */
  public CodeImage.Builder run(int threads) {
    FunctionQueue.run(module, threads, this);
    MacroAssembler masm = backend.newMacroAssembler(features);
    CodeImage.Builder image = new CodeImage.Builder(backend.filler(), masm.alignment());
    for (int i = 0; i < code.length; i++) {
      image.add(first + i, MemorySegment.ofArray(code[i]), pcTables[i], handlers[i]);
    }
    return image;
  }

  @Override
  public void doAll(FunctionQueue.Share functions) {
    MacroAssembler masm = backend.newMacroAssembler(features);
    BaselineCompiler compiler = new BaselineCompiler(masm, backend.callingConvention(), PARANOID);
    for (int i = functions.next(); i != FunctionQueue.NONE; i = functions.next()) {
      CompiledCode compiled = compiler.compile(module, layout, options, i);
      code[i - first] = Arrays.copyOf(compiled.code(), compiled.size());
      pcTables[i - first] = compiled.pcTable();
      handlers[i - first] = compiled.handlers();
      DoubleConsumer listener = progress;
      if (listener != null) {
        listener.accept((double) done.incrementAndGet() / code.length);
      }
    }
  }
}
