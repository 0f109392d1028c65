package dev.gatun.wasi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A stream socket that the guest was given or has accepted. The channel is in non-blocking mode; whether the guest
 * waits is decided here. Thread-safe: threads that receive take turns, and those that send do not wait for them.
 */
abstract class Socket<C extends SelectableChannel> extends Descriptor {
  final C channel;
  private volatile int flags;

  /** Takes a channel and puts it into non-blocking mode. */
  Socket(C channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
  }

  @Override
  final int type() {
    return Stat.SOCKET_STREAM;
  }

  @Override
  final Stat stat() {
    return new Stat(0, 0, Stat.SOCKET_STREAM, 1, 0, 0, 0, 0);
  }

  @Override
  final int flags() {
    return flags;
  }

  @Override
  final void setFlags(int flags) {
    checkFlags(flags);
    this.flags = flags;
  }

  private static void checkFlags(int flags) {
    if ((flags & ~Flags.NONBLOCK) != 0) {
      throw new WasiError(Errno.NOTSUP);
    }
  }

  final boolean guestWaits() {
    return (flags & Flags.NONBLOCK) == 0;
  }

  /** Waits until an operation may be done, or fails if the guest does not want to wait. */
  final void await(Readiness readiness, Waiting waiting) {
    if (!guestWaits()) {
      throw new WasiError(Errno.AGAIN);
    }
    readiness.await(waiting);
  }

  /** A socket that listens. */
  static final class Listener extends Socket<ServerSocketChannel> {
    private final Readiness toAccept;

    /** For a channel that the guest is given, and that stays the giver's. */
    Listener(ServerSocketChannel channel) throws IOException {
      super(channel);
      toAccept = new Readiness(channel, SelectionKey.OP_ACCEPT);
    }

    @Override
    void dispose() {
      toAccept.close();
    }

    @Override
    long rights() {
      return Rights.OF_LISTENER;
    }

    /** Accepts a connection, with flags of its own. */
    Connection accept(int flags, Waiting waiting) {
      checkFlags(flags);
      try {
        while (true) {
          SocketChannel accepted = channel.accept();
          if (accepted != null) {
            Connection connection;
            try {
              connection = new Connection(accepted);
            } catch (IOException | RuntimeException e) {
              accepted.close();
              throw e;
            }
            connection.setFlags(flags);
            return connection;
          }
          await(toAccept, waiting);
        }
      } catch (IOException e) {
        throw PathErrors.of(e);
      }
    }

    @Override
    long ready(boolean toRead) {
      return toRead && toAccept.isNow() ? 1 : -1;
    }
  }

  /** A connection. */
  static final class Connection extends Socket<SocketChannel> {
    private static final int CHUNK = 64 * 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** The most that is sent at once, since the result has 32 bits. */
    private static final long MAX_TRANSFER = 1L << 30;

    private final Readiness toRead;
    private final Readiness toWrite;

    /** What was read ahead for a guest that only wanted to look; from its position on. Of whose turn it is to read. */
    private ByteBuffer ahead = EMPTY;

    private boolean ended;

    Connection(SocketChannel channel) throws IOException {
      super(channel);
      toRead = new Readiness(channel, SelectionKey.OP_READ);
      toWrite = new Readiness(channel, SelectionKey.OP_WRITE);
    }

    @Override
    void dispose() {
      try {
        toRead.close();
        toWrite.close();
      } finally {
        try {
          channel.close();
        } catch (IOException e) {
          throw PathErrors.of(e);
        }
      }
    }

    @Override
    long rights() {
      return Rights.OF_CONNECTION;
    }

    @Override
    long ready(boolean reading) {
      if (!reading) {
        return toWrite.isNow() ? 1 : -1;
      }
      if (!toRead.tryEnter()) {
        return -1; // another thread takes what comes
      }
      try {
        return ahead.hasRemaining() ? ahead.remaining() : ended || toRead.isNow() ? 1 : -1;
      } finally {
        toRead.leave();
      }
    }

