package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How one of the process's own streams is read and written without waiting in the kernel, where no interruption reaches
 * a thread. Its open file is shared with other processes, so it can't be made non-blocking; and that poll(2) finds it
 * ready does not help, since another reader may be faster.
 *
 * <p>The first of three ways that works is taken: calls that are told not to wait (pipes since Linux 6.4, sockets,
 * devices), an open file of our own of the same pipe or terminal, or else calls only when the stream is ready, one at a
 * time in this process; then other processes can still make one wait. Thread-safe.
 */
final class SharedStream {
  /** The least room that a pipe has which is ready to be written. */
  private static final long PIPE_BUF = 4096;

  // The ways. No enum, whose class and switch a cold JVM would have to load for the first byte of output.
  private static final int TOLD = 0;
  private static final int REOPENED = 1;
  private static final int LOCKED = 2;

  /** Made when the first stream is locked, not when the first is written. */
  private static final class Locks {
    /**
     * One for some streams each, for reading and for writing. Of the process, since all instances of a stream's number
     * share it.
     */
    static final ReentrantLock[] ALL = new ReentrantLock[32];

    static {
      for (int i = 0; i < ALL.length; i++) {
        ALL[i] = new ReentrantLock();
      }
    }
  }

  private final int fd;
  private final Stat stat;
  private volatile int way;

  /** The open file of our own, or -1. */
  private int own = -1;

  SharedStream(int fd, Stat stat) {
    this(fd, stat, false, false);
  }

  /**
   * Without some of the ways, for tests.
   *
   * @param untold whether calls can't be told not to wait
   * @param locked whether it can't be opened again either
   */
  SharedStream(int fd, Stat stat, boolean untold, boolean locked) {
    this.fd = fd;
    this.stat = stat;
    way = locked ? LOCKED : TOLD;
    if (untold && !locked) {
      degrade();
    }
  }

  /** How much may be written at once. */
  long limit() {
    return way == LOCKED ? PIPE_BUF : Long.MAX_VALUE;
  }

  /**
   * Reads or writes what can be read or written at once.
   *
   * @param size how many bytes the vectors have
   * @return how many bytes, or a negated error number: EAGAIN if it is to be tried again when the stream is ready
   */
  long move(boolean toRead, MemorySegment vectors, int count, long size) {
    int known = way;
    if (known == REOPENED) {
      return plain(own, toRead, vectors, count);
    }
    if (known == LOCKED) {
      // Another thread may have changed the way since this one has asked for the limit.
      return !toRead && size > PIPE_BUF ? -LibC.EAGAIN() : locked(toRead, vectors, count);
    }
    int call = toRead ? Machine.SYS_preadv2() : Machine.SYS_pwritev2();
    long moved = SystemCall.call(call, fd, vectors.address(), count, -1, -1, LibC.RWF_NOWAIT());
    if (moved != -LibC.EOPNOTSUPP() && moved != -LibC.ENOSYS() && moved != -LibC.EPERM()) {
      return moved;
    }
    degrade();
    return -LibC.EAGAIN();
  }

  private static long plain(int fd, boolean toRead, MemorySegment vectors, int count) {
    return SystemCall.call(toRead ? Machine.SYS_readv() : Machine.SYS_writev(), fd, vectors.address(), count);
  }

  /** Only a pipe or a terminal is the same when it is opened again. */
  private synchronized void degrade() {
    if (way != TOLD) {
      return;
    }
    if (stat.type() == Stat.UNKNOWN || isTerminal()) {
      own = reopen();
    }
    way = own >= 0 ? REOPENED : LOCKED;
  }

  private boolean isTerminal() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment settings = arena.allocate(256, 8);
      return SystemCall.call(Machine.SYS_ioctl(), fd, LibC.TCGETS(), settings.address()) >= 0;
    }
  }

  private int reopen() {
    long access = SystemCall.call(Machine.SYS_fcntl(), fd, LibC.F_GETFL(), 0);
    if (access < 0) {
      return -1;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self/fd/".concat(Integer.toString(fd)), StandardCharsets.US_ASCII);
      long flags = access & LibC.O_ACCMODE() | LibC.O_NONBLOCK() | LibC.O_NOCTTY() | LibC.O_CLOEXEC();
      return (int) Math.max(
          -1, SystemCall.call(Machine.SYS_openat(), LibC.AT_FDCWD(), path.address(), flags, 0));
    }
  }

  private long locked(boolean toRead, MemorySegment vectors, int count) {
    int hash = Long.hashCode(31 * stat.device() + stat.inode());
    ReentrantLock lock = Locks.ALL[(hash & Locks.ALL.length / 2 - 1) * 2 + (toRead ? 0 : 1)];
    try {
      if (!lock.tryLock(Waiting.SLICE, TimeUnit.NANOSECONDS)) {
        return -LibC.EAGAIN();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // for who waits to see
      return -LibC.EAGAIN();
    }
    try {
      return isReady(toRead) ? plain(fd, toRead, vectors, count) : -LibC.EAGAIN();
    } finally {
      lock.unlock();
    }
  }

  private boolean isReady(boolean toRead) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(LibC.POLLFD_SIZE(), 8);
      Waiting.put(polled, fd, toRead);
      MemorySegment time = arena.allocate(LibC.TIMESPEC_SIZE(), 8);
      SystemCall.call(Machine.SYS_ppoll(), polled.address(), 1, time.address(), 0, 0, 0);
      return polled.get(ValueLayout.JAVA_SHORT, LibC.POLLFD_REVENTS()) != 0;
    }
  }

  /** Closes what is our own. Called once, when nobody uses it any more. */
  void close() {
    if (own >= 0) {
      HostFiles.close(own);
    }
  }
}
