package dev.gatun.snippets;

import dev.gatun.CodeCache;
import dev.gatun.Engine;
import dev.gatun.EngineManagement;
import dev.gatun.EngineStatistics;
import dev.gatun.Func;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Of engines, modules, instances and functions. */
final class EngineSnippets {
  private EngineSnippets() {}

  static void hello(Path file) throws IOException {
    // @start region="hello"
    try (Engine engine = Engine.create();
        Module module = engine.compile(file); // @replace substring="file" replacement='Path.of("add.wasm")'
        Instance instance = module.instantiate()) {
      System.out.println(instance.function("add").call(2, 3));
    }
    // @end
  }

  static void share(Engine engine, byte[] library, byte[] program) {
    // @start region="store"
    try (Store store = engine.newStore();
        Module libraryModule = engine.compile(library);
        Module programModule = engine.compile(program)) {
      Instance shared = store.instantiate(libraryModule, Imports.none());
      Imports imports = Imports.builder().instance("library", shared).build();
      Instance main = store.instantiate(programModule, imports);
      System.out.println(main.function("run").call());
    }
    // @end
  }

  static void handle(Instance instance) throws Throwable {
    // @start region="handle"
    Func add = instance.function("add");
    MethodHandle handle = add.methodHandle(); // (int, int) int
    int sum = (int) handle.invokeExact(2, 3);
    // @end
    System.out.println(sum);
  }

  static void trap(Instance instance) {
    // @start region="trap"
    try {
      instance.function("divide").call(1, 0);
    } catch (Trap trap) {
      System.out.println(trap.kind() + " in " + trap.backtrace().get(0).functionName());
    }
    // @end
  }

  static void cores() {
    // @start region="cores"
    Engine engine = Engine.builder()
        .coreDumps((trap, dump) -> dump.write(Path.of("core.wasm")))
        .build();
    // @end
    engine.close();
  }

  static void cache(Path folder) {
    // @start region="cache"
    Engine engine = Engine.builder()
        .codeCache(CodeCache.at(folder)) // @replace substring="folder" replacement='Path.of("/var/cache/myapp/wasm")'
        .build();
    // @end
    engine.close();
  }

  static void management() {
    // @start region="management"
    try (Engine engine = Engine.create();
        EngineManagement _ = EngineManagement.register(engine, "plugins")) {
      // jconsole and others see dev.gatun:type=Engine,name=plugins
    }
    // @end
  }

  static void statistics(Engine engine) {
    // @start region="statistics"
    EngineStatistics now = engine.statistics();
    System.out.println(now.liveInstances() + " instances, " + now.codeBytes() + " bytes of machine code");
    // @end
  }
}
