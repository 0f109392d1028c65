package dev.gatun.wasi;

import dev.gatun.HostCall;
import dev.gatun.HostFunction;
import dev.gatun.Trap;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.runtime.CallerMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One function of WASI as a host function: reads the arguments, finds the work to do, turns errors into numbers. The
 * work on descriptors is in {@link FileCalls}, that on paths in {@link PathCalls}.
 */
final class WasiCalls implements HostFunction {
  private static final int MAX_RANDOM_CHUNK = 1 << 20;

  private final Wasi wasi;
  private final WasiFunction function;

  /** Whether it is the function as it was before preview 1, where some numbers and layouts differ. */
  private final boolean snapshot0;

  WasiCalls(Wasi wasi, WasiFunction function, boolean snapshot0) {
    this.wasi = wasi;
    this.function = function;
    this.snapshot0 = snapshot0;
  }

  @Override
  public void call(HostCall call) {
    if (function == WasiFunction.PROC_EXIT) {
      throw new WasiExit(call.i32(0));
    }
    int errno;
    try {
      errno = dispatch(call, new GuestMemory(CallerMemory.of(call)), new Waiting.OfCall(call));
    } catch (OutputLimit.Exceeded e) {
      throw call.trap(Trap.Kind.OUTPUT_LIMIT, e.detail);
    } catch (WasiError e) {
      errno = e.errno;
    } catch (IndexOutOfBoundsException e) {
      errno = Errno.FAULT;
    }
    call.result(errno);
  }

  private int dispatch(HostCall c, GuestMemory memory, Waiting waiting) {
    DescriptorTable table = wasi.descriptors();
    FileCalls files = new FileCalls(table, memory, waiting);
    PathCalls paths = new PathCalls(table, memory);
    switch (function) {
      case ARGS_GET -> strings(memory, wasi.arguments(), c.i32(0), c.i32(1));
      case ARGS_SIZES_GET -> sizes(memory, wasi.arguments(), c.i32(0), c.i32(1));
      case ENVIRON_GET -> strings(memory, wasi.environment(), c.i32(0), c.i32(1));
      case ENVIRON_SIZES_GET -> sizes(memory, wasi.environment(), c.i32(0), c.i32(1));
      case CLOCK_RES_GET -> memory.putLong(c.i32(1), 0, wasi.clocks().resolution(c.i32(0)));
      case CLOCK_TIME_GET -> memory.putLong(c.i32(2), 0, wasi.clocks().now(c.i32(0)));
      case RANDOM_GET -> random(wasi.random(), memory, c.i32(0), c.i32(1), waiting);
      case SCHED_YIELD -> Thread.yield();
      case FD_ADVISE -> files.advise(c.i32(0), c.i64(1), c.i64(2), c.i32(3));
      case FD_ALLOCATE -> files.allocate(c.i32(0), c.i64(1), c.i64(2));
      case FD_CLOSE -> table.close(c.i32(0));
      case FD_DATASYNC -> files.sync(c.i32(0), true);
      case FD_SYNC -> files.sync(c.i32(0), false);
      case FD_FDSTAT_GET -> files.status(c.i32(0), c.i32(1));
      case FD_FDSTAT_SET_FLAGS -> files.setFlags(c.i32(0), c.i32(1));
      case FD_FDSTAT_SET_RIGHTS -> table.setRights(c.i32(0), c.i64(1), c.i64(2));
      case FD_FILESTAT_GET -> files.fileStatus(c.i32(0), c.i32(1), snapshot0);
      case FD_FILESTAT_SET_SIZE -> files.setSize(c.i32(0), c.i64(1));
      case FD_FILESTAT_SET_TIMES -> files.setTimes(c.i32(0), c.i64(1), c.i64(2), c.i32(3));
      case FD_PREAD -> files.readAt(c.i32(0), c.i32(1), c.i32(2), c.i64(3), c.i32(4));
      case FD_PWRITE -> files.writeAt(c.i32(0), c.i32(1), c.i32(2), c.i64(3), c.i32(4));
      case FD_READ -> files.read(c.i32(0), c.i32(1), c.i32(2), c.i32(3));
      case FD_WRITE -> files.write(c.i32(0), c.i32(1), c.i32(2), c.i32(3));
      case FD_PRESTAT_GET -> files.preopen(c.i32(0), c.i32(1));
      case FD_PRESTAT_DIR_NAME -> files.preopenName(c.i32(0), c.i32(1), c.i32(2));
      case FD_READDIR ->
          new DirectoryListing(table, memory, waiting)
              .read(c.i32(0), c.i32(1), c.i32(2), c.i64(3), c.i32(4));
      case FD_RENUMBER -> table.renumber(c.i32(0), c.i32(1));
      case FD_SEEK -> files.seek(c.i32(0), c.i64(1), Whence.of(c.i32(2), snapshot0), c.i32(3));
      case FD_TELL -> files.seek(c.i32(0), 0, Whence.CURRENT, c.i32(1));
      case PATH_CREATE_DIRECTORY -> paths.createDirectory(c.i32(0), memory.path(c.i32(1), c.i32(2)));
      case PATH_FILESTAT_GET ->
          paths.fileStatus(c.i32(0), c.i32(1), memory.path(c.i32(2), c.i32(3)), c.i32(4), snapshot0);
      case PATH_FILESTAT_SET_TIMES ->
          paths.setTimes(c.i32(0), c.i32(1), memory.path(c.i32(2), c.i32(3)), c.i64(4), c.i64(5), c.i32(6));
      case PATH_LINK ->
          paths.link(c.i32(0), c.i32(1), memory.path(c.i32(2), c.i32(3)), c.i32(4), memory.path(c.i32(5), c.i32(6)));
      case PATH_OPEN ->
          paths.open(
              c.i32(0), c.i32(1), memory.path(c.i32(2), c.i32(3)), c.i32(4), c.i64(5), c.i64(6), c.i32(7), c.i32(8));
      case PATH_READLINK -> paths.readLink(c.i32(0), memory.path(c.i32(1), c.i32(2)), c.i32(3), c.i32(4), c.i32(5));
      case PATH_REMOVE_DIRECTORY -> paths.removeDirectory(c.i32(0), memory.path(c.i32(1), c.i32(2)));
      case PATH_RENAME ->
          paths.rename(c.i32(0), memory.path(c.i32(1), c.i32(2)), c.i32(3), memory.path(c.i32(4), c.i32(5)));
      case PATH_SYMLINK -> paths.symlink(memory.path(c.i32(0), c.i32(1)), c.i32(2), memory.path(c.i32(3), c.i32(4)));
      case PATH_UNLINK_FILE -> paths.unlink(c.i32(0), memory.path(c.i32(1), c.i32(2)));
      case POLL_ONEOFF ->
          new Poll(table, memory, wasi.clocks(), waiting, snapshot0)
              .poll(c.i32(0), c.i32(1), c.i32(2), c.i32(3));
      case PROC_RAISE -> Signals.raise(c.i32(0));
      case SOCK_ACCEPT -> files.accept(c.i32(0), c.i32(1), c.i32(2));
      case SOCK_RECV -> files.receive(c.i32(0), c.i32(1), c.i32(2), c.i32(3), c.i32(4), c.i32(5));
      case SOCK_SEND -> files.send(c.i32(0), c.i32(1), c.i32(2), c.i32(3), c.i32(4));
      case SOCK_SHUTDOWN -> files.shutdown(c.i32(0), c.i32(1));
      case PROC_EXIT -> throw new AssertionError();
    }
    return Errno.SUCCESS;
  }

