package dev.gatun.wasm;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Validates the functions of a module on several threads. Functions are handed out in batches in the order of their
 * indices, and no more are once one has failed; those before it have been handed out then and are finished. So the
 * error of the lowest index is found whatever the threads do.
 */
final class ParallelValidation {
  /** Bytes of code for which another thread is worth starting. */
  private static final int BYTES_PER_THREAD = 64 * 1024;

  /** Functions that a thread takes at a time. */
  private static final int BATCH = 32;

  private static final int MAX_THREADS = 16;

  /**
   * Facts are kept if they take no more bytes than this for each byte of the body, and some more: enough for all that
   * compilers generate, but a bound for modules made to exhaust memory.
   */
  private static final int FACTS_PER_BODY_BYTE = 16;

  private static final int FREE_FACTS = 1024;

  private final WasmModule module;
  private final int count;
  private final AtomicInteger next = new AtomicInteger();

  ParallelValidation(WasmModule module) {
    this.module = module;
    this.count = module.bodyStart.length;
  }

  /** Validates all functions and leaves their facts in the module. */
  void run() {
    module.facts = new @Nullable FunctionFacts[count];
    if (count == 0) {
      return;
    }
    int size = module.bodyEnd[count - 1] - module.bodyStart[0];
    int threads = Math.min(1 + size / BYTES_PER_THREAD, MAX_THREADS);
    if (threads > 1) {
      threads = Math.min(threads, Runtime.getRuntime().availableProcessors());
    }
    Worker[] workers = new Worker[threads];
    for (int i = 0; i < threads; i++) {
      workers[i] = new Worker();
      if (i > 0) {
        workers[i].start();
      }
    }
    workers[0].takeBatches();
    Worker first = workers[0];
    for (int i = 1; i < threads; i++) {
      join(workers[i]);
      if (workers[i].failure != null && (first.failure == null || workers[i].failedFunction < first.failedFunction)) {
        first = workers[i];
      }
    }
    first.rethrow();
  }

  /** Waits for a worker; validation is short, so an interruption waits until it is over. */
  private static void join(Worker worker) {
    boolean interrupted = false;
    while (true) {
      try {
        worker.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker extends Thread {
    private @Nullable Throwable failure;
    private int failedFunction = -1;

    Worker() {
      super("gatun-validator");
      setDaemon(true);
    }

    @Override
    public void run() {
      takeBatches();
    }

    void takeBatches() {
      try {
        work(new Validator(module));
      } catch (RuntimeException | Error e) {
        failure = e;
        next.set(count);
      }
    }

    private void work(Validator validator) {
      int imported = module.importedFunctions;
      while (true) {
        int from = next.getAndAdd(BATCH);
        if (from >= count) {
          return;
        }
        int to = Math.min(count, from + BATCH);
        for (int i = from; i < to; i++) {
          failedFunction = imported + i;
          validator.validate(imported + i);
          int bodySize = module.bodyEnd[i] - module.bodyStart[i];
          if (validator.facts().size() <= (long) FACTS_PER_BODY_BYTE * bodySize + FREE_FACTS) {
            module.facts[i] = validator.facts().copy();
          }
        }
      }
    }

    private void rethrow() {
      if (failure instanceof RuntimeException e) {
        throw e;
      } else if (failure instanceof Error e) {
        throw e;
      }
    }
  }
}
