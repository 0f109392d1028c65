package dev.gatun.wasi;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.HostFunction;
import dev.gatun.ImportType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.ValType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program with threads, after the wasi-threads proposal: each thread of the guest is a thread of Java with an
 * instance of its own, and what they share is a memory that the module imports.
 *
 * <p>The first thread that exits or traps ends all, and so does the return of the first one. The others are made to
 * leave: compiled code at its next loop or call, calls that wait at once.
 */
final class Threads implements HostFunction {
  static final String MODULE = "wasi";
  static final String SPAWN = "thread-spawn";
  static final FuncType SPAWN_TYPE = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private static final String START = "wasi_thread_start";
  private static final FuncType START_TYPE = new FuncType(List.of(ValType.I32, ValType.I32), List.of());

  /** The proposal keeps the upper bits of thread identifiers for others. */
  private static final int MAX_IDENTIFIER = (1 << 29) - 1;

  /** How long to wait for a thread that is to end, before it is left to itself, in milliseconds. */
  private static final long PATIENCE = 10_000;

  private final Wasi wasi;
  private final Module module;
  private final int limit;
  private final Store memories;
  private final Imports imports;

  private final List<Thread> threads = new ArrayList<>();

  /** Those in which a thread of the program runs, or is about to: what its end has to interrupt. */
  private final List<Store> stores = new ArrayList<>();

  private int identifiers;
  private @Nullable RuntimeException end;

  Threads(Wasi wasi, Engine engine, Module module, Imports.Builder others, int limit) {
    this.wasi = wasi;
    this.module = module;
    this.limit = limit;
    memories = engine.newStore();
    try {
      for (ImportType wanted : module.imports()) {
        if (wanted.type() instanceof MemoryType type && type.shared()) {
          others.define(wanted.module(), wanted.name(), Memory.create(memories, type));
        }
      }
      imports = others.provider(wasi.imports(this)).build();
    } catch (RuntimeException e) {
      memories.close();
      throw e;
    }
  }

  /** The end of a program whose first thread has returned. */
  private static final class Returned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Returned() {
      super(null, null, false, false);
    }
  }

  /** Runs the first thread, and ends the others after it; returns the exit code. */
  int run() {
    Store store = memories.engine().newStore();
    synchronized (this) {
      stores.add(store);
    }
    try {
      Wasi.start(store.instantiate(module, imports)).call();
      end(new Returned());
    } catch (RuntimeException e) {
      end(e);
    } finally {
      synchronized (this) {
        stores.remove(store);
      }
      join();
      store.close();
      memories.close();
    }
    // No switch over types, whose first one costs a cold JVM milliseconds.
    RuntimeException reason = reason();
    if (reason instanceof Returned) {
      return 0;
    }
    if (reason instanceof WasiExit exit) {
      return exit.code();
    }
    throw reason;
  }

  private synchronized RuntimeException reason() {
    if (end == null) {
      throw new IllegalStateException("the program has not ended");
    }
    return end;
  }

  /** {@code thread-spawn}: returns the new thread's identifier, or a negated error number. */
  @Override
  public void call(HostCall call) {
    int argument = call.i32(0);
    call.result(spawn(argument));
  }

  private int spawn(int argument) {
    Store store;
    int identifier;
    synchronized (this) {
      if (end != null) {
        throw end;
      }
      if (stores.size() >= limit || identifiers == MAX_IDENTIFIER) {
        return -Errno.AGAIN;
      }
      store = memories.engine().newStore();
      stores.add(store);
      identifier = ++identifiers;
    }
    boolean started = false;
    try {
      Instance instance = store.instantiate(module, imports);
      Func start = instance.export(START).orElse(null) instanceof Func function ? function : null;
      if (start == null || !start.type().equals(START_TYPE)) {
        throw new LinkException("a program with threads must export " + START + " " + START_TYPE);
      }
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("wasi-thread-" + identifier)
              .unstarted(() -> run(store, start, identifier, argument));
      synchronized (this) {
        if (end != null) {
          throw end;
        }
        threads.add(thread);
        try {
          thread.start();
          started = true;
        } finally {
          if (!started) {
            threads.remove(thread);
          }
        }
      }
      return identifier;
    } catch (Trap | OutOfMemoryError e) { // no memory for an instance, or no more threads
      return -Errno.AGAIN;
    } finally {
      if (!started) {
        release(store);
      }
    }
  }

  private void release(Store store) {
    synchronized (this) {
      stores.remove(store);
    }
    store.close();
  }

  private void run(Store store, Func start, int identifier, int argument) {
    try {
      start.call(identifier, argument);
    } catch (RuntimeException e) {
      end(e);
    } catch (Error e) {
      end(new IllegalStateException("a thread of the guest ended with an error of the JVM", e));
    } finally {
      release(store);
      synchronized (this) {
        threads.remove(Thread.currentThread());
      }
    }
  }

  /** Ends the program, unless something else has ended it before. */
  private void end(RuntimeException reason) {
    List<Store> others;
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = reason;
      others = List.copyOf(stores);
    }
    for (Store store : others) {
      store.interrupt();
    }
  }

  /** Waits for all other threads to end. What waits in a stream of Java is interrupted, and if need be left behind. */
  private void join() {
    long deadline = System.nanoTime() + PATIENCE * 1_000_000;
    boolean interrupted = false;
    while (true) {
      Thread next;
      synchronized (this) {
        if (threads.isEmpty()) {
          break;
        }
        next = threads.getFirst();
        for (Store store : stores) {
          store.interrupt();
        }
        for (Thread thread : threads) {
          thread.interrupt();
        }
      }
      try {
        next.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (System.nanoTime() > deadline) {
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
