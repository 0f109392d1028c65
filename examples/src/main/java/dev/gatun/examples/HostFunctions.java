package dev.gatun.examples;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ValType;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Functions of Java that wasm calls: lambdas that see the guest's memory, and any method by its handle. */
public final class HostFunctions {
  private static final FuncType NAME = new FuncType(List.of(ValType.I32, ValType.I32), List.of(ValType.I32));
  private static final FuncType PRINT = new FuncType(List.of(ValType.I32, ValType.I32), List.of());

  private HostFunctions() {}

  /** What {@code greet.wat} imports. */
  static Imports imports(String name, Consumer<String> out) throws ReflectiveOperationException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return Imports.builder()
        .function(
            "host", "name", NAME,
            call -> {
              int length = Math.min(bytes.length, call.i32(1));
              call.memory().write(call.i32(0), Arrays.copyOf(bytes, length));
              call.result(length);
            })
        .function("host", "print", PRINT, call -> out.accept(call.memory().readString(call.i32(0), call.i32(1))))
        .function(
            "host", "half",
            MethodHandles.lookup()
                .findStatic(HostFunctions.class, "half", MethodType.methodType(double.class, double.class)))
        .build();
  }

  private static double half(double number) {
    return number / 2;
  }

  /** Greets {@code arguments[1]} with the module {@code arguments[0]}. */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Path.of(arguments[0]));
        Instance instance = module.instantiate(imports(arguments[1], System.out::println))) {
      instance.function("greet").call();
      System.out.println(instance.function("quarter").call(1.0));
    }
  }
}
