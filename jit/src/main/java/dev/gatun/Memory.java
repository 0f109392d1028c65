package dev.gatun;

import dev.gatun.memory.LinearMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A linear memory of a store. To be used by the thread that uses the store; one that is shared by any number of threads
 * at once, and modules in other stores may import it: it lives until the last of these stores is closed.
 *
 * <p>Accesses beyond its end throw {@link IndexOutOfBoundsException}; accesses after its store is closed throw
 * {@link IllegalStateException}.
 */
public final class Memory implements Extern {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Store store;
  private final LinearMemory memory;
  private final MemoryType declared;

  Memory(Store store, LinearMemory memory, MemoryType declared) {
    this.store = store;
    this.memory = memory;
    this.declared = declared;
  }

  /**
   * Creates a memory of zeros.
   *
   * @throws IllegalArgumentException if the limits contradict each other, or exceed what its addresses can name
   * @throws MemoryLimitException if the store's {@link Limits} do not allow it
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
    store.checkOpen();
    boolean possible = Long.compareUnsigned(delta, memory.maxPages() - memory.pages()) <= 0;
    boolean granted = !possible || store.quota().grantsMemory(delta, memory.pageSizeLog2());
    return store.watch().grow(memory, delta, granted);
  }

  /** The memory's bytes: exactly its current size; ask again after it has grown. */
  public MemorySegment segment() {
    return memory.segment();
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

  /** Copies bytes out. */
  public byte[] read(long address, int length) {
    return memory.segment().asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Copies bytes in. */
  public void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory.segment(), ValueLayout.JAVA_BYTE, address, bytes.length);
  }

  /** Decodes UTF-8; what is malformed becomes U+FFFD. */
  public String readString(long address, int length) {
    return new String(read(address, length), StandardCharsets.UTF_8);
  }

  public byte readByte(long address) {
    return memory.segment().get(ValueLayout.JAVA_BYTE, address);
  }

  public void writeByte(long address, byte value) {
    memory.segment().set(ValueLayout.JAVA_BYTE, address, value);
  }

  public short readShort(long address) {
    return memory.segment().get(SHORT, address);
  }

  public void writeShort(long address, short value) {
    memory.segment().set(SHORT, address, value);
  }

  public int readInt(long address) {
    return memory.segment().get(INT, address);
  }

  public void writeInt(long address, int value) {
    memory.segment().set(INT, address, value);
  }

  public long readLong(long address) {
    return memory.segment().get(LONG, address);
  }

  public void writeLong(long address, long value) {
    memory.segment().set(LONG, address, value);
  }

  LinearMemory linear() {
    return memory;
  }

  Store store() {
    return store;
  }
}