  /** Writes pointers to NUL-terminated strings, and the strings. */
  static void strings(GuestMemory memory, List<byte[]> strings, int pointers, int buffer) {
    int at = buffer;
    for (int i = 0; i < strings.size(); i++) {
      byte[] bytes = strings.get(i);
      memory.putInt(pointers, 4 * i, at);
      memory.put(at, bytes);
      memory.putByte(at, bytes.length, 0);
      at += bytes.length + 1;
    }
  }

  static void sizes(GuestMemory memory, List<byte[]> strings, int count, int size) {
    int total = 0;
    for (byte[] bytes : strings) {
      total += bytes.length + 1;
    }
    memory.putInt(count, 0, strings.size());
    memory.putInt(size, 0, total);
  }

  /** Fills a range with random bytes: of a generator, or the host's. */
  static void random(
      @Nullable RandomGenerator generator, GuestMemory memory, int pointer, int length, Waiting waiting) {
    MemorySegment target = memory.slice(pointer, length);
    long done = 0;
    while (done < target.byteSize()) {
      if (done > 0) {
        waiting.check();
      }
      long chunk = Math.min(MAX_RANDOM_CHUNK, target.byteSize() - done);
      if (generator != null) {
        byte[] bytes = new byte[(int) chunk];
        generator.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, done, bytes.length);
        done += chunk;
        continue;
      }
      long got = SystemCall.call(Machine.SYS_getrandom(), target.address() + done, chunk, 0);
      if (got != -LibC.EINTR()) {
        done += WasiError.check(got);
      }
    }
  }
}
