package dev.gatun.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each source in {@code src/test/code} is compiled to the code beside it. The bytes are compared; where objdump is
 * installed, what it reads in them too. {@code -Dgatun.bless=true} writes down what is compiled now.
 */
class GoldenCodeTest {
  private static final Path FOLDER = Path.of("src/test/code");
  private static final boolean BLESS = Boolean.getBoolean("gatun.bless");
  private static final String HEADING = "func ";

  private static List<GoldenSource> sources() throws IOException {
    List<GoldenSource> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".wat")).sorted().toList()) {
        sources.add(new GoldenSource(file));
      }
    }
    return sources;
  }

  @TestFactory
  List<DynamicTest> codeIsAsExpected() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenSource source : sources()) {
      for (Target target : source.targets()) {
        tests.add(DynamicTest.dynamicTest(source.name() + ", " + target.text(), () -> check(source, target)));
      }
    }
    return tests;
  }

  @Test
  void everyExpectationHasASource() throws IOException {
    Set<Path> expected = new TreeSet<>();
    for (GoldenSource source : sources()) {
      source.targets().forEach(target -> expected.add(source.expected(target)));
    }
    assertTrue(expected.size() > 40, () -> "only " + expected.size() + " files of expected code");
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertEquals(expected, new TreeSet<>(files.filter(path -> path.toString().endsWith(".expected")).toList()));
    }
  }

  private static void check(GoldenSource source, Target target) throws IOException {
    Disassembler disassembler = new Disassembler(target);
    boolean canRead = disassembler.isInstalled();
    List<GoldenFunction> functions = source.compile(target);
    Path file = source.expected(target);
    if (BLESS) {
      assertTrue(canRead, "blessing code needs objdump (package binutils)");
      Files.write(file, blessed(functions, disassembler));
      return;
    }
    if (!Files.exists(file)) {
      fail(file + " is absent: -Dgatun.bless=true writes it");
    }
    Map<String, List<String>> expected = read(file);
    List<String> problems = new ArrayList<>();
    for (GoldenFunction function : functions) {
      List<String> lines = expected.remove(function.name());
      String problem = compare(function, lines, canRead ? disassembler : null);
      if (problem != null) {
        problems.add(problem);
      }
    }
    if (!problems.isEmpty() || !expected.isEmpty()) {
      fail(
          file
              + " is not what is compiled (- expected, + compiled). If that is good, -Dgatun.bless=true writes it.\n"
              + String.join("\n", problems)
              + (expected.isEmpty() ? "" : "\nexpected, but not in the source: " + expected.keySet()));
    }
  }

  private static List<String> blessed(List<GoldenFunction> functions, Disassembler disassembler) {
    List<String> lines = new ArrayList<>();
    for (GoldenFunction function : functions) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.add(HEADING + function.name());
      lines.addAll(function.listing(disassembler));
    }
    return lines;
  }

  private static Map<String, List<String>> read(Path file) throws IOException {
    Map<String, List<String>> functions = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(HEADING)) {
        current = new ArrayList<>();
        functions.put(line.substring(HEADING.length()), current);
      } else if (!line.isBlank()) {
        current.add(line);
      }
    }
    return functions;
  }

  /** What differs, or null. */
  private static @Nullable String compare(
      GoldenFunction function, @Nullable List<String> expected, @Nullable Disassembler disassembler) {
    if (expected == null) {
      return "func " + function.name() + ": no code is expected";
    }
    boolean same = Arrays.equals(GoldenFunction.bytes(expected), function.code());
    if (disassembler == null) {
      return same ? null : "func " + function.name() + ": other bytes; with objdump installed, they could be shown";
    }
    List<String> actual = function.listing(disassembler);
    return actual.equals(expected) ? null : "func " + function.name() + "\n" + difference(expected, actual);
  }

  /** The lines of both, those of a longest common subsequence once. */
  private static String difference(List<String> expected, List<String> actual) {
    int rows = expected.size();
    int columns = actual.size();
    int[][] common = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        boolean same = withoutPosition(expected.get(i)).equals(withoutPosition(actual.get(j)));
        common[i][j] = same ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    int j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && withoutPosition(expected.get(i)).equals(withoutPosition(actual.get(j)))) {
        text.append("  ").append(actual.get(j++)).append('\n');
        i++;
      } else if (j == columns || i < rows && common[i + 1][j] >= common[i][j + 1]) {
        text.append("- ").append(expected.get(i++)).append('\n');
      } else {
        text.append("+ ").append(actual.get(j++)).append('\n');
      }
    }
    return text.toString();
  }

  private static String withoutPosition(String line) {
    return line.substring(line.indexOf(':'));
  }
}
