package dev.gatun.examples;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Import;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ValType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Functions of Java that wasm calls: the methods of an object, and a lambda that sees the guest's memory. */
public final class HostFunctions {
  private HostFunctions() {}

  /** What the module imports from "host", but for one. Address and length of a text arrive as a String. */
  public record Host(Consumer<String> out) {
    /** Prints. */
    @Import
    public void print(String text) {
      out.accept(text);
    }

    /** Halves. */
    @Import
    public double half(double number) {
      return number / 2;
    }
  }

  /** What {@code greet.wat} imports. */
  static Imports imports(String name, Consumer<String> out) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return Imports.builder()
        .object("host", new Host(out))
        .function(
            "host", "name", new FuncType(List.of(ValType.I32, ValType.I32), List.of(ValType.I32)),
            call -> {
              int length = Math.min(bytes.length, call.i32(1));
              call.memory().write(call.i32(0), Arrays.copyOf(bytes, length));
              call.result(length);
            })
        .build();
  }

  /** Greets {@code arguments[1]} with the module {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Path.of(arguments[0]));
        Instance instance = module.instantiate(imports(arguments[1], System.out::println))) {
      instance.function("greet").call();
      System.out.println(instance.function("quarter").call(1.0));
    }
  }
}
