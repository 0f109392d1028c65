package dev.gatun.snippets;

import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.Import;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ValType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Of what modules import. */
final class ImportsSnippets {
  private ImportsSnippets() {}

  static void function(Module module) {
    // @start region="function"
    Imports imports =
        Imports.builder()
            .function(
                "env",
                "next",
                new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
                call -> call.result(call.i32(0) + 1))
            .build();
    // @end
    try (Instance instance = module.instantiate(imports)) {
      System.out.println(instance.function("run").call());
    }
  }

  // @start region="class"
  public static final class Environment {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    @Import
    public int next(int number) {
      return number + 1;
    }

    @Import("count_word")
    public void count(HostCall call, String word) { // two parameters in wasm: address and length
      counts.merge(word, 1, Integer::sum);
    }
  }

  // @end

  static void object(Module module) {
    // @start region="object"
    Environment environment = new Environment();
    Imports imports = Imports.builder().object("env", environment).build();
    try (Instance instance = module.instantiate(imports)) {
      instance.function("run").call();
    }
    System.out.println(environment.counts);
    // @end
  }
}
