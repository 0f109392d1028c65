package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.VECTORS;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketTest {
  private static final int IN = 8192;
  private static final int OUT = 12288;
  private static final int FLAGS = 32;

  private final Guest guest = new Guest();
  private final FileCalls files = guest.files;
  private ServerSocketChannel server;
  private int listener;

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listener = guest.table.add(new Socket.Listener(server));
  }

  @AfterEach
  void close() throws IOException {
    guest.close();
    server.close();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(server.getLocalAddress());
  }

  private int accept(int flags) {
    files.accept(listener, flags, RESULT);
    return guest.memory.getInt(RESULT, 0);
  }

  private static void send(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String receive(SocketChannel client, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && client.read(buffer) >= 0) {
      // Until it is full, or the other side is done.
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }

  private String receive(int fd, int length, int how) {
    guest.vector(0, Guest.BUFFER, length);
    files.receive(fd, VECTORS, 1, how, RESULT, FLAGS);
    return guest.text(Guest.BUFFER, guest.memory.getInt(RESULT, 0));
  }

  @Test
  void acceptsReceivesAndSends() throws IOException {
    try (SocketChannel client = connect()) {
      int fd = accept(0);
      send(client, "hello");
      assertEquals("he", receive(fd, 2, 1));
      assertEquals("hello", receive(fd, 100, 1));
      assertEquals("he", receive(fd, 2, 0));
      assertEquals("llo", guest.read(fd, 100));
      guest.memory.put(Guest.BUFFER, "answer".getBytes(StandardCharsets.UTF_8));
      guest.vector(0, Guest.BUFFER, 6);
      files.send(fd, VECTORS, 1, 0, RESULT);
      assertEquals(6, guest.memory.getInt(RESULT, 0));
      assertEquals(4, guest.write(fd, "more"));
      files.shutdown(fd, 2);
      assertEquals("answermore", receive(client, 100));
      assertErrno(Errno.PIPE, () -> guest.write(fd, "late"));
      client.shutdownOutput();
      assertEquals("", receive(fd, 100, 0));
      assertEquals("", guest.read(fd, 100));
      guest.table.close(fd);
    }
    assertTrue(server.isOpen());
  }

  @Test
  void waitsForAllThatIsWanted() throws Exception {
    try (SocketChannel client = connect()) {
      int fd = accept(0);
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  send(client, "first");
                  Thread.sleep(50);
                  send(client, "second");
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      assertEquals("firstsecond", receive(fd, 11, 2));
      sender.join();
    }
  }

  @Test
  void whoDoesNotWantToWaitIsTold() throws IOException {
    files.setFlags(listener, Flags.NONBLOCK);
    assertErrno(Errno.AGAIN, () -> accept(0));
    try (SocketChannel client = connect()) {
      files.setFlags(listener, 0);
      int fd = accept(Flags.NONBLOCK);
      files.status(fd, 0);
      assertEquals(Stat.SOCKET_STREAM, guest.memory.getByte(0, 0));
      assertEquals(Flags.NONBLOCK, guest.memory.getShort(0, 2));
      assertErrno(Errno.AGAIN, () -> receive(fd, 1, 0));
      assertErrno(Errno.AGAIN, () -> guest.read(fd, 1));
      send(client, "x");
      while (!poll(fd, 1)) {
        Thread.onSpinWait();
      }
      assertEquals("x", receive(fd, 100, 0));
    }
  }

  /** Whether a descriptor is ready now, to be read (1) or written (2). */
  private boolean poll(int fd, int tag) {
    guest.memory.putLong(IN, 0, 7);
    guest.memory.putByte(IN, 8, tag);
    guest.memory.putInt(IN, 16, fd);
    guest.memory.putByte(IN + 48, 8, 0);
    guest.memory.putInt(IN + 48, 16, 1);
    guest.memory.putLong(IN + 48, 24, 0);
    guest.memory.putShort(IN + 48, 40, 0);
    new Poll(guest.table, guest.memory, new Clocks(null), guest.waiting, false).poll(IN, OUT, 2, RESULT);
    return guest.memory.getLong(OUT, 0) == 7 && guest.memory.getInt(RESULT, 0) == 2;
  }

  @Test
  void aRefusedAcceptLeavesTheConnection() throws IOException {
    try (SocketChannel client = connect()) {
      assertErrno(Errno.NOTSUP, () -> accept(Flags.APPEND));
      assertErrno(Errno.INVAL, () -> accept(1 << 10));
      int fd = accept(Flags.NONBLOCK);
      send(client, "abc");
      while (!poll(fd, 1)) {
        Thread.onSpinWait();
      }
      // What has been received is not lost because more is wanted.
      assertEquals("abc", receive(fd, 10, 2));
      assertErrno(Errno.AGAIN, () -> receive(fd, 10, 2));
    }
  }

  @Test
  void pollTellsWhatIsReady() throws IOException {
    guest.memory.putLong(IN + 48, 0, 8);
    assertTrue(!poll(listener, 1));
    try (SocketChannel client = connect()) {
      while (!poll(listener, 1)) {
        Thread.onSpinWait();
      }
      int fd = accept(0);
      assertTrue(poll(fd, 2));
      assertTrue(!poll(fd, 1));
      send(client, "abc");
      while (!poll(fd, 1)) {
        Thread.onSpinWait();
      }
      assertEquals("abc", receive(fd, 10, 1));
      assertTrue(poll(fd, 1));
      assertEquals(3, guest.memory.getLong(OUT, 16));
    }
  }

  /** A thread that waits to receive must keep nobody from sending, or from asking. */
  @Test
  void directionsDoNotDelayEachOther() throws Exception {
    try (SocketChannel client = connect()) {
      int fd = accept(0);
      ByteBuffer received = ByteBuffer.allocate(5);
      Thread reader = new Thread(() -> readAll(fd, received));
      reader.start();
      while (reader.getState() == Thread.State.NEW || !received.hasRemaining()) {
        Thread.onSpinWait();
      }
      Thread.sleep(100); // for it to wait
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertTrue(poll(fd, 2));
        assertTrue(!poll(fd, 1));
        assertEquals(1, guest.write(fd, "x"));
      }
      long elapsed = System.nanoTime() - start;
      assertTrue(elapsed < 2_000_000_000L, elapsed + " ns");
      assertEquals("x".repeat(100), receive(client, 100));
      send(client, "hello");
      reader.join();
      assertEquals("hello", new String(received.array(), StandardCharsets.UTF_8));
    }
  }

  /** Receives into a memory of its own until a buffer is full. */
  private void readAll(int fd, ByteBuffer into) {
    try (DescriptorTable.Use<Descriptor> use = guest.table.use(fd);
        Arena arena = Arena.ofConfined()) {
      MemorySegment range = arena.allocate(into.capacity());
      while (into.hasRemaining()) {
        long got = use.descriptor().read(new MemorySegment[] {range.asSlice(0, into.remaining())}, guest.waiting);
        into.put(range.asSlice(0, got).asByteBuffer());
      }
    }
  }

  @Test
  void threadsThatReceiveTakeTurns() throws Exception {
    try (SocketChannel client = connect()) {
      int fd = accept(0);
      int total = 1_000_000;
      List<ByteBuffer> parts = new ArrayList<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ByteBuffer part = ByteBuffer.allocate(total / 4);
        parts.add(part);
        readers.add(new Thread(() -> readAll(fd, part)));
      }
      readers.forEach(Thread::start);
      ByteBuffer sent = ByteBuffer.allocate(total);
      long sum = 0;
      for (int i = 0; i < total; i++) {
        sent.put(i, (byte) (i * 31 >> 3));
        sum += sent.get(i);
      }
      while (sent.hasRemaining()) {
        client.write(sent);
      }
      for (Thread reader : readers) {
        reader.join();
      }
      for (ByteBuffer part : parts) {
        for (byte b : part.array()) {
          sum -= b;
        }
      }
      assertEquals(0, sum);
    }
  }

  @Test
  void endingTheProgramEndsTheWait() throws Exception {
    Thread other =
        Thread.startVirtualThread(
            () -> {
              try {
                Thread.sleep(20);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              guest.waiting.end(new WasiExit(3));
            });
    try {
      accept(0);
      throw new AssertionError("accepted");
    } catch (WasiExit exit) {
      assertEquals(3, exit.code());
    }
    other.join();
  }

  @Test
  void onlySocketsAreSockets(@TempDir Path root) throws IOException {
    int directory = guest.give(root, false);
    int file = guest.open(directory, "f", Guest.CREATE, Rights.ALL);
    for (int fd : new int[] {1, directory, file}) {
      assertErrno(Errno.NOTSOCK, () -> files.accept(fd, 0, RESULT));
      assertErrno(Errno.NOTSOCK, () -> receive(fd, 1, 0));
      assertErrno(Errno.NOTSOCK, () -> files.send(fd, VECTORS, 0, 0, RESULT));
      assertErrno(Errno.NOTSOCK, () -> files.shutdown(fd, 1));
    }
    assertErrno(Errno.BADF, () -> files.shutdown(99, 1));
    assertErrno(Errno.NOTCONN, () -> receive(listener, 1, 0));
    assertErrno(Errno.NOTCONN, () -> files.shutdown(listener, 3));
    try (SocketChannel client = connect()) {
      int fd = accept(0);
      assertTrue(client.isConnected());
      assertErrno(Errno.NOTCAPABLE, () -> files.accept(fd, 0, RESULT));
      assertErrno(Errno.INVAL, () -> files.shutdown(fd, 0));
      assertErrno(Errno.INVAL, () -> files.shutdown(fd, 4));
      assertErrno(Errno.INVAL, () -> files.send(fd, VECTORS, 0, 1, RESULT));
      assertErrno(Errno.INVAL, () -> receive(fd, 1, 4));
      assertErrno(Errno.SPIPE, () -> files.seek(fd, 0, Whence.SET, RESULT));
    }
  }
}