    /** Fills the buffer if it is empty; false if it can't be done without waiting. */
    private boolean fill() throws IOException {
      if (ahead.hasRemaining() || ended) {
        return true;
      }
      if (ahead == EMPTY) {
        ahead = ByteBuffer.allocate(CHUNK);
      }
      ahead.clear();
      int got = -1;
      try {
        got = channel.read(ahead);
      } finally {
        ahead.flip();
      }
      ended = got < 0;
      return got != 0;
    }

    /** Waits for more; false if that ends in an error after something has been received, which comes first. */
    private boolean refill(long total, Waiting waiting) throws IOException {
      while (!fill()) {
        try {
          await(toRead, waiting);
        } catch (WasiError e) {
          if (total > 0) {
            return false;
          }
          throw e;
        }
      }
      waiting.check();
      return true;
    }

    @Override
    long read(MemorySegment[] ranges, Waiting waiting) {
      return receive(ranges, false, false, waiting);
    }

    /**
     * Receives what is there, after waiting for the first byte.
     *
     * @param peek whether it is to stay there
     * @param all whether to wait until the ranges are full or the connection ends
     */
    long receive(MemorySegment[] ranges, boolean peek, boolean all, Waiting waiting) {
      long wanted = 0;
      for (MemorySegment range : ranges) {
        wanted += range.byteSize();
      }
      if (wanted == 0) {
        return 0;
      }
      if (guestWaits()) {
        toRead.enter(waiting);
      } else if (!toRead.tryEnter()) {
        throw new WasiError(Errno.AGAIN);
      }
      try {
        return receiveHere(ranges, peek, all, waiting);
      } catch (IOException e) {
        throw PathErrors.of(e);
      } finally {
        toRead.leave();
      }
    }

    private long receiveHere(MemorySegment[] ranges, boolean peek, boolean all, Waiting waiting) throws IOException {
      while (!fill()) {
        await(toRead, waiting);
      }
      int position = ahead.position();
      long total = 0;
      for (MemorySegment range : ranges) {
        long at = 0;
        while (at < range.byteSize()) {
          if (!ahead.hasRemaining() && !peek && (all || total == 0) && !ended && !refill(total, waiting)) {
            return total;
          }
          int length = (int) Math.min(range.byteSize() - at, ahead.remaining());
          if (length == 0) {
            break;
          }
          MemorySegment.copy(ahead.array(), ahead.position(), range, ValueLayout.JAVA_BYTE, at, length);
          ahead.position(ahead.position() + length);
          at += length;
          total += length;
          if (total > MAX_TRANSFER) {
            return total;
          }
        }
      }
      if (peek) {
        ahead.position(position);
      }
      return total;
    }

    /** Sends all, unless the guest does not wait: then as much as there is room for. */
    @Override
    long write(MemorySegment[] ranges, Waiting waiting) {
      long total = 0;
      try {
        for (MemorySegment range : ranges) {
          for (long at = 0; at < range.byteSize(); ) {
            long length = Math.min(CHUNK, range.byteSize() - at);
            int sent = channel.write(ByteBuffer.wrap(range.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE)));
            at += sent;
            total += sent;
            if (total > MAX_TRANSFER) {
              return total;
            }
            waiting.check();
            if (sent == 0) {
              try {
                await(toWrite, waiting);
              } catch (WasiError e) {
                if (total > 0) {
                  return total;
                }
                throw e;
              }
            }
          }
        }
        return total;
      } catch (IOException e) {
        if (total > 0) {
          return total;
        }
        throw new WasiError(Errno.PIPE);
      }
    }

    void shutdown(boolean reading, boolean writing) {
      try {
        if (reading) {
          channel.shutdownInput();
        }
        if (writing) {
          channel.shutdownOutput();
        }
      } catch (NotYetConnectedException e) {
        throw new WasiError(Errno.NOTCONN);
      } catch (IOException e) {
        throw PathErrors.of(e);
      }
    }
  }
}
