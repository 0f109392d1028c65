package dev.gatun.text;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The identifiers of one kind of thing in a module, and how many there are. */
final class IndexSpace {
  private final String what;
  private final Map<String, Integer> indices = new HashMap<>();
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private int count;

  IndexSpace(String what) {
    this.what = what;
  }

  /** What it is of, for messages. */
  String what() {
    return what;
  }

  int count() {
    return count;
  }

  /** Adds one, whose identifier and annotation of a name come next, or neither. */
  int add(Cursor cursor) {
    int index = add(cursor.takeIdentifier(), cursor);
    String annotated = cursor.takeNameAnnotation();
    if (annotated != null) {
      names.put(index, annotated);
    }
    return index;
  }

  /** Adds one, with an identifier or without; the cursor is where an error is. */
  int add(@Nullable String identifier, Cursor cursor) {
    if (identifier != null) {
      if (indices.putIfAbsent(identifier, count) != null) {
        throw cursor.malformed("duplicate " + what + " " + identifier);
      }
      names.put(count, identifier.substring(1));
    }
    return count++;
  }

  /** Reads an index: a number, or an identifier that must be known. */
  int read(Cursor cursor) {
    if (cursor.peek() instanceof Node.Word word && word.isIdentifier()) {
      Integer index = indices.get(word.text());
      if (index == null) {
        throw cursor.malformed("unknown " + what + " " + word.text());
      }
      cursor.take();
      return index;
    }
    return (int) cursor.unsigned32();
  }

  /** Identifiers without their {@code $}, or what an annotation says instead, by index. */
  Map<Integer, String> names() {
    return names;
  }
}
