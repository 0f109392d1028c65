package dev.gatun;

/**
 * A time by which the calls into a store must have ended; see {@link Store#deadline}. To be closed by the thread that
 * made it, in the reverse order.
 */
public final class Deadline implements AutoCloseable {
  private final Store store;
  private final long before;
  private boolean closed;

  Deadline(Store store, long before) {
    this.store = store;
    this.before = before;
  }

  /** Ends the deadline: calls have the time again that they had before. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      store.endDeadline(before);
    }
  }
}
