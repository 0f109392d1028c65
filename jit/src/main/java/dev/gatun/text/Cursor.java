package dev.gatun.text;

import dev.gatun.MalformedTextException;
import dev.gatun.text.Node.Annotation;
import dev.gatun.text.Node.ListNode;
import dev.gatun.text.Node.Text;
import dev.gatun.text.Node.Word;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over the items of a list. */
final class Cursor {
  private final String source;
  private final List<Node> items;
  private final int end;
  private int next;

  /** Over the items of a list from one on. */
  Cursor(String source, ListNode list, int from) {
    this(source, list.items(), from, list.end());
  }

  Cursor(String source, List<Node> items, int from, int end) {
    this.source = source;
    this.items = items;
    this.next = from;
    this.end = end;
  }

  /** Over the items of another list of the same text. */
  Cursor over(ListNode list, int from) {
    return new Cursor(source, list, from);
  }

  boolean atEnd() {
    return next >= items.size();
  }

  /** Where the next item is, or the end of the list. */
  int at() {
    return atEnd() ? end : items.get(next).at();
  }

  @Nullable Node peek() {
    return atEnd() ? null : items.get(next);
  }

  @Nullable Node peekSecond() {
    return next + 1 < items.size() ? items.get(next + 1) : null;
  }

  Node take() {
    if (atEnd()) {
      throw malformed("unexpected end");
    }
    return items.get(next++);
  }

  /** Whether the next item is a list with this first word. */
  boolean isList(String head) {
    return peek() instanceof ListNode list && list.head().equals(head);
  }

  /** The next item if it is a list with this first word, as a cursor behind that; else null. */
  @Nullable Cursor takeList(String head) {
    return isList(head) ? over((ListNode) take(), 1) : null;
  }

  /** The next item if it is an annotation of this name, as a cursor; else null. */
  @Nullable Cursor takeAnnotation(String name) {
    if (peek() instanceof Annotation annotation && annotation.name().equals(name)) {
      next++;
      return new Cursor(source, annotation.items(), 0, annotation.end());
    }
    return null;
  }

  /** The name in an annotation {@code @name} that comes next, or null. */
  @Nullable String takeNameAnnotation() {
    Cursor annotation = takeAnnotation("name");
    if (annotation == null) {
      return null;
    }
    String name = annotation.name();
    annotation.expectEnd();
    return name;
  }

  /** Passes an identifier and an annotation of a name. */
  void skipIdentifier() {
    takeIdentifier();
    takeNameAnnotation();
  }

  boolean isWord(String word) {
    return peek() instanceof Word w && w.text().equals(word);
  }

  boolean takeWord(String word) {
    if (!isWord(word)) {
      return false;
    }
    next++;
    return true;
  }

  /** A word that is no identifier, or an error. */
  String keyword() {
    if (take() instanceof Word word && !word.isIdentifier()) {
      return word.text();
    }
    next--;
    throw unexpected();
  }

  /** The identifier that comes next, or null. */
  @Nullable String takeIdentifier() {
    if (peek() instanceof Word word && word.isIdentifier()) {
      next++;
      return word.text();
    }
    return null;
  }

  boolean isIdentifier() {
    return peek() instanceof Word word && word.isIdentifier();
  }

  /** Whether an index comes next: an identifier or a number. */
  boolean isIndex() {
    return peek() instanceof Word word && (word.isIdentifier() || Character.isDigit(word.text().charAt(0)));
  }

  boolean isNumber() {
    return peek() instanceof Word word && Numbers.looksLikeNumber(word.text());
  }

  byte[] bytes() {
    if (take() instanceof Text text) {
      return text.bytes();
    }
    next--;
    throw unexpected();
  }

  boolean isText() {
    return peek() instanceof Text;
  }

  /** A string that must be UTF-8. */
  String name() {
    byte[] bytes = bytes();
    String name = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(name.getBytes(StandardCharsets.UTF_8), bytes)) {
      next--;
      throw malformed("malformed UTF-8 encoding");
    }
    return name;
  }

  /** An integer that fits so many bits, as its lower 64. */
  long integer(int bits, boolean unsigned, String what) {
    Node node = peek();
    if (!(node instanceof Word word) || word.isIdentifier()) {
      throw unexpected();
    }
    String text = word.text();
    if (unsigned && (text.startsWith("+") || text.startsWith("-"))) {
      throw unexpected();
    }
    BigInteger value = Numbers.integer(text);
    if (value == null) {
      throw Numbers.looksLikeNumber(text) ? malformed("unknown operator " + text) : unexpected();
    }
    if (!Numbers.fits(value, bits)) {
      throw malformed(what + " out of range");
    }
    next++;
    return value.longValue();
  }

  /** A number from 0 to 2^32 - 1. */
  long unsigned32() {
    return integer(32, true, "i32 constant");
  }

  /** The bits of a float. */
  long floating(boolean is64) {
    if (!(peek() instanceof Word word) || word.isIdentifier()) {
      throw unexpected();
    }
    try {
      Long bits = Numbers.floating(word.text(), is64);
      if (bits == null) {
        throw Numbers.looksLikeNumber(word.text()) ? malformed("unknown operator " + word.text()) : unexpected();
      }
      next++;
      return bits;
    } catch (ArithmeticException e) {
      throw malformed((is64 ? "f64 " : "f32 ") + "constant out of range");
    }
  }

  /** Everything must have been taken. */
  void expectEnd() {
    if (!atEnd()) {
      throw unexpected();
    }
  }

  /** The exception for what comes next. */
  MalformedTextException unexpected() {
    return malformed(switch (peek()) {
      case null -> "unexpected token )";
      case Word word -> "unexpected token " + word.text();
      case Text text -> "unexpected token a string";
      case ListNode list -> "unexpected token (" + list.head();
      case Annotation annotation -> "misplaced @" + annotation.name() + " annotation";
    });
  }

  /** The exception for something at the next item. */
  MalformedTextException malformed(String reason) {
    return Node.malformed(source, at(), reason);
  }
}
