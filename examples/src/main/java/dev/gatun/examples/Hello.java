package dev.gatun.examples;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Path;

/** From a file to a result. */
public final class Hello {
  private Hello() {}

  /** Prints 2 + 3, as the function {@code add} of the module {@code arguments[0]} sees it. */
  public static void main(String[] arguments) throws IOException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Path.of(arguments[0]));
        Instance instance = module.instantiate()) {
      System.out.println(instance.function("add").call(2, 3));
    }
  }
}
