package dev.gatun.examples;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Path;

/** A module as a Java interface: the methods are its functions, strings pass through its memory. */
public final class TypedView {
  private TypedView() {}

  /** What {@code text.wat} exports. Closing it closes the instance. */
  public interface Text extends AutoCloseable {
    /** How many words a text has. */
    int words(String text);

    /** So many stars. */
    String stars(int count);

    @Override
    void close();
  }

  /** Counts the words of {@code arguments[1]} with the module {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Path.of(arguments[0]));
        Text text = module.instantiate().as(Text.class)) {
      System.out.println(text.stars(text.words(arguments[1])));
    }
  }
}
