package dev.gatun;

import dev.gatun.Tenancy.Tenure;
import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.MemoryView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory of a store. To be used by the thread that uses the store; one that is shared by any number of threads
 * at once, and modules in other stores may import it: it lives until the last of these stores is closed.
 *
 * <p>Accesses beyond its end throw {@link IndexOutOfBoundsException}; accesses after its store is closed, or while
 * another thread is in it, throw {@link IllegalStateException}.
 *
 * {@snippet class="dev.gatun.snippets.MemorySnippets" region="access"}
 */
public final class Memory implements Extern {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Store store;
  private final LinearMemory memory;
  private final MemoryType declared;

  /** This store's alone, unless the memory is shared: what the next store of a pool has is another. */
  private final MemoryView view;

  Memory(Store store, LinearMemory memory, MemoryType declared) {
    this.store = store;
    this.memory = memory;
    this.declared = declared;
    this.view = memory.view();
  }

  /**
   * Creates a memory of zeros.
   *
   * @throws IllegalArgumentException if the limits contradict each other, or exceed what its addresses can name
   * @throws MemoryLimitException if the store's {@link Limits} do not allow it
   * @throws dev.gatun.system.OutOfAddressSpaceException if the system has no room for it
   */
  public static Memory create(Store store, MemoryType type) {
    LinearMemory.Plan plan = plan(type, false);
    long largest = largestSize(type);
    if (type.shared() && type.maxPages().isEmpty()) {
      throw new IllegalArgumentException("a shared memory must have a maximum: " + type);
    }
    if (Long.compareUnsigned(plan.minPages(), plan.maxPages()) > 0
        || Long.compareUnsigned(plan.maxPages(), largest) > 0) {
      throw new IllegalArgumentException("no such memory: " + type);
    }
    store.quota().claimMemory(plan.minPages(), plan.pageSizeLog2());
    boolean guarded = isGuardable(type) && store.engine().usesGuardPages();
    return store.addMemory(LinearMemory.create(plan(type, guarded), null), type);
  }

  /** The same memory, which must be shared, as one of another store. */
  Memory in(Store other) {
    if (other == store) {
      return this;
    }
    other.quota().claimMemory(memory.pages(), memory.pageSizeLog2());
    return other.addMemory(memory, declared);
  }

  /** Whether several stores may use it at once. */
  boolean isShared() {
    return declared.shared();
  }

  /** How the memory of a type is laid out. */
  static LinearMemory.Plan plan(MemoryType type, boolean guarded) {
    int pageSizeLog2 = Integer.numberOfTrailingZeros(type.pageSize());
    return new LinearMemory.Plan(
        type.minPages(), type.maxPages().orElse(largestSize(type)), pageSizeLog2, guarded);
  }

  /** The size that addresses can name, in pages; unsigned. */
  private static long largestSize(MemoryType type) {
    long largest = type.addressType() == ValType.I32 ? 0xffff_ffffL : -1;
    return type.pageSize() == 1 ? largest : (largest >>> 16) + 1;
  }

  private static boolean isGuardable(MemoryType type) {
    return type.addressType() == ValType.I32 && type.pageSize() == MemoryType.DEFAULT_PAGE_SIZE;
  }

  /** The type, with the current size as the minimum. */
  @Override
  public MemoryType type() {
    return new MemoryType(
        memory.pages(), declared.maxPages(), declared.addressType(), declared.shared(), declared.pageSize());
  }

  /** Whether addresses have 64 bits. */
  boolean isWide() {
    return declared.addressType() == ValType.I64;
  }

  /** Current size in pages. */
  public long pages() {
    store.checkOpen();
    return memory.pages();
  }

  /** Current size in bytes. */
  public long byteSize() {
    store.checkOpen();
    return memory.byteSize();
  }

  /**
   * Grows the memory.
   *
   * @param delta pages to add
   * @return the old size in pages, or -1 if the maximum or the system does not allow it
   * @throws MemoryLimitException if the store's {@link Limits} do not allow it, unless they say that it is refused
   */
  public long grow(long delta) {
    store.access();
    try {
      boolean possible = Long.compareUnsigned(delta, memory.maxPages() - memory.pages()) <= 0;
      boolean granted = !possible || store.quota().grantsMemory(delta, memory.pageSizeLog2());
      return store.watch().grow(memory, delta, granted);
    } finally {
      store.release();
    }
  }

