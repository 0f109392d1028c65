package dev.gatun.wasi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A stream socket that the guest was given or has accepted. The channel is in non-blocking mode; whether the guest
 * waits is decided here. Operations of a kind are to be called by one thread of the guest at a time.
 */
abstract class Socket<C extends SelectableChannel> extends Descriptor {
  final C channel;
  private final Selector selector;
  private final SelectionKey key;
  private volatile int flags;

  /** Takes a channel, puts it into non-blocking mode and watches it. */
  Socket(C channel, int operations) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
    selector = channel.provider().openSelector();
    try {
      key = channel.register(selector, operations);
    } catch (IOException | RuntimeException e) {
      selector.close();
      throw e;
    }
  }

  @Override
  void dispose() {
    try {
      selector.close();
    } catch (IOException e) {
      throw PathErrors.of(e);
    }
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

  /** Whether one of some operations can be done now. */
  final boolean isReady(int operations) {
    return select(operations, 0);
  }

  private synchronized boolean select(int operations, long milliseconds) {
    try {
      key.interestOps(operations);
      int ready = milliseconds == 0 ? selector.selectNow() : selector.select(milliseconds);
      selector.selectedKeys().clear();
      return ready > 0;
    } catch (IOException e) {
      throw PathErrors.of(e);
    } catch (CancelledKeyException e) {
      throw new WasiError(Errno.BADF);
    }
  }

  /** Waits until one of some operations may be done, or fails if the guest does not want to wait. */
  final void await(int operations, Waiting waiting) {
    if ((flags & Flags.NONBLOCK) != 0) {
      throw new WasiError(Errno.AGAIN);
    }
    while (!select(operations, Waiting.SLICE / 1_000_000)) {
      waiting.check();
    }
  }

  /** A socket that listens. */
  static final class Listener extends Socket<ServerSocketChannel> {
    /** For a channel that the guest is given, and that stays the giver's. */
    Listener(ServerSocketChannel channel) throws IOException {
      super(channel, SelectionKey.OP_ACCEPT);
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
          await(SelectionKey.OP_ACCEPT, waiting);
        }
      } catch (IOException e) {
        throw PathErrors.of(e);
      }
    }

    @Override
    long ready(boolean toRead) {
      return toRead && isReady(SelectionKey.OP_ACCEPT) ? 1 : -1;
    }
  }

  /** A connection. */
  static final class Connection extends Socket<SocketChannel> {
    private static final int CHUNK = 64 * 1024;

    /** The most that is sent at once, since the result has 32 bits. */
    private static final long MAX_TRANSFER = 1L << 30;

    /** What was read ahead for a guest that only wanted to look; from its position on. */
    private final ByteBuffer ahead = ByteBuffer.allocate(CHUNK).limit(0);

    private boolean ended;

    Connection(SocketChannel channel) throws IOException {
      super(channel, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    @Override
    void dispose() {
      try {
        super.dispose();
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
    long ready(boolean toRead) {
      if (!toRead) {
        return isReady(SelectionKey.OP_WRITE) ? 1 : -1;
      }
      return ahead.hasRemaining() ? ahead.remaining() : ended || isReady(SelectionKey.OP_READ) ? 1 : -1;
    }

    /** Fills the buffer if it is empty; false if it can't be done without waiting. */
    private boolean fill() throws IOException {
      if (ahead.hasRemaining() || ended) {
        return true;
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
          await(SelectionKey.OP_READ, waiting);
        } catch (WasiError e) {
          if (total > 0) {
            return false;
          }
          throw e;
        }
      }
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
      try {
        while (!fill()) {
          await(SelectionKey.OP_READ, waiting);
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
      } catch (IOException e) {
        throw PathErrors.of(e);
      }
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
            if (sent == 0) {
              try {
                await(SelectionKey.OP_WRITE, waiting);
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
