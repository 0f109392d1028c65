package dev.gatun.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.MalformedTextException;
import dev.gatun.RejectedModuleException;
import dev.gatun.wasm.BranchHints;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormatTest {
  private static final int[] ADD = {
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, //
    1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, // (type (func (param i32 i32) (result i32)))
    3, 2, 1, 0, 7, 7, 1, 3, 'a', 'd', 'd', 0, 0, // one function, exported
    10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b
  };

  private static byte[] bytes(int[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void flatAndFoldedInstructionsAreTheSame() {
    String head = "(module (func (export \"add\") (param i32 i32) (result i32) ";
    assertArrayEquals(bytes(ADD), TextFormat.parse(head + "local.get 0 local.get 1 i32.add))"));
    assertArrayEquals(bytes(ADD), TextFormat.parse(head + "(i32.add (local.get 0) (local.get 1))))"));
    assertArrayEquals(bytes(ADD), TextFormat.parse("(module binary \"" + escaped(bytes(ADD)) + "\")"));
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("\\%02x", b));
    }
    return text.toString();
  }

  @Test
  void identifiersBecomeNames() {
    byte[] named = TextFormat.parse("(module $m (func $f (param $x i32) (drop (local.get $x))))");
    String text = TextFormat.print(named, false);
    assertTrue(text.startsWith("(module $m"), text);
    assertTrue(text.contains("(func $f "), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(module (funk))                           | unexpected token (funk at 1:9",
        "(module (func (nop (@name \"n\"))))        | misplaced @name annotation at 1:20",
        "(module (func (@metadata.code.branch_hint \"\\01\") nop)) | "
            + "@metadata.code.branch_hint annotation: invalid target nop at 1:53",
        "(module (func (@metadata.code.branch_hint \"x\") if end)) | "
            + "@metadata.code.branch_hint annotation: must be \"\\00\" or \"\\01\" at 1:48",
        "(module (func i32.plus))                  | unknown operator i32.plus at 1:15",
        "(module (func (i32.const 0x1_0000_0000)))  | i32 constant out of range at 1:26",
        "(module (func $f) (func $f))              | duplicate func $f at 1:27",
        "(module (func (br $l)))                   | unknown label $l at 1:19",
        "(module (func (call $f)))                 | unknown func $f at 1:21",
        "(module (func block $a end $b))           | mismatching label $b at 1:28",
        "(module                                   | unexpected end: a parenthesis is not closed at 1:1",
        "(module) )                                | unexpected token ) at 1:10",
        "(module (memory 1) (import '' '' (func))) | unexpected token '' at 1:28",
        "(module (; )                              | unclosed comment at 1:9",
      },
      quoteCharacter = '~')
  void errorsNameThePlace(String text, String message) {
    MalformedTextException e = assertThrows(MalformedTextException.class, () -> TextFormat.parse(text));
    assertEquals(message, e.getMessage());
  }

  @Test
  void annotationsBecomeCustomSections() {
    WasmModule module =
        ModuleDecoder.decode(
            TextFormat.parse("""
                (module (@name "m n")
                  (@custom "first" (before first) "a" "b")
                  (@custom "between" (after func) "c")
                  (func $f (@name "f g"))
                  (@unknown anything at all)
                  (@custom "last"))
                """));
    assertEquals(
        List.of("first", "between", "name", "last"),
        Arrays.stream(module.customSections()).map(WasmModule.CustomSection::name).toList());
    assertEquals("f g", module.functionName(0));
    assertEquals(2, module.customSections()[0].end() - module.customSections()[0].start());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hintsForBranchesSurviveBeingPrinted(boolean folded) {
    byte[] hinted = TextFormat.parse("""
        (module
          (func (param i32) (local i64)
            (block $b
              (@metadata.code.branch_hint "\\01") (br_if $b (local.get 0))
              (@metadata.code.branch_hint "\\00") (if (local.get 0) (then (nop))))))
        """);
    BranchHints.check(ModuleDecoder.decode(hinted));
    String text = TextFormat.print(hinted, folded);
    assertTrue(text.contains("(@metadata.code.branch_hint \"\\01\")"), text);
    assertTrue(text.contains("(@metadata.code.branch_hint \"\\00\") if"), text);
    assertArrayEquals(hinted, TextFormat.parse(text));
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "(module (func " + "(block ".repeat(100_000) + ")".repeat(100_000) + "))";
    assertThrows(MalformedTextException.class, () -> TextFormat.parse(deep));
  }

  /** Every good binary module of the official suite prints as a text that is read as a module of the same text. */
  @Test
  void modulesOfTheSuiteSurviveBeingPrinted() throws IOException {
    Path place = place();
    if (place == null) {
      String message = "SKIPPED: the official spec scripts are not there; name their zip file with -Dgatun.spec=...";
      System.err.println(message);
      Assumptions.abort(message);
    }
    List<String> failures = new ArrayList<>();
    int printed = 0;
    try (FileSystem zip = FileSystems.newFileSystem(place);
        Stream<Path> files = Files.walk(zip.getPath("json"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".wasm")).toList()) {
        byte[] wasm = Files.readAllBytes(file);
        for (boolean folded : new boolean[] {false, true}) {
          String text;
          try {
            text = TextFormat.print(wasm, folded);
          } catch (RejectedModuleException e) {
            continue; // many are there to be refused
          }
          printed++;
          try {
            if (!TextFormat.print(TextFormat.parse(text), folded).equals(text)) {
              failures.add(file + " differs");
            }
          } catch (RejectedModuleException e) {
            failures.add(file + ": " + e.getMessage());
          }
        }
      }
    }
    assertEquals(List.of(), failures);
    assertTrue(printed > 5_000, printed + " printed");
  }

  private static @Nullable Path place() {
    String named = System.getProperty("gatun.spec");
    if (named != null) {
      Path zip = Files.isDirectory(Path.of(named)) ? Path.of(named, "spec-json.zip") : Path.of(named);
      return Files.isRegularFile(zip) ? zip : null;
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path zip = folder.resolve("shared/spec/spec-json.zip");
      if (Files.exists(zip)) {
        return zip;
      }
    }
    return null;
  }
}
