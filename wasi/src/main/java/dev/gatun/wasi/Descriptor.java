package dev.gatun.wasi;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a guest's file descriptor stands for. What a kind cannot do fails with the error that POSIX has for it.
 *
 * <p>A descriptor is held by its table and by every call that works on it, and gives back what it has when the last of
 * them lets go: the host's numbers are used again at once, and a call that is still under way on another thread of the
 * guest must not reach whatever has got the number since.
 */
abstract class Descriptor {
  private final AtomicInteger holders = new AtomicInteger(1);

  private @Nullable OutputLimit outputLimit;

  /** Limits what is written to it; to be called before it is used. */
  final void limit(@Nullable OutputLimit limit) {
    outputLimit = limit;
  }

  /** What limits that which is written to it, or null. */
  final @Nullable OutputLimit outputLimit() {
    return outputLimit;
  }

  /** Holds it for one more, while another does. */
  final void hold() {
    holders.incrementAndGet();
  }

  final void letGo() {
    if (holders.decrementAndGet() == 0) {
      dispose();
    }
  }

  /** Gives back what it has. Called once. */
  void dispose() {}

  /** Its kind, as {@link Stat} numbers them. */
  abstract int type();

  /** The rights that apply to it. */
  abstract long rights();

  abstract Stat stat();

  /** Whether it belongs to what may not be changed. */
  boolean isReadOnly() {
    return false;
  }

  /** Its flags, as {@link Flags} numbers them. */
  int flags() {
    return 0;
  }

  void setFlags(int flags) {
    throw new WasiError(Errno.NOTSUP);
  }

  // Contents. The ranges are within the guest's memory.

  long read(MemorySegment[] ranges, Waiting waiting) {
    throw new WasiError(Errno.BADF);
  }

  long write(MemorySegment[] ranges, Waiting waiting) {
    throw new WasiError(Errno.BADF);
  }

  long readAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    throw new WasiError(Errno.SPIPE);
  }

  long writeAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    throw new WasiError(Errno.SPIPE);
  }

  /** Moves the position, from the start, from where it is or from the end. */
  long seek(long offset, Whence whence) {
    throw new WasiError(Errno.SPIPE);
  }

  void advise(long offset, long length) {
    throw new WasiError(Errno.SPIPE);
  }

  void allocate(long offset, long length) {
    throw new WasiError(Errno.NOTSUP);
  }

  void setSize(long size) {
    throw new WasiError(Errno.INVAL);
  }

  void setTimes(Times times) {
    throw new WasiError(Errno.NOTSUP);
  }

  void sync(boolean dataOnly) {
    throw new WasiError(Errno.NOTSUP);
  }

  // Waiting for it.

  /** The host's descriptor to wait for, or -1 if there is none. */
  int pollable() {
    return -1;
  }

  /**
   * What is ready now: bytes to read or room to write, 0 if it is not known how many. A descriptor without one of the
   * host's answers -1 if nothing is ready.
   */
  long ready(boolean toRead) {
    return 0;
  }
}
