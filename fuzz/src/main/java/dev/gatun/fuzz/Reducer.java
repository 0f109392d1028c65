package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Subject;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing module small: as long as it still fails, calls are left out, and expressions of its text are removed,
 * replaced by constants or by one of their own operands. What has no text loses bytes. For one thread.
 */
final class Reducer {
  /** Whether a module fails in the way that is looked for. */
  interface Failure {
    boolean persists(Subject subject) throws IOException;
  }

  /** What may stand in the place of an instruction with its operands. */
  private static final List<String> SUBSTITUTES =
      List.of(
          "(unreachable)", "(i32.const 0)", "(i64.const 0)", "(f32.const 0)", "(f64.const 0)",
          "(v128.const i64x2 0 0)", "(ref.null any)", "(ref.null func)", "(ref.null extern)", "(i32.const 1)");

  private final Failure failure;
  private final long end;
  private Subject best;

  /**
   * A reducer of a module that fails.
   *
   * @param seconds after which it gives what it has
   */
  Reducer(Subject subject, Failure failure, int seconds) {
    this.best = subject;
    this.failure = failure;
    this.end = System.nanoTime() + seconds * 1_000_000_000L;
  }

  /** The smallest module that was found to fail. */
  Subject reduce() throws IOException {
    int before;
    do {
      before = best.wasm().length + best.calls().size();
      reduceCalls();
      @Nullable String text = text(best.wasm());
      if (text == null) {
        reduceBytes();
      } else {
        reduceText(text);
        reduceLines(TextFormat.print(best.wasm(), true));
      }
    } while (best.wasm().length + best.calls().size() < before && !isLate());
    return best;
  }

  private boolean isLate() {
    return System.nanoTime() - end > 0;
  }

  private static @Nullable String text(byte[] wasm) {
    try {
      return TextFormat.print(wasm, true);
    } catch (RuntimeException untold) {
      return null;
    }
  }

  private boolean accept(byte[] wasm, List<Subject.Call> calls) throws IOException {
    Subject candidate = new Subject(wasm, best.features(), calls, best.kind());
    if (!failure.persists(candidate)) {
      return false;
    }
    best = candidate;
    return true;
  }

  private void reduceCalls() throws IOException {
    for (int size = best.calls().size(); size > 0; size /= 2) {
      for (int from = 0; from + size <= best.calls().size() && !isLate(); ) {
        List<Subject.Call> fewer = new ArrayList<>(best.calls());
        fewer.subList(from, from + size).clear();
        if (!accept(best.wasm(), fewer)) {
          from += size;
        }
      }
    }
  }

  private void reduceBytes() throws IOException {
    for (int size = Math.max(1, best.wasm().length / 2); size > 0; size /= 2) {
      for (int from = 0; from + size <= best.wasm().length && !isLate(); ) {
        byte[] wasm = best.wasm();
        byte[] fewer = Arrays.copyOf(wasm, wasm.length - size);
        System.arraycopy(wasm, from + size, fewer, from, wasm.length - from - size);
        if (!accept(fewer, best.calls())) {
          from += Math.max(1, size / 2);
        }
      }
    }
  }

  /** Where an expression of the text stands. */
  private record Range(int from, int to) {
    int length() {
      return to - from;
    }
  }

  private void reduceText(String whole) throws IOException {
    String text = whole;
    // Outer expressions first: what goes with them need not be looked at.
    for (int at = text.indexOf('(', 1); at >= 0 && !isLate(); at = text.indexOf('(', at)) {
      if (text.startsWith("(;", at)) {
        at++;
        continue;
      }
      Range range = new Range(at, closing(text, at));
      String smaller = smaller(text, range);
      if (smaller == null) {
        at++;
      } else {
        text = smaller;
      }
    }
  }

  /** Leaves out blocks, which stand on lines of their own and not in parentheses: whole, or around what is in them. */
  private void reduceLines(String text) throws IOException {
    List<String> lines = new ArrayList<>(text.lines().toList());
    for (int i = 0; i < lines.size() && !isLate(); i++) {
      int last = endOf(lines, i);
      if (last < 0) {
        continue;
      }
      List<String> without = new ArrayList<>(lines);
      without.subList(i, last + 1).clear();
      List<String> unwrapped = new ArrayList<>(lines);
      unwrapped.remove(last);
      unwrapped.remove(i);
      List<String> replaced = new ArrayList<>(without);
      replaced.add(i, "(unreachable)");
      for (List<String> candidate : List.of(without, unwrapped, replaced)) {
        byte[] wasm = valid(String.join("\n", candidate));
        if (wasm != null && accept(wasm, best.calls())) {
          lines = candidate;
          i--;
          break;
        }
      }
    }
  }

  /** The line of the end that belongs to a block that begins on a line, or -1 if none does. */
  private static int endOf(List<String> lines, int line) {
    String stripped = lines.get(line).stripLeading();
    if (!stripped.matches("(block|loop|if|try|try_table)\\b.*")) {
      return -1;
    }
    int indentation = lines.get(line).length() - stripped.length();
    for (int i = line + 1; i < lines.size(); i++) {
      String other = lines.get(i).stripLeading();
      if (lines.get(i).length() - other.length() == indentation && other.matches("(end|delegate)\\b.*")) {
        return i;
      }
    }
    return -1;
  }

  /** The text with something shorter in a range that still fails, or null. */
  private @Nullable String smaller(String text, Range range) throws IOException {
    String before = text.substring(0, range.from());
    String after = text.substring(range.to());
    String own = text.substring(range.from(), range.to());
    List<String> candidates = new ArrayList<>();
    candidates.add("");
    if (own.startsWith("(func ")) {
      candidates.add(emptied(own));
    }
    for (String substitute : SUBSTITUTES) {
      // An order among them, so that two are not exchanged for each other again and again.
      if (substitute.equals(own)) {
        break;
      }
      if (!SUBSTITUTES.contains(own) || SUBSTITUTES.indexOf(own) > SUBSTITUTES.indexOf(substitute)) {
        candidates.add(substitute);
      }
    }
    for (int at = own.indexOf('(', 1); at >= 0; at = own.indexOf('(', closing(own, at))) {
      if (!own.startsWith("(;", at)) {
        candidates.add(own.substring(at, closing(own, at)));
      }
    }
    for (String candidate : candidates) {
      if (candidate.length() >= range.length() && !candidate.isEmpty() && !SUBSTITUTES.contains(candidate)) {
        continue;
      }
      byte[] wasm = valid(before + candidate + after);
      if (wasm != null && accept(wasm, best.calls())) {
        return before + candidate + after;
      }
    }
    return null;
  }

  /** A function with its type, but nothing in it. */
  private static String emptied(String function) {
    StringBuilder head = new StringBuilder("(func ");
    for (int at = function.indexOf('(', 1); at >= 0; at = function.indexOf('(', closing(function, at))) {
      String part = function.substring(at, closing(function, at));
      if (part.startsWith("(export") || part.startsWith("(type") || part.startsWith("(param")
          || part.startsWith("(result")) {
        head.append(part).append(' ');
      }
    }
    return head.append("(unreachable))").toString();
  }

  private static byte @Nullable [] valid(String text) {
    try {
      byte[] wasm = TextFormat.parse(text);
      TextFormat.print(wasm, true);
      return wasm;
    } catch (RuntimeException refused) {
      return null;
    }
  }

  /** The index behind the parenthesis that closes the one at an index. */
  private static int closing(String text, int open) {
    int depth = 0;
    boolean quoted = false;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && c == ')' && --depth == 0) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("no parenthesis closes the one at " + open);
  }
}
