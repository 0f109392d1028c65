package dev.gatun.wasi;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits until one operation can be done on a channel, which is in non-blocking mode. Each operation has a selector of
 * its own, so that who waits to read keeps nobody from writing; it is made when something is first waited for.
 *
 * <p>Threads take turns; who only asks whether the operation could be done does not wait for another's.
 */
final class Readiness {
  private final SelectableChannel channel;
  private final int operation;
  private final ReentrantLock turn = new ReentrantLock();
  private @Nullable Selector selector;
  private @Nullable SelectionKey key;

  /**
   * For an operation of a channel.
   *
   * @param operation as {@link SelectionKey} numbers them
   */
  Readiness(SelectableChannel channel, int operation) {
    this.channel = channel;
    this.operation = operation;
  }

  /** Waits for this thread's turn, to be ended by {@link #leave}. A thread may have it more than once. */
  void enter(Waiting waiting) {
    try {
      while (!turn.tryLock(Waiting.SLICE, TimeUnit.NANOSECONDS)) {
        waiting.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      waiting.check();
      throw new WasiError(Errno.INTR);
    }
  }

  /** This thread's turn if nobody else has it; false if another one is about to do the operation. */
  boolean tryEnter() {
    return turn.tryLock();
  }

  void leave() {
    turn.unlock();
  }

  /** Whether the operation can be done now. If another thread waits for that, it can't. */
  boolean isNow() {
    if (!tryEnter()) {
      return false;
    }
    try {
      return select(0);
    } finally {
      leave();
    }
  }

  /** Waits until the operation can be done. */
  void await(Waiting waiting) {
    enter(waiting);
    try {
      while (!select(Waiting.SLICE / 1_000_000)) {
        waiting.check();
      }
    } finally {
      leave();
    }
  }

  private boolean select(long milliseconds) {
    try {
      Selector made = selector;
      SelectionKey registered = key;
      if (made == null || registered == null) {
        made = channel.provider().openSelector();
        selector = made;
        registered = channel.register(made, operation);
        key = registered;
      }
      if (!registered.isValid()) {
        throw new WasiError(Errno.BADF); // the channel has been closed
      }
      int ready = milliseconds == 0 ? made.selectNow() : made.select(milliseconds);
      made.selectedKeys().clear();
      return ready > 0;
    } catch (IOException e) {
      throw PathErrors.of(e);
    }
  }

  /** Closes the selector; called once, when nobody waits any more. The channel stays. */
  void close() {
    try {
      if (selector != null) {
        selector.close();
      }
    } catch (IOException e) {
      throw PathErrors.of(e);
    }
  }
}
