package dev.gatun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The strings and bytes of one call: copied into the guest's memory before it, out of it and freed after it. */
final class Transfer {
  private static final long[] NONE = {};

  private final GuestMemory guest;

  /** Address and size of what has been allocated, in pairs. */
  private long[] allocated = NONE;

  private int count;
  private long address;
  private long length;

  Transfer(GuestMemory guest) {
    this.guest = guest;
  }

  // Into the guest. Each returns the address, and leaves the length.

  long pass(@Nullable String text) {
    return text == null ? passNothing() : pass(text.getBytes(StandardCharsets.UTF_8));
  }

  long pass(byte @Nullable [] bytes) {
    if (bytes == null) {
      return passNothing();
    }
    long at = allocate(bytes.length);
    guest.memory().write(at, bytes);
    return at;
  }

  long pass(@Nullable ByteBuffer buffer) {
    return buffer == null ? passNothing() : pass(MemorySegment.ofBuffer(buffer));
  }

  /** What lies in the guest's memory already is not copied. */
  long pass(@Nullable MemorySegment segment) {
    if (segment == null) {
      return passNothing();
    }
    MemorySegment memory = guest.memory().segment();
    long offset = segment.address() - memory.address();
    if (segment.isNative()
        && segment.scope().isAlive()
        && offset >= 0
        && offset <= memory.byteSize()
        && segment.byteSize() <= memory.byteSize() - offset) {
      length = segment.byteSize();
      return offset;
    }
    long at = allocate(segment.byteSize());
    MemorySegment.copy(segment, 0, guest.memory().segment(), at, segment.byteSize());
    return at;
  }

  private long passNothing() {
    length = 0;
    return 0;
  }

  private long allocate(long bytes) {
    long at = guest.allocate(bytes);
    if (2 * count == allocated.length) {
      allocated = Arrays.copyOf(allocated, Math.max(4, 2 * allocated.length));
    }
    allocated[2 * count] = at;
    allocated[2 * count + 1] = Math.max(1, bytes);
    count++;
    length = bytes;
    return at;
  }

  /** The length of what was passed last. */
  long length() {
    return length;
  }

  // Out of the guest: first where it is, then what.

  /** The name of the method that takes what is of a type. */
  static String taking(JavaType type) {
    return switch (type) {
      case STRING -> "takeString";
      case BYTES -> "takeBytes";
      case SEGMENT -> "takeSegment";
      case BUFFER -> "takeBuffer";
      default -> throw new AssertionError(type);
    };
  }

  void locate(long packed) {
    address = packed >>> 32;
    length = packed & 0xffff_ffffL;
  }

  void locate(long at, long bytes) {
    address = at;
    length = bytes;
  }

  void locate(@Nullable Object[] pair) {
    if (pair[0] instanceof Integer at && pair[1] instanceof Integer bytes) {
      address = at & 0xffff_ffffL;
      length = bytes & 0xffff_ffffL;
    } else if (pair[0] instanceof Long at && pair[1] instanceof Long bytes) {
      address = at;
      length = bytes;
    } else {
      throw new AssertionError(Arrays.toString(pair));
    }
  }

  private boolean isNothing() {
    return address == 0 && length == 0;
  }

  @Nullable String takeString(boolean freed) {
    byte[] bytes = takeBytes(freed);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  byte @Nullable [] takeBytes(boolean freed) {
    if (isNothing()) {
      return null;
    }
    byte[] bytes = view().toArray(ValueLayout.JAVA_BYTE);
    if (freed && !isAnArgument()) {
      guest.free(address, length);
    }
    return bytes;
  }

  /** A view, which is never freed here. */
  @SuppressWarnings("unused") // the flag: all have it
  @Nullable MemorySegment takeSegment(boolean freed) {
    return isNothing() ? null : view();
  }

  @SuppressWarnings("unused") // the flag: all have it
  @Nullable ByteBuffer takeBuffer(boolean freed) {
    return isNothing() ? null : view().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private MemorySegment view() {
    return guest.memory().slice(address, length);
  }

  /** Whether the guest has returned what it was given, or a part of it: that is freed as the argument. */
  private boolean isAnArgument() {
    for (int i = 0; i < count; i++) {
      long offset = address - allocated[2 * i];
      long size = allocated[2 * i + 1];
      if (offset >= 0 && (offset < size || offset == size && length == 0)) {
        return true;
      }
    }
    return false;
  }

  // The end.

  /** Frees the arguments. */
  void end() {
    while (count > 0) {
      count--;
      guest.free(allocated[2 * count], allocated[2 * count + 1]);
    }
  }

  /**
   * After the call has failed. The arguments are freed, but not after a trap: nobody knows what state the guest is in.
   *
   * @return what to throw
   */
  Throwable fail(Throwable thrown) {
    if (!(thrown instanceof Trap)) {
      try {
        end();
      } catch (RuntimeException | Error e) {
        if (e != thrown) {
          thrown.addSuppressed(e);
        }
      }
    }
    return thrown;
  }
}
