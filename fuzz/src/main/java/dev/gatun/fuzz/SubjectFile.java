package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Subject;
import dev.gatun.text.TextFormat;
import dev.gatun.wasm.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A module in a file, with what is done with it: text whose comments say so ({@code ;; kind DETERMINISTIC}, {@code ;;
 * call NAME i32:5}), or, of what has no text, the bytes alone.
 */
final class SubjectFile {
  private static final List<Integer> NUMBERS = List.of(ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64);

  private SubjectFile() {}

  /** Reads a file whose name ends in .wat or .wasm. */
  static Subject read(Path file) throws IOException {
    if (!file.toString().endsWith(".wat")) {
      return new Subject(Files.readAllBytes(file), Set.of(), List.of(), Subject.Kind.ARBITRARY);
    }
    String text = Files.readString(file);
    Subject.Kind kind = Subject.Kind.ARBITRARY;
    List<Subject.Call> calls = new ArrayList<>();
    for (String line : text.split("\n")) {
      String[] words = line.split(" ");
      if (line.startsWith(";; kind ")) {
        kind = Subject.Kind.valueOf(words[2]);
      } else if (line.startsWith(";; call ")) {
        List<Subject.Argument> arguments = new ArrayList<>();
        for (int i = 3; i < words.length; i++) {
          int colon = words[i].indexOf(':');
          long bits = Long.parseLong(words[i].substring(colon + 1));
          arguments.add(new Subject.Argument(number(words[i].substring(0, colon)), bits));
        }
        calls.add(new Subject.Call(words[2], arguments));
      }
    }
    return new Subject(TextFormat.parse(text), Set.of(), calls, kind);
  }

  private static int number(String name) {
    for (int type : NUMBERS) {
      if (ValueType.name(type).equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no number type is called " + name);
  }

  /** An argument as it is written. */
  static String text(Subject.Argument argument) {
    return ValueType.name(argument.type()) + ":" + argument.bits();
  }

  /** Writes a file of the name without its ending; returns it. */
  static Path write(Path folder, String name, Subject subject) throws IOException {
    String text;
    try {
      text = TextFormat.print(subject.wasm(), true);
    } catch (RuntimeException untold) {
      // No module, or one that nobody can read: that may be the very finding.
      return Files.write(folder.resolve(name + ".wasm"), subject.wasm());
    }
    StringBuilder out = new StringBuilder(";; kind ").append(subject.kind()).append('\n');
    for (Subject.Call call : subject.calls()) {
      out.append(";; call ").append(call.export());
      for (Subject.Argument argument : call.arguments()) {
        out.append(' ').append(text(argument));
      }
      out.append('\n');
    }
    return Files.writeString(folder.resolve(name + ".wat"), out.append(text).append('\n'));
  }
}
