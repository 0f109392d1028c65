package dev.gatun;

import dev.gatun.layout.VmContextLayout;
import dev.gatun.runtime.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings the wasm of a store to where it looks. Function entries and loops compare the stack pointer with a limit in
 * the context of their instance; while that is -1, which is being armed, each such check fails, and wasm calls {@link
 * dev.gatun.layout.Builtin#POLL}. A check that has failed although nothing was armed means what it says: the stack is
 * exhausted. For that, only the thread that runs wasm may disarm.
 */
final class Safepoints {
  private static final long ARMED = -1;

  private final long limit;
  private long[] contexts = new long[1];
  private int count;
  private boolean armed;

  /** That wasm is to look whether it should end. */
  private boolean nudged;

  private boolean closed;
  private final List<SafepointAction> requested = new ArrayList<>();

  /** None yet, and a stack that may be used down to a limit. */
  Safepoints(long limit) {
    this.limit = limit;
  }

  private void setLimits() {
    for (int i = 0; i < count; i++) {
      NativeMemory.putLong(contexts[i] + VmContextLayout.STACK_LIMIT, armed ? ARMED : limit);
    }
  }

  /** Adds the context of an instance. */
  synchronized void add(long context) {
    if (count == contexts.length) {
      contexts = Arrays.copyOf(contexts, 2 * count);
    }
    contexts[count++] = context;
    NativeMemory.putLong(context + VmContextLayout.STACK_LIMIT, armed ? ARMED : limit);
  }

  /** Makes wasm look soon whether it should end. Returns whether it was not to do so already. */
  synchronized boolean nudge() {
    boolean first = !nudged && !closed;
    nudged = true;
    arm();
    return first;
  }

  /** Wasm has ended. If checks of the stack still fail, that does no harm. */
  synchronized void calm() {
    nudged = false;
  }

  private void arm() {
    if (!armed) {
      armed = true;
      setLimits();
    }
  }

  /** Lets checks of the stack pass again. Returns whether they failed for that they were armed. */
  synchronized boolean disarm() {
    boolean was = armed;
    if (was) {
      armed = false;
      nudged = false;
      setLimits();
    }
    return was;
  }

  /** Has something done at the next check of the stack. Any thread may call this. */
  synchronized void request(SafepointAction action) {
    if (!closed) {
      requested.add(action);
      arm();
    }
  }

  /** Does what has been requested until now. If something throws, the rest is left for the next time. */
  void run(Store store) {
    SafepointAction[] actions;
    synchronized (this) {
      actions = requested.toArray(new SafepointAction[0]);
      requested.clear();
    }
    int begun = 0;
    boolean done = false;
    try {
      while (begun < actions.length) {
        actions[begun++].run(store);
      }
      done = true;
    } finally {
      if (!done) {
        putBack(Arrays.asList(actions).subList(begun, actions.length));
      }
    }
  }

  /** Wasm is being left before it was seen whether it should end; the next that is entered is to look. */
  private synchronized void putBack(List<SafepointAction> rest) {
    requested.addAll(0, rest);
    arm();
  }

  /** The contexts are no more. */
  synchronized void close() {
    closed = true;
    count = 0;
    requested.clear();
  }
}
