package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollTest {
  private static final int IN = 1024;
  private static final int OUT = 4096;
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final long MILLISECOND = 1_000_000;

  @TempDir private Path root;
  private final Guest guest = new Guest();

  @AfterEach
  void close() {
    guest.close();
  }

  private void subscribeClock(int index, int clock, long timeout, boolean absolute) {
    int at = IN + 48 * index;
    guest.memory.putLong(at, 0, 100 + index);
    guest.memory.putByte(at, 8, 0);
    guest.memory.putInt(at, 16, clock);
    guest.memory.putLong(at, 24, timeout);
    guest.memory.putShort(at, 40, absolute ? 1 : 0);
  }

  private void subscribe(int index, int kind, int fd) {
    int at = IN + 48 * index;
    guest.memory.putLong(at, 0, 100 + index);
    guest.memory.putByte(at, 8, kind);
    guest.memory.putInt(at, 16, fd);
  }

  private int poll(int count) {
    new Poll(guest.table, guest.memory, new Clocks(null), guest.waiting, false).poll(IN, OUT, count, RESULT);
    return guest.memory.getInt(RESULT, 0);
  }

  private void assertEvent(int index, int subscription, int errno, int kind) {
    assertEquals(100 + subscription, guest.memory.getLong(OUT, 32 * index));
    assertEquals(errno, guest.memory.getShort(OUT, 32 * index + 8));
    assertEquals(kind, guest.memory.getByte(OUT, 32 * index + 10));
  }

  @Test
  void shortestClockWakes() {
    subscribeClock(0, 1, 10_000 * MILLISECOND, false);
    subscribeClock(1, 0, 70 * MILLISECOND, false);
    subscribeClock(2, 1, -1, false);
    long start = System.nanoTime();
    assertEquals(1, poll(3));
    long elapsed = System.nanoTime() - start;
    assertTrue(elapsed >= 70 * MILLISECOND && elapsed < 5000 * MILLISECOND, () -> elapsed + " ns");
    assertEvent(0, 1, Errno.SUCCESS, 0);
  }

  @Test
  void absoluteTimesInThePastAreOver() {
    subscribeClock(0, 0, 1, true);
    subscribeClock(1, 1, Long.MAX_VALUE, true);
    assertEquals(1, poll(2));
    assertEvent(0, 0, Errno.SUCCESS, 0);
  }

  @Test
  void givenClockIsAsked() {
    subscribeClock(0, 0, 5_000 * MILLISECOND, true);
    Clocks clocks = new Clocks(() -> Instant.ofEpochSecond(6));
    assertEquals(6_000 * MILLISECOND, clocks.now(1));
    new Poll(guest.table, guest.memory, clocks, guest.waiting, false).poll(IN, OUT, 1, RESULT);
    assertEquals(1, guest.memory.getInt(RESULT, 0));
  }

  @Test
  void descriptorsReportAtOnce() {
    int directory = guest.give(root, false);
    int file = guest.open(directory, "f", Guest.CREATE, Guest.READ | Guest.WRITE);
    subscribe(0, READ, file);
    subscribeClock(1, 1, 60_000 * MILLISECOND, false);
    subscribe(2, WRITE, file);
    subscribe(3, WRITE, 1);
    subscribe(4, READ, 99);
    assertEquals(4, poll(5));
    assertEvent(0, 0, Errno.SUCCESS, READ);
    assertEvent(1, 2, Errno.SUCCESS, WRITE);
    assertEvent(2, 3, Errno.SUCCESS, WRITE);
    assertEvent(3, 4, Errno.BADF, READ);
  }

  private void assertBytes(int event, long bytes, int flags) {
    assertEquals(bytes, guest.memory.getLong(OUT, 32 * event + 16));
    assertEquals(flags, guest.memory.getShort(OUT, 32 * event + 24));
  }

  @Test
  void eventsTellHowMuchCanBeRead() {
    int directory = guest.give(root, false);
    int file = guest.open(directory, "f", Guest.CREATE, Guest.READ | Guest.WRITE);
    guest.write(file, "0123456789");
    guest.files.seek(file, 3, Whence.SET, RESULT);
    int stream = guest.table.add(new JavaStream(new ByteArrayInputStream(new byte[5]), null));
    subscribe(0, READ, file);
    subscribe(1, READ, stream);
    subscribe(2, WRITE, file);
    assertEquals(3, poll(3));
    assertBytes(0, 7, 0);
    assertBytes(1, 5, 0);
    assertBytes(2, 0, 0);
    guest.files.seek(file, 30, Whence.SET, RESULT);
    assertEquals(3, poll(3));
    assertBytes(0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eventsTellHowMuchHasCome(boolean terminal) {
    HostStream stream = terminal ? HostStream.terminal() : HostStream.pipe(true);
    boolean closed = false;
    try {
      int fd = guest.table.add(HostFile.inherited(stream.fd()));
      subscribe(0, READ, fd);
      subscribeClock(1, 1, 0, false);
      assertEquals(1, poll(2));
      stream.send("line\n");
      assertEquals(2, poll(2));
      assertEvent(0, 0, Errno.SUCCESS, READ);
      assertBytes(0, 5, 0);
      assertEquals("li", guest.read(fd, 2));
      assertEquals(2, poll(2));
      assertBytes(0, 3, 0);
      assertEquals("ne\n", guest.read(fd, 9));
      HostFiles.close(stream.other());
      closed = true;
      assertEquals(2, poll(2));
      assertBytes(0, 0, 1);
    } finally {
      HostFiles.close(stream.fd());
      if (!closed) {
        HostFiles.close(stream.other());
      }
    }
  }

  /** A stream whose lock a reader holds is not asked how much there is. */
  @Test
  @Timeout(60)
  void askingDoesNotWaitForAReader() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    InputStream locked =
        new InputStream() {
          @Override
          public synchronized int read() throws IOException {
            reading.countDown();
            try {
              end.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return -1;
          }

          @Override
          public synchronized int available() {
            return 7;
          }
        };
    int fd = guest.table.add(new JavaStream(locked, null));
    subscribe(0, READ, fd);
    assertEquals(1, poll(1));
    assertBytes(0, 7, 0);
    Thread reader = new Thread(() -> guest.files.read(fd, Guest.VECTORS, 1, 0));
    guest.vector(0, 8192, 10);
    reader.start();
    reading.await();
    assertEquals(1, poll(1));
    assertBytes(0, 0, 0);
    end.countDown();
    reader.join();
  }

  @Test
  void eventsOfMountsTellHowMuchCanBeRead() throws IOException {
    try (Place.Folder folder = Place.MEMORY.folder(root)) {
      int directory = guest.give(folder.path(), false);
      int file = guest.open(directory, "f", Guest.CREATE, Guest.READ | Guest.WRITE);
      guest.write(file, "0123456789");
      guest.files.seek(file, 4, Whence.SET, RESULT);
      subscribe(0, READ, file);
      assertEquals(1, poll(1));
      assertBytes(0, 6, 0);
      guest.table.close(file);
      guest.table.close(directory);
    }
  }

  @Test
  void interruptionEndsTheWait() {
    subscribeClock(0, 1, 60_000 * MILLISECOND, false);
    Thread.currentThread().interrupt();
    assertErrno(Errno.INTR, () -> poll(1));
    assertTrue(Thread.interrupted());
  }

  @Test
  void nonsenseIsRefused() {
    assertErrno(Errno.INVAL, () -> poll(0));
    assertErrno(Errno.INVAL, () -> poll(-1));
    assertErrno(Errno.INVAL, () -> poll(4097));
    subscribe(0, 3, 0);
    assertErrno(Errno.INVAL, () -> poll(1));
    subscribeClock(0, 9, 0, false);
    assertErrno(Errno.INVAL, () -> poll(1));
  }
}
