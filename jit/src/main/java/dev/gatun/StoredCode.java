package dev.gatun;

import dev.gatun.backend.Backend;
import dev.gatun.cache.BuildIdentity;
import dev.gatun.cache.CodeFile;
import dev.gatun.cache.ModuleCode;
import dev.gatun.cache.ModuleDigest;
import dev.gatun.cache.OpenFile;
import dev.gatun.cache.Variant;
import dev.gatun.runtime.CodeImage;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.Precompiler;
import dev.gatun.system.OutOfAddressSpaceException;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.ModuleValidator;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** An engine's dealings with code that outlives the process. */
record StoredCode(Engine engine) {

  /** A module whose code is looked for in a cache, and is going to be kept there. */
  CompiledModule find(ModuleCode code, byte[] wasm) {
    WasmModule module = ModuleDecoder.decode(wasm);
    CompiledModule compiled;
    try (CodeFile file = find(code, module)) {
      if (file == null) {
        ModuleValidator.validate(module, engine.compilerThreads());
        compiled = engine.newModule(module);
      } else {
        compiled = loaded(code, file, module);
      }
    }
    code.keep(compiled);
    return compiled;
  }

  private @Nullable CodeFile find(ModuleCode code, WasmModule module) {
    try {
      Machine machine = Machine.get();
      return code.find(
          variant(machine.backendClass(), machine.architecture(), machine.features(), module, engine.usesGuardPages()));
    } catch (IOException e) {
      code.refuse(e);
      return null;
    }
  }

  /** What decides about the code of a module. */
  private Variant variant(
      Class<?> backend, String architecture, String features, WasmModule module, boolean guardPages)
      throws IOException {
    return new Variant(
        BuildIdentity.known(backend), architecture, features, engine.options().fuel(), engine.options().polls(),
        guardPages && module.memories().length > 0);
  }

  /** A module with code that was stored, and validated before it was compiled. */
  private CompiledModule loaded(ModuleCode code, CodeFile file, WasmModule module) {
    ModuleValidator.trust(module, file.tailCallsOut());
    CompiledModule compiled = engine.newModule(module);
    boolean isDone = false;
    try {
      if (!load(compiled, code, file)) {
        // What the file said of the module means nothing any more.
        ModuleValidator.validateFunctions(module, engine.compilerThreads());
      }
      isDone = true;
    } finally {
      if (!isDone) {
        compiled.release();
      }
    }
    return compiled;
  }

  private static boolean load(CompiledModule compiled, ModuleCode code, CodeFile file) {
    Exception problem = null;
    try {
      if (compiled.load(file.image(), Machine.get().features(), file)) {
        return true;
      }
    } catch (IOException | OutOfAddressSpaceException e) {
      problem = e;
    }
    code.notLoaded(problem);
    return false;
  }

  /** {@link Engine#precompile}, of bytes that nobody else can change. */
  byte[] precompile(byte[] wasm, Target target, @Nullable DoubleConsumer progress) throws IOException {
    WasmModule module = ModuleDecoder.decode(wasm);
    ModuleValidator.validate(module, engine.compilerThreads());
    Backend backend = Machine.backend(target.architecture());
    boolean guardPages = engine.wantsGuardPages();
    Variant variant = variant(backend.getClass(), target.architecture(), target.features(), module, guardPages);
    Precompiler compiler =
        new Precompiler(module, backend, target.features(), engine.options(), variant.guardPages(), progress);
    CodeImage.Builder image = compiler.run(engine.compilerThreads());
    return CodeFile.write(
        image.build(), image.code(), variant, wasm.length, ModuleDigest.of(wasm), module.tailCallsOut(), wasm);
  }

  /** {@link Engine#isPrecompiled}. */
  static boolean isPrecompiled(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return CodeFile.isMagic(in.readNBytes(CodeFile.MAGIC_SIZE));
    }
  }

  /** {@link Engine#loadTrusted}. */
  CompiledModule load(Path path) throws IOException {
    OpenFile opened = OpenFile.find(path.toAbsolutePath().toString());
    if (opened == null) {
      throw new NoSuchFileException(path.toString());
    }
    try (opened) {
      CodeFile file = CodeFile.read(opened);
      byte[] wasm = file == null ? null : file.takeWasm();
      if (file == null || wasm == null) {
        throw new IOException(
            path + " is no precompiled module, or is damaged, or has the format of another version of Gatun; compile it"
                + " again with 'gatun compile'");
      }
      return load(path, file, ModuleDecoder.decode(wasm));
    }
  }

  private CompiledModule load(Path path, CodeFile file, WasmModule module) throws IOException {
    Machine machine = Machine.get();
    boolean guardPages = engine.usesGuardPages();
    Variant wanted =
        variant(machine.backendClass(), machine.architecture(), machine.features(), module, guardPages);
    Variant found = file.variant();
    String obstacle = found == null ? "it has another format" : found.obstacle(wanted);
    if (found == null || obstacle != null) {
      throw new IncompatibleCodeException(
          path + " can't be used here: " + obstacle + "; compile it again with 'gatun compile'");
    }
    ModuleValidator.trust(module, file.tailCallsOut());
    CompiledModule compiled = engine.newModule(module);
    boolean isLoaded = false;
    try {
      isLoaded = module.functionCount() == module.importedFunctions()
          || compiled.load(file.image(), found.features(), file);
    } finally {
      if (!isLoaded) {
        compiled.release();
      }
    }
    if (!isLoaded) {
      throw new IOException(path + " is damaged; compile it again with 'gatun compile'");
    }
    return compiled;
  }

  /** The module in what {@link #precompile} has made; its code is left aside. */
  static byte[] wasmOf(byte[] precompiled) {
    byte[] wasm = CodeFile.wasm(precompiled);
    if (wasm == null) {
      throw new MalformedModuleException(
          "precompiled module", "it is damaged, or has the format of another version of Gatun", 0, null, -1, null);
    }
    return wasm;
  }
}
