package dev.gatun.code;

import dev.gatun.backend.Backend;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.compiler.BaselineCompiler;
import dev.gatun.compiler.CodeOptions;
import dev.gatun.compiler.CompiledCode;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.text.TextFormat;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.ModuleValidator;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A module in the text format. Comments at its beginning may say what it is compiled for ({@code ;; targets: x86_64
 * x86_64-v2}, or all), that addresses are checked ({@code ;; bounds: explicit}), and that it is charged for ({@code ;;
 * fuel}).
 */
final class GoldenSource {
  private static final String TARGETS = ";; targets:";
  private static final String BOUNDS = ";; bounds:";
  private static final String FUEL = ";; fuel";

  private final Path file;
  private final String text;
  private final List<Target> targets = new ArrayList<>();
  private boolean guardPages = true;
  private CodeOptions options = CodeOptions.DEFAULT;

  GoldenSource(Path file) throws IOException {
    this.file = file;
    text = Files.readString(file);
    List<String> named = List.of(Target.X86_64.text(), Target.AARCH64.text());
    for (String line : text.lines().takeWhile(line -> line.startsWith(";;")).toList()) {
      if (line.startsWith(TARGETS)) {
        named = List.of(line.substring(TARGETS.length()).strip().split(" +"));
      } else if (line.startsWith(BOUNDS)) {
        String bounds = line.substring(BOUNDS.length()).strip();
        if (!bounds.equals("explicit")) {
          throw new IllegalArgumentException(file + ": bounds may be explicit, not '" + bounds + "'");
        }
        guardPages = false;
      } else if (line.equals(FUEL)) {
        options = new CodeOptions(true, true);
      }
    }
    for (String name : named) {
      targets.add(
          Arrays.stream(Target.values())
              .filter(target -> target.text().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(file + ": there is no target '" + name + "'")));
    }
  }

  String name() {
    return file.getFileName().toString().replace(".wat", "");
  }

  List<Target> targets() {
    return targets;
  }

  /** The file of the code that is expected. */
  Path expected(Target target) {
    return file.resolveSibling(name() + "." + target.text() + ".expected");
  }

  /** The code of all functions that the module defines. */
  List<GoldenFunction> compile(Target target) {
    Backend backend = target.backend();
    MacroAssembler masm = backend.newMacroAssembler(target.features());
    BaselineCompiler compiler = new BaselineCompiler(masm, backend.callingConvention(), true);
    WasmModule module = ModuleDecoder.decode(TextFormat.parse(text));
    ModuleValidator.validate(module);
    VmContextLayout layout = CompiledModule.layout(module, guardPages);
    List<GoldenFunction> functions = new ArrayList<>();
    for (int i = module.importedFunctions(); i < module.functionCount(); i++) {
      CompiledCode compiled = compiler.compile(module, layout, options, i);
      byte[] code = Arrays.copyOf(compiled.code(), compiled.size());
      String name = module.functionName(i);
      functions.add(new GoldenFunction(name == null ? "function " + i : name, code, masm.data(), compiled.pcTable()));
    }
    return functions;
  }
}
