package dev.gatun.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The programs, as a table in a file lists them: set, name, module, standard input (or -) and arguments, separated by
 * blanks. Lines that begin with # are comments.
 *
 * @param programs in the order of the table
 * @param missing the titles of those that are listed but not built
 */
public record Corpus(List<Program> programs, List<String> missing) {
  /**
   * Reads the table.
   *
   * @param table the file; inputs are relative to its folder
   * @param built where the modules are, and in {@code native} the executables
   * @param chosen the titles to keep
   * @throws IOException if the table can't be read or a line is not as described
   */
  public static Corpus read(Path table, Path built, Predicate<String> chosen) throws IOException {
    List<Program> programs = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(table)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.strip().split("\\s+");
      if (fields.length < 4) {
        throw new IOException(table + ":" + number + ": expected a set, a name, a module and an input, found: " + line);
      }
      Path module = built.resolve(fields[2] + ".wasm");
      Path executable = existing(built.resolve("native").resolve(fields[2]));
      Path input = fields[3].equals("-") ? null : table.resolveSibling(fields[3]);
      if (input != null && !Files.exists(input)) {
        throw new IOException(table + ":" + number + ": there is no file " + input);
      }
      List<String> arguments = List.of(fields).subList(4, fields.length);
      Program program = new Program(fields[0], fields[1], module, executable, input, arguments);
      if (!chosen.test(program.title())) {
        continue;
      }
      if (Files.exists(module)) {
        programs.add(program);
      } else {
        missing.add(program.title());
      }
    }
    return new Corpus(List.copyOf(programs), List.copyOf(missing));
  }

  private static @Nullable Path existing(Path file) {
    return Files.exists(file) ? file : null;
  }
}
