package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process's own streams, which are never waited for in the kernel. */
@Timeout(60)
class SharedStreamTest {
  /** The kinds of streams, each in a way in which it is read and written. */
  enum Kind {
    PIPE,
    PIPE_REOPENED,
    PIPE_LOCKED,
    TERMINAL,
    TERMINAL_LOCKED;

    HostStream open(boolean toRead) {
      return this == TERMINAL || this == TERMINAL_LOCKED ? HostStream.terminal() : HostStream.pipe(toRead);
    }

    HostFile give(HostStream stream) {
      HostDescriptor host = new HostDescriptor(stream.fd());
      Stat stat = host.stat();
      boolean locked = this == PIPE_LOCKED || this == TERMINAL_LOCKED;
      return HostFile.inherited(host, stat, new SharedStream(stream.fd(), stat, this == PIPE_REOPENED, locked));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThereIsReadAndTheFlagsStay(Kind kind) {
    try (Guest guest = new Guest();
        HostStream stream = kind.open(true)) {
      long flags = stream.flags();
      int fd = guest.table.add(kind.give(stream));
      stream.send("line\n");
      assertEquals("line\n", guest.read(fd, 100));
      stream.send("abc\n");
      assertEquals("ab", guest.read(fd, 2));
      assertEquals("c\n", guest.read(fd, 100));
      assertEquals(flags, stream.flags());
      assertEquals(0, flags & LibC.O_NONBLOCK());
      assertErrno(Errno.NOTSUP, () -> guest.files.setFlags(fd, Flags.NONBLOCK));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"TERMINAL", "TERMINAL_LOCKED"})
  void allIsWrittenAsRoomComes(Kind kind) throws Exception {
    try (Guest guest = new Guest();
        HostStream stream = kind.open(false)) {
      int fd = guest.table.add(kind.give(stream));
      List<String> received = new ArrayList<>();
      int total = 4 * (Guest.SIZE - 4096);
      Thread reader =
          new Thread(
              () -> {
                for (int rest = total; rest > 0; rest -= received.getLast().length()) {
                  received.add(stream.receive(rest));
                }
              });
      reader.start();
      guest.memory.slice(4096, Guest.SIZE - 4096).fill((byte) 'x');
      for (int i = 0; i < 4; i++) {
        guest.vector(i, 4096, Guest.SIZE - 4096);
      }
      guest.files.write(fd, Guest.VECTORS, 4, Guest.RESULT);
      assertEquals(total, guest.memory.getInt(Guest.RESULT, 0));
      reader.join();
      assertEquals("x".repeat(total), String.join("", received));
    }
  }

  /** Another reader may take what poll has found: that must not make this one wait in the kernel. */
  @ParameterizedTest
  @EnumSource
  void theSlowerOfTwoReadersCanBeEnded(Kind kind) throws Exception {
    try (HostStream stream = kind.open(true);
        Guest guest = new Guest()) {
      BlockingQueue<String> results = new LinkedBlockingQueue<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        HostFile file = kind.give(stream);
        readers.add(
            new Thread(
                () -> {
                  try (Arena arena = Arena.ofConfined()) {
                    MemorySegment[] ranges = {arena.allocate(100)};
                    while (true) {
                      results.add("read " + file.read(ranges, guest.waiting));
                    }
                  } catch (WasiExit end) {
                    results.add("end");
                  } finally {
                    file.letGo();
                  }
                }));
      }
      readers.forEach(Thread::start);
      for (int i = 0; i < 200; i++) {
        stream.send("x\n");
        assertEquals("read 2", results.poll(20, TimeUnit.SECONDS));
      }
      long start = System.nanoTime();
      guest.waiting.end(new WasiExit(1));
      for (Thread reader : readers) {
        reader.join(10_000);
        assertFalse(reader.isAlive());
      }
      assertTrue(System.nanoTime() - start < 2_000_000_000L);
      assertEquals(List.of("end", "end"), new ArrayList<>(results));
    }
  }

  /** A terminal whose output has been stopped, or which nobody reads. */
  @Test
  void aTerminalThatTakesNoMoreIsNotWaitedForInTheKernel() throws Exception {
    try (HostStream stream = HostStream.terminal();
        Guest guest = new Guest()) {
      int fd = guest.table.add(Kind.TERMINAL.give(stream));
      BlockingQueue<String> results = new LinkedBlockingQueue<>();
      Thread writer =
          new Thread(
              () -> {
                try {
                  while (true) {
                    guest.vector(0, 4096, Guest.SIZE - 4096);
                    guest.files.write(fd, Guest.VECTORS, 1, Guest.RESULT);
                  }
                } catch (WasiExit end) {
                  results.add("end");
                }
              });
      writer.start();
      Thread.sleep(200);
      assertTrue(results.isEmpty());
      guest.waiting.end(new WasiExit(1));
      assertEquals("end", results.poll(20, TimeUnit.SECONDS));
      writer.join();
    }
  }
}
