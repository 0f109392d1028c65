package dev.gatun.text;

import dev.gatun.MalformedTextException;
import java.util.List;

/** A part of a text: a word, a string, or a list in parentheses. */
sealed interface Node {
  /** Where it starts in the text: an index of its characters. */
  int at();

  /** A keyword, number or identifier, as it stands in the text; an identifier in quotes without them. */
  record Word(String text, boolean isIdentifier, int at) implements Node {}

  /** A string: its bytes. */
  record Text(byte[] bytes, int at) implements Node {}

  /** A list in parentheses. */
  record ListNode(List<Node> items, int at, int end) implements Node {
    /** The first word, or the empty string. */
    String head() {
      return !items.isEmpty() && items.get(0) instanceof Word word && !word.isIdentifier() ? word.text() : "";
    }
  }

  /**
   * An annotation that means something: its name without the {@code @}, and its items. All others are left out by the
   * lexer.
   */
  record Annotation(String name, List<Node> items, int at, int end) implements Node {}

  /** The exception for something wrong in a text. */
  static MalformedTextException malformed(String source, int at, String reason) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < at && i < source.length(); i++) {
      if (source.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return new MalformedTextException(reason, line, column);
  }
}