  /**
   * The memory's bytes: exactly its current size; ask again after it has grown. Once a segment has been asked for, it
   * takes about 20 µs more to close the store or to return the instance to its pool; the other methods cost nothing.
   */
  public MemorySegment segment() {
    return memory.segment(view);
  }

  /** The bytes without a scope, for those who are in the store and do not hand them out. */
  MemorySegment bytes() {
    return memory.bytes();
  }

  /** Begins an access: keeps the store from being closed, unless the memory is shared and guards itself. */
  private @Nullable Tenure begin() {
    return isShared() ? null : store.access();
  }

  private MemorySegment bytes(@Nullable Tenure tenure) {
    return tenure == null ? memory.segment(view) : memory.bytes();
  }

  private void end(@Nullable Tenure tenure) {
    if (tenure != null) {
      store.release(tenure);
    }
  }

  /**
   * A part of the memory; its addresses are valid as long as those of {@link #segment} are.
   *
   * @param address of the first byte
   * @param length in bytes
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public MemorySegment slice(long address, long length) {
    return segment().asSlice(address, length);
  }

  // Bulk.

  /**
   * Copies bytes out.
   *
   * @param address of the first byte
   * @param length in bytes
   * @throws IndexOutOfBoundsException if they are not within the current size
   */
  public byte[] read(long address, int length) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      end(tenure);
    }
  }

  /**
   * Copies bytes out, into a part of an array.
   *
   * @param address of the first byte
   * @param offset of the first byte in the array
   * @param length in bytes
   * @throws IndexOutOfBoundsException if they are not within the current size, or not within the array; nothing is
   *     copied then
   */
  public void read(long address, byte[] target, int offset, int length) {
    Tenure tenure = begin();
    try {
      MemorySegment.copy(bytes(tenure), ValueLayout.JAVA_BYTE, address, target, offset, length);
    } finally {
      end(tenure);
    }
  }

  /**
   * Fills a segment with the bytes at an address.
   *
   * @throws IndexOutOfBoundsException if they are not within the current size; nothing is copied then
   */
  public void read(long address, MemorySegment target) {
    Tenure tenure = begin();
    try {
      MemorySegment.copy(bytes(tenure), address, target, 0, target.byteSize());
    } finally {
      end(tenure);
    }
  }

  /**
   * Fills what remains of a buffer with the bytes at an address; its position becomes its limit.
   *
   * @throws IndexOutOfBoundsException if they are not within the current size; nothing is copied then
   * @throws java.nio.ReadOnlyBufferException if the buffer is not to be written
   */
  public void read(long address, ByteBuffer target) {
    Tenure tenure = begin();
    try {
      target.put(bytes(tenure).asSlice(address, target.remaining()).asByteBuffer());
    } finally {
      end(tenure);
    }
  }

  /**
   * Copies bytes in.
   *
   * @param address where the first goes
   * @throws IndexOutOfBoundsException if there is no room for all within the current size; nothing is copied then
   */
  public void write(long address, byte[] bytes) {
    write(address, bytes, 0, bytes.length);
  }

  /**
   * Copies a part of an array in.
   *
   * @param address where the first byte goes
   * @param offset of the first byte in the array
   * @param length in bytes
   * @throws IndexOutOfBoundsException if there is no room for all within the current size, or they are not within the
   *     array; nothing is copied then
   */
  public void write(long address, byte[] source, int offset, int length) {
    Tenure tenure = begin();
    try {
      MemorySegment.copy(source, offset, bytes(tenure), ValueLayout.JAVA_BYTE, address, length);
    } finally {
      end(tenure);
    }
  }

  /**
   * Copies a segment in, which may be part of this memory.
   *
   * @throws IndexOutOfBoundsException if there is no room for all within the current size; nothing is copied then
   */
  public void write(long address, MemorySegment source) {
    Tenure tenure = begin();
    try {
      MemorySegment.copy(source, 0, bytes(tenure), address, source.byteSize());
    } finally {
      end(tenure);
    }
  }

  /**
   * Copies what remains of a buffer in; its position becomes its limit.
   *
   * @throws IndexOutOfBoundsException if there is no room for all within the current size; nothing is copied then
   */
  public void write(long address, ByteBuffer source) {
    Tenure tenure = begin();
    try {
      bytes(tenure).asSlice(address, source.remaining()).asByteBuffer().put(source);
    } finally {
      end(tenure);
    }
  }

  /**
   * Sets bytes to a value.
   *
   * @param address of the first byte
   * @param length in bytes
   * @throws IndexOutOfBoundsException if they are not within the current size; nothing is set then
   */
  public void fill(long address, long length, byte value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).asSlice(address, length).fill(value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Copies bytes within the memory, as if through a buffer: the places may overlap.
   *
   * @param from address of the first byte
   * @param to where it goes
   * @param length in bytes
   * @throws IndexOutOfBoundsException if a place is not within the current size; nothing is copied then
   */
  public void copy(long from, long to, long length) {
    Tenure tenure = begin();
    try {
      MemorySegment all = bytes(tenure);
      MemorySegment.copy(all, from, all, to, length);
    } finally {
      end(tenure);
    }
  }

  // Strings.

  /**
   * Decodes UTF-8; what is malformed becomes U+FFFD.
   *
   * @param address of the first byte
   * @param length in bytes
   * @throws IndexOutOfBoundsException if they are not within the current size
   */
  public String readString(long address, int length) {
    return new String(read(address, length), StandardCharsets.UTF_8);
  }

  /**
   * Decodes UTF-8 that ends before a zero byte, as strings of C do; what is malformed becomes U+FFFD.
   *
   * @param address of the first byte
   * @param limit the most bytes that may come before the zero
   * @throws IndexOutOfBoundsException if there is no zero after at most so many bytes, or before the memory's end
   */
  public String readCString(long address, int limit) {
    Tenure tenure = begin();
    try {
      MemorySegment all = bytes(tenure);
      if (address < 0 || address > all.byteSize()) {
        throw new IndexOutOfBoundsException("address " + address + " in a memory of " + all.byteSize() + " bytes");
      }
      long end = Math.min(all.byteSize(), address + limit + 1);
      for (long at = address; at < end; at++) {
        if (all.get(ValueLayout.JAVA_BYTE, at) == 0) {
          return readString(address, (int) (at - address));
        }
      }
      throw new IndexOutOfBoundsException(
          "the string at " + address + " has no end within " + limit + " bytes and the memory's " + all.byteSize());
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes a string as UTF-8, without a zero at its end; what can't be encoded becomes a question mark.
   *
   * @return how many bytes were written
   * @throws IndexOutOfBoundsException if there is no room for all within the current size; nothing is written then
   */
  public int writeString(long address, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(address, bytes);
    return bytes.length;
  }

  /**
   * Writes a string as UTF-8 with a zero byte at its end, as those of C.
   *
   * @return how many bytes were written, the zero included
   * @throws IndexOutOfBoundsException if there is no room for all within the current size; nothing is written then
   * @throws IllegalArgumentException if the string has a zero in it
   */
  public int writeCString(long address, String text) {
    if (text.indexOf(0) >= 0) {
      throw new IllegalArgumentException("a string of C can't have a zero in it: at index " + text.indexOf(0));
    }
    return writeString(address, text + '\0');
  }

  // Numbers, in little-endian order, at any address.

  /**
   * Reads a byte.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public byte readByte(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(ValueLayout.JAVA_BYTE, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes a byte.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeByte(long address, byte value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(ValueLayout.JAVA_BYTE, address, value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Reads 16 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public short readShort(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(SHORT, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes 16 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeShort(long address, short value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(SHORT, address, value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Reads 32 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public int readInt(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(INT, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes 32 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeInt(long address, int value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(INT, address, value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Reads 64 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public long readLong(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(LONG, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes 64 bits.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeLong(long address, long value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(LONG, address, value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Reads an f32.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public float readFloat(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(FLOAT, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes an f32.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeFloat(long address, float value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(FLOAT, address, value);
    } finally {
      end(tenure);
    }
  }

  /**
   * Reads an f64.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public double readDouble(long address) {
    Tenure tenure = begin();
    try {
      return bytes(tenure).get(DOUBLE, address);
    } finally {
      end(tenure);
    }
  }

  /**
   * Writes an f64.
   *
   * @param address of its first byte, aligned or not
   * @throws IndexOutOfBoundsException if it is not within the current size
   */
  public void writeDouble(long address, double value) {
    Tenure tenure = begin();
    try {
      bytes(tenure).set(DOUBLE, address, value);
    } finally {
      end(tenure);
    }
  }

  LinearMemory linear() {
    return memory;
  }

  Store store() {
    return store;
  }
}
