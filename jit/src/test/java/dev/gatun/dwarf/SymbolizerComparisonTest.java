package dev.gatun.dwarf;

import static dev.gatun.dwarf.CompiledLines.lines;
import static dev.gatun.dwarf.CompiledLines.run;
import static dev.gatun.dwarf.CompiledLines.skip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.CachedFiles;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * At random offsets of the code of programs, the frames are those that llvm-symbolizer finds: inlined functions, files,
 * lines and columns.
 */
class SymbolizerComparisonTest {
  private static final int OFFSETS = 5000;

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"traps", "lua", "sqlite", "rust", "python", "lines-0", "lines-2", "lines-2-dwarf5"})
  void findsWhatLlvmFinds(String program) throws IOException, InterruptedException {
    Path file = program(program);
    WasmModule module = ModuleDecoder.decode(Files.readAllBytes(file));
    Random random = new Random(1);
    int[] offsets = new int[OFFSETS];
    for (int i = 0; i < OFFSETS; i++) {
      int function = module.importedFunctions() + random.nextInt(module.functionCount() - module.importedFunctions());
      int start = module.bodyStart(function);
      offsets[i] = start + random.nextInt(module.bodyEnd(function) - start) - module.codeStart();
    }
    List<List<String>> expected = symbolize(file, offsets);
    int known = 0;
    int inlined = 0;
    for (int i = 0; i < OFFSETS; i++) {
      List<SourceFrame> frames = module.debugInfo().find(offsets[i]);
      known += frames.isEmpty() ? 0 : 1;
      inlined += frames.size() > 1 ? 1 : 0;
      assertEquals(
          expected.get(i),
          describe(frames, expected.get(i)),
          "offset 0x" + Integer.toHexString(offsets[i]) + " of " + file);
    }
    System.out.println(program + ": " + OFFSETS + " offsets, " + known + " known, " + inlined + " in inlined code");
    assertTrue(known > OFFSETS / 10 || program.equals("python"), "too little is known to compare");
  }

  /** A program by its name: one of those that ci/build-test-programs makes, or lines.c compiled here. */
  private Path program(String name) throws IOException, InterruptedException {
    if (!name.startsWith("lines")) {
      return CachedFiles.require(CachedFiles.path("test-programs/" + name + ".wasm"), "ci/build-test-programs");
    }
    return lines(folder, name.charAt(6), name.endsWith("dwarf5") ? 5 : 4);
  }

  /** What llvm-symbolizer prints: by offset a list of function, place, function, place ... */
  private List<List<String>> symbolize(Path file, int[] offsets) throws IOException, InterruptedException {
    Path response = folder.resolve("offsets");
    StringBuilder words = new StringBuilder("--obj=" + file + " --inlines --functions=short --no-demangle\n");
    for (int offset : offsets) {
      words.append("0x").append(Integer.toHexString(offset)).append('\n');
    }
    Files.writeString(response, words);
    String out = run(folder, List.of("llvm-symbolizer", "@" + response));
    if (out == null) {
      skip("llvm-symbolizer is missing (Debian's package llvm)");
      return List.of();
    }
    List<List<String>> found = new ArrayList<>();
    List<String> one = new ArrayList<>();
    for (String line : out.lines().toList()) {
      if (line.isEmpty()) {
        found.add(one);
        one = new ArrayList<>();
      } else {
        one.add(line);
      }
    }
    assertEquals(offsets.length, found.size());
    return found;
  }

  /** Function and place in turn, as llvm-symbolizer prints them; of a function's name the scopes are left out there. */
  private static List<String> describe(List<SourceFrame> frames, List<String> printed) {
    List<String> lines = new ArrayList<>();
    for (SourceFrame frame : frames) {
      String function = frame.function() == null ? "??" : frame.function();
      String expected = lines.size() < printed.size() ? printed.get(lines.size()) : function;
      lines.add(function.endsWith("::" + expected) ? expected : function);
      String file = frame.file() == null ? "??" : frame.file();
      lines.add(file + ":" + Math.max(0, frame.line()) + ":" + Math.max(0, frame.column()));
    }
    return lines.isEmpty() ? List.of("??", "??:0:0") : lines;
  }
}
