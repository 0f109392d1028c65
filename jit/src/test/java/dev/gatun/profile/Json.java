package dev.gatun.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists, strings, numbers and truth values. */
final class Json {
  private final @Nullable Object value;

  private Json(@Nullable Object value) {
    this.value = value;
  }

  static Json parse(String text) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      Json read = new Json(read(parser, parser.nextToken()));
      if (parser.nextToken() != null) {
        throw new IOException("more than one value");
      }
      return read;
    }
  }

  private static @Nullable Object read(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          if (map.containsKey(name)) {
            throw new IOException("twice: " + name);
          }
          map.put(name, read(parser, parser.nextToken()));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
          list.add(read(parser, next));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException("unexpected " + token);
    };
  }

  /** A member of an object. */
  Json get(String name) {
    Map<?, ?> map = (Map<?, ?>) Objects.requireNonNull(value);
    if (!map.containsKey(name)) {
      throw new AssertionError("no member " + name);
    }
    return new Json(map.get(name));
  }

  /** An element of an array. */
  Json get(int index) {
    return new Json(list().get(index));
  }

  List<?> list() {
    return (List<?>) Objects.requireNonNull(value);
  }

  Map<?, ?> map() {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  int number() {
    return (int) (long) (Long) Objects.requireNonNull(value);
  }

  boolean isNull() {
    return value == null;
  }

  String text() {
    return (String) Objects.requireNonNull(value);
  }
}
