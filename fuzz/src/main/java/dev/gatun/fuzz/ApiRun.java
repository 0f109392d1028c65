package dev.gatun.fuzz;

import dev.gatun.Engine;
import dev.gatun.Extern;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.ImportType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Limits;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import dev.gatun.fuzz.generate.Choices;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.system.OutOfAddressSpaceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Uses the API at random from several threads that share an engine, a module, and now and then what belongs to another
 * thread. All is allowed, in any order, closed or not: it works or ends in an exception of the documented ones.
 */
final class ApiRun {
  private static final int THREADS = 3;
  private static final int STEPS = 40;

  private final Engine engine;
  private final Module module;
  private final Subject subject;

  /** The store and instance that some thread has made last, for the others to disturb. */
  private final AtomicReference<@Nullable Instance> shared = new AtomicReference<>();

  private final AtomicReference<@Nullable Throwable> unexpected = new AtomicReference<>();

  private ApiRun(Engine engine, Subject subject) {
    this.engine = engine;
    this.subject = subject;
    this.module = engine.compile(subject.wasm());
  }

  /** Runs it; what was thrown that is not documented, or null. */
  static @Nullable Throwable run(Subject subject) throws InterruptedException {
    Limits limits =
        Limits.builder().stack(256 << 10).heap(16 << 20).memory(64 << 20).timeout(Duration.ofMillis(50)).build();
    Choices choices = new Choices(Arrays.hashCode(subject.wasm()));
    try (Engine engine =
        Engine.builder().limits(limits)
            .compilation(choices.oneIn(2) ? Engine.Compilation.LAZY : Engine.Compilation.EAGER).build()) {
      ApiRun run = new ApiRun(engine, subject);
      try {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Choices own = new Choices(choices.i64() + i);
          Thread thread = new Thread(() -> run.work(own), "api " + i);
          thread.start();
          threads.add(thread);
        }
        for (Thread thread : threads) {
          thread.join();
        }
      } finally {
        run.module.close();
      }
      return run.unexpected.get();
    }
  }

  private void work(Choices choices) {
    @Nullable Store store = null;
    List<Instance> instances = new ArrayList<>();
    for (int step = 0; step < STEPS && unexpected.get() == null; step++) {
      try {
        if (store == null || choices.oneIn(8)) {
          if (store != null) {
            store.close();
          }
          store = engine.newStore();
          if (!choices.oneIn(3)) {
            instances.clear();
          }
        }
        step(choices, store, instances);
      } catch (WasmException | Trap | ThrownException | IllegalStateException | IllegalArgumentException
          | IndexOutOfBoundsException | NoSuchElementException | ClassCastException
          | OutOfAddressSpaceException documented) {
        // The documented ways in which what is wrong ends.
      } catch (NullPointerException wrong) {
        // Documented for numbers; any other has no such message.
        if (wrong.getMessage() == null || !wrong.getMessage().startsWith("null is no ")) {
          unexpected.compareAndSet(null, wrong);
        }
      } catch (Throwable other) {
        unexpected.compareAndSet(null, other);
      }
    }
    if (store != null) {
      store.close();
    }
  }

  private void step(Choices choices, Store store, List<Instance> instances) {
    Instance foreign = shared.get();
    Instance instance =
        foreign != null && choices.oneIn(8) ? foreign : instances.isEmpty() ? null : choices.of(instances);
    int action = choices.below(16);
    if (instance == null) {
      instances.add(store.instantiate(module, imports(choices, null)));
      return;
    }
    switch (action) {
      case 0, 1 -> {
        Instance made = store.instantiate(module, imports(choices, instance));
        instances.add(made);
        shared.set(made);
      }
      case 2, 3, 4, 5, 6, 7 -> call(choices, instance);
      case 8, 9, 10, 11, 12 -> {
        List<String> names = module.exports().stream().map(export -> export.name()).toList();
        use(choices, instance.export(choices.of(names)).orElseThrow());
      }
      case 13 -> instance.store().interrupt();
      case 14 -> {
        if (choices.oneIn(3)) {
          instance.close();
        } else {
          instance.store().collectGarbage();
        }
      }
      default -> pool(choices);
    }
  }

  private void pool(Choices choices) {
    if (choices.oneIn(2)) {
      try (Snapshot snapshot = Snapshot.take(module.instantiate(imports(choices, null)));
          Instance again = snapshot.instantiate(imports(choices, null))) {
        call(choices, again);
      }
      return;
    }
    try (InstancePool pool = InstancePool.builder(module).imports(imports(choices, null)).maxSize(2).build()) {
      for (int i = 0; i < 3; i++) {
        try (InstancePool.Lease lease = pool.acquire()) {
          call(choices, lease.instance());
        }
      }
    }
  }

  /** Imports of the host's functions, or functions of another instance where they fit. */
  private Imports imports(Choices choices, @Nullable Instance other) {
    Imports.Builder builder = Imports.builder();
    if (other != null && choices.oneIn(3)) {
      for (ImportType wanted : module.imports()) {
        builder.define(wanted.module(), wanted.name(), other.export(choices.of(List.of("state", "m0"))).orElseThrow());
      }
    }
    return builder.provider((from, name, type) -> call -> zeros(call, type)).build();
  }

  private static void zeros(dev.gatun.HostCall call, FuncType type) {
    for (int i = 0; i < type.results().size(); i++) {
      call.result(i, type.results().get(i), Trial.number(type.results().get(i)));
    }
  }

  private void call(Choices choices, Instance instance) {
    Subject.Call call = choices.of(subject.calls());
    Object[] arguments = new Object[call.arguments().size() + (choices.oneIn(30) ? 1 : 0)];
    for (int i = 0; i < call.arguments().size(); i++) {
      arguments[i] = choices.oneIn(60) ? "text" : GatunRun.boxed(call.arguments().get(i));
    }
    instance.function(call.export()).call(arguments);
  }

  private static void use(Choices choices, Extern extern) {
    switch (extern) {
      case Memory memory -> useMemory(choices, memory);
      case Table table -> {
        table.get(choices.i32());
        table.grow(choices.below(3), null);
      }
      case Global global -> global.set(choices.oneIn(4) ? null : global.get());
      default -> { }
    }
  }

  private static void useMemory(Choices choices, Memory memory) {
    long size = memory.byteSize();
    long address = choices.oneIn(3) ? choices.i64() : size - choices.below(20);
    switch (choices.below(9)) {
      case 0 -> memory.grow(choices.oneIn(3) ? choices.i64() : choices.below(3));
      case 1 -> memory.read(address, choices.below(64));
      case 2 -> memory.write(address, choices.bytes(choices.below(64)));
      case 3 -> memory.fill(address, choices.oneIn(3) ? choices.i64() : choices.below(64), (byte) 1);
      case 4 -> memory.copy(address, choices.below(100), choices.below(64));
      case 5 -> memory.readCString(address, choices.below(100));
      case 6 -> memory.writeLong(address, choices.i64());
      case 7 -> memory.slice(address, choices.below(64)).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      default -> memory.readInt(address);
    }
  }
}
