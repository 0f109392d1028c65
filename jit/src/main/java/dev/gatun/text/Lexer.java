package dev.gatun.text;

import dev.gatun.MalformedTextException;
import dev.gatun.text.Node.Annotation;
import dev.gatun.text.Node.ListNode;
import dev.gatun.text.Node.Text;
import dev.gatun.text.Node.Word;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Reads a text into nodes (specification, 6.3). Comments leave nothing, and neither do annotations, but for those that
 * are known.
 */
final class Lexer {
  /** Lists inside each other; deeper ones would exhaust the stack of whoever walks them. */
  private static final int MAX_DEPTH = 2_000;

  private static final Set<String> ANNOTATIONS = Set.of("name", "custom", CustomSections.BRANCH_HINT);

  private final String source;
  private int at;

  Lexer(String source) {
    this.source = source;
  }

  /** All nodes of the text. */
  List<Node> read() {
    Deque<List<Node>> open = new ArrayDeque<>();
    Deque<Integer> starts = new ArrayDeque<>();
    Deque<String> names = new ArrayDeque<>();
    List<Node> items = new ArrayList<>();
    while (true) {
      skipBlank();
      if (at >= source.length()) {
        if (!open.isEmpty()) {
          throw malformed("unexpected end: a parenthesis is not closed", starts.peek());
        }
        return items;
      }
      char c = source.charAt(at);
      if (c == '(') {
        String annotation = "";
        if (at + 1 < source.length() && source.charAt(at + 1) == '@') {
          annotation = knownAnnotation();
          if (annotation.isEmpty()) {
            skipAnnotation();
            continue;
          }
        }
        if (open.size() >= MAX_DEPTH) {
          throw malformed("lists nested too deep: the limit is " + MAX_DEPTH, at);
        }
        open.push(items);
        names.push(annotation);
        starts.push(at);
        at += annotation.isEmpty() ? 1 : 2 + annotation.length();
        items = new ArrayList<>();
      } else if (c == ')') {
        if (open.isEmpty()) {
          throw malformed("unexpected token )", at);
        }
        int start = starts.pop();
        String annotation = names.pop();
        List<Node> inside = List.copyOf(items);
        items = open.pop();
        items.add(
            annotation.isEmpty()
                ? new ListNode(inside, start, at)
                : new Annotation(annotation, inside, start, at));
        at++;
      } else {
        items.add(token());
      }
    }
  }

  private void skipBlank() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        at++;
      } else if (source.startsWith(";;", at)) {
        while (at < source.length() && source.charAt(at) != '\n' && source.charAt(at) != '\r') {
          at++;
        }
      } else if (source.startsWith("(;", at)) {
        skipBlockComment();
      } else {
        return;
      }
    }
  }

  private void skipBlockComment() {
    int start = at;
    int depth = 0;
    do {
      if (source.startsWith("(;", at)) {
        depth++;
        at += 2;
      } else if (source.startsWith(";)", at)) {
        depth--;
        at += 2;
      } else if (at < source.length()) {
        at++;
      } else {
        throw malformed("unclosed comment", start);
      }
    } while (depth > 0);
  }

  /** The name of the annotation that begins here, or nothing if it is none that is known. */
  private String knownAnnotation() {
    int end = at + 2;
    while (end < source.length() && isIdChar(source.charAt(end))) {
      end++;
    }
    String name = source.substring(at + 2, end);
    return ANNOTATIONS.contains(name) ? name : "";
  }

  /** {@code (@name ...)}: anything that consists of tokens and closes its parentheses. */
  private void skipAnnotation() {
    int start = at;
    at += 2;
    if (at < source.length() && source.charAt(at) == '"') {
      if (name(string(), start).isEmpty()) {
        throw malformed("empty annotation id", start);
      }
    } else {
      int name = at;
      while (at < source.length() && isIdChar(source.charAt(at))) {
        at++;
      }
      if (at == name) {
        throw malformed("empty annotation id", start);
      }
    }
    int depth = 1;
    while (depth > 0) {
      skipBlank();
      if (at >= source.length()) {
        throw malformed("unclosed annotation", start);
      }
      char c = source.charAt(at);
      if (c == '(') {
        depth++;
        at++;
      } else if (c == ')') {
        depth--;
        at++;
      } else if (c == '"') {
        string();
      } else if (isIdChar(c) || ",;[]{}".indexOf(c) >= 0) {
        at++;
      } else {
        throw malformed("illegal character", at);
      }
    }
  }

  private static boolean isIdChar(char c) {
    return c > ' ' && c < 0x7F && "\"(),;[]{}".indexOf(c) < 0;
  }

  /** What stands without a blank between is one token, and no token but these is legal. */
  private Node token() {
    int start = at;
    if (source.charAt(at) == '"') {
      byte[] bytes = string();
      endToken(start);
      return new Text(bytes, start);
    }
    if (source.startsWith("$\"", at)) {
      at++;
      String name = name(string(), start);
      endToken(start);
      if (name.isEmpty()) {
        throw malformed("empty identifier", start);
      }
      return new Word("$" + name, true, start);
    }
    while (at < source.length() && isIdChar(source.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw malformed("illegal character", start);
    }
    endToken(start);
    String text = source.substring(start, at);
    if (text.equals("$")) {
      throw malformed("empty identifier", start);
    }
    return new Word(text, text.charAt(0) == '$', start);
  }

  private void endToken(int start) {
    if (at < source.length() && " \n\t\r()".indexOf(source.charAt(at)) < 0 && !source.startsWith(";;", at)) {
      throw malformed("unknown operator", start);
    }
  }

  private byte[] string() {
    int start = at++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      if (at >= source.length()) {
        throw malformed("unclosed string", start);
      }
      int c = source.codePointAt(at);
      if (c == '"') {
        at++;
        return bytes.toByteArray();
      }
      if (c == '\\') {
        escape(bytes);
      } else if (c < ' ' || c == 0x7F) {
        throw malformed(c == '\n' ? "unclosed string" : "illegal character", at);
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(c);
      }
    }
  }

  private void escape(ByteArrayOutputStream bytes) {
    int start = at++;
    char c = at < source.length() ? source.charAt(at++) : 0;
    switch (c) {
      case 't' -> bytes.write('\t');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case '"', '\'', '\\' -> bytes.write(c);
      case 'u' -> {
        int close = source.indexOf('}', at);
        if (at >= source.length() || source.charAt(at) != '{' || close < 0) {
          throw malformed("illegal escape", start);
        }
        int point = Numbers.hexadecimal(source.substring(at + 1, close));
        if (point < 0 || point > Character.MAX_CODE_POINT || point >= 0xD800 && point < 0xE000) {
          throw malformed("illegal escape", start);
        }
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        at = close + 1;
      }
      default -> {
        int high = Character.digit(c, 16);
        int low = at < source.length() ? Character.digit(source.charAt(at++), 16) : -1;
        if (high < 0 || low < 0) {
          throw malformed("illegal escape", start);
        }
        bytes.write(high << 4 | low);
      }
    }
  }

  /** A string that must be UTF-8. */
  private String name(byte[] bytes, int start) {
    String name = new String(bytes, StandardCharsets.UTF_8);
    if (!java.util.Arrays.equals(name.getBytes(StandardCharsets.UTF_8), bytes)) {
      throw malformed("malformed UTF-8 encoding", start);
    }
    return name;
  }

  private MalformedTextException malformed(String reason, int where) {
    return Node.malformed(source, where, reason);
  }
}
