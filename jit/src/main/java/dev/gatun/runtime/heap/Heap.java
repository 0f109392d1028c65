package dev.gatun.runtime.heap;

import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.SizeClasses;
import dev.gatun.layout.StoreLayout;
import dev.gatun.memory.ReservedRegion;
import dev.gatun.runtime.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * The heap of one store: objects that wasm allocates, exceptions, and the objects that stand for Java objects behind
 * externref. Outside of the Java heap; an object never moves. Used by the thread that uses the store.
 *
 * <p>Small objects lie in cells of blocks of one {@linkplain SizeClasses size class}; the free cells of one block of
 * each class are linked from the store's record, where emitted code takes them. When a list is empty, a block that the
 * last collection has left to be swept is swept, or a fresh one is taken, or a collection is made: marking from the
 * roots of {@link Owner}, then sweeping on demand. Larger objects have runs of blocks.
 *
 * <p>Collections are made in {@link #safepoint}, {@link #collectAndAllocate}, {@link #allocateArray} and {@link
 * #collect}, nowhere else. Java code that holds a reference as a number must have it where the owner finds it (in cells
 * on the wasm stack, say) when it calls one of these. {@link #allocate} makes none.
 */
public final class Heap implements AutoCloseable {
  /** What a heap needs of the store that owns it. */
  public interface Owner {
    /** Marks every reference from outside of the heap. */
    void markRoots(Marker marker);

    /**
     * Lets go of objects that Java code held and has dropped, as far as that can be told; called before the heap is
     * given up as full.
     *
     * @return whether a collection may find more garbage now
     */
    boolean releaseDropped();

    /** What to throw when the heap is full. */
    RuntimeException outOfMemory();
  }

  /** A collection is not worth it below this. */
  private static final long MIN_THRESHOLD = 8L << 20;

  /** Java objects that may have been handed in since the last collection before they are a reason for one. */
  private static final int MIN_HOST_THRESHOLD = 10_000;

  private final boolean stress = Boolean.getBoolean("gatun.gc.stress");
  private final Owner owner;
  private final ReservedRegion region;
  private final BlockTable blocks;
  private final Marker marker;
  private final HostObjects hosts = new HostObjects();

  /** Where the lists of free cells start: in the store's record, or in none that emitted code sees when stressed. */
  private final long freeCells;

  private final long[] stressedFreeCells = new long[SizeClasses.COUNT];

  /** Blocks in use at which the next collection is due. */
  private int threshold;

  private int hostThreshold = MIN_HOST_THRESHOLD;
  private long collections;

  /**
   * An empty heap.
   *
   * @param limit bytes it may grow to, rounded down to blocks of 64 KiB
   * @param storeRecord address of the {@link StoreLayout} record
   */
  public Heap(long limit, long storeRecord, Owner owner) {
    this.owner = owner;
    region = new ReservedRegion(Math.max(limit & -SizeClasses.BLOCK, SizeClasses.BLOCK), "the heap of a store");
    blocks = new BlockTable(region, (int) (Math.max(limit, SizeClasses.BLOCK) / SizeClasses.BLOCK));
    marker = new Marker(blocks);
    freeCells = storeRecord + StoreLayout.FREE_CELLS;
    threshold = threshold(0);
    for (int size = 0; size <= SizeClasses.SMALL; size += 8) {
      NativeMemory.putByte(storeRecord + StoreLayout.SIZE_CLASSES + size / 8, (byte) SizeClasses.of(size));
    }
  }

  /** The addresses of the heap, for whoever must give them back when the store is gone. */
  public ReservedRegion region() {
    return region;
  }

  /** Whether an address is in the part that is or was in use. */
  public boolean contains(long address) {
    return address >= region.base() && address - region.base() < region.committed();
  }

  /** Collections so far. */
  public long collections() {
    return collections;
  }

  /** Bytes of the blocks in use. */
  public long used() {
    return (long) blocks.used() * SizeClasses.BLOCK;
  }

  private int threshold(int live) {
    long wanted = Math.max(MIN_THRESHOLD / SizeClasses.BLOCK, 2L * live);
    return (int) Math.min(wanted, blocks.limit());
  }

  // Free cells.

  private long firstFree(int sizeClass) {
    return stress ? stressedFreeCells[sizeClass] : NativeMemory.getLong(freeCells + 8L * sizeClass);
  }

  private void setFirstFree(int sizeClass, long cell) {
    if (stress) {
      stressedFreeCells[sizeClass] = cell;
    } else {
      NativeMemory.putLong(freeCells + 8L * sizeClass, cell);
    }
  }

  // Allocation.

  /**
   * Makes a collection if one is due before an object is allocated. Afterwards there is room for one such object,
   * unless the heap is full.
   *
   * @param size bytes of the object
   */
  public void safepoint(long size) {
    int sizeClass = SizeClasses.of(size);
    if (!stress && hosts.added() <= hostThreshold) {
      if (sizeClass >= 0 && (firstFree(sizeClass) != 0 || sweep(sizeClass))) {
        return;
      }
      if (blocks.used() + run(size) <= threshold) {
        return;
      }
    }
    collect();
    threshold = (int) Math.max(threshold, Math.min(blocks.used() + run(size), blocks.limit()));
  }

  /** Blocks that an object may need. */
  private static long run(long size) {
    return size + SizeClasses.BLOCK - 1 >>> 16;
  }

  private boolean sweep(int sizeClass) {
    long cell = blocks.sweepNext(sizeClass);
    if (cell == 0) {
      return false;
    }
    setFirstFree(sizeClass, cell);
    return true;
  }

  /**
   * Allocates an object of fixed size; its fields are zero. Makes no collection.
   *
   * @throws RuntimeException what the owner throws when the heap is full
   */
  public long allocate(Rtt type) {
    return allocate(type.address(), type.size());
  }

  /**
   * Allocates an array; its elements are zero. May collect before.
   *
   * @param type address of its type's record
   * @param length in elements, unsigned
   * @throws RuntimeException what the owner throws when the heap is full
   */
  public long allocateArray(long type, int length) {
    long array = collectAndAllocate(type, arraySize(type, length));
    NativeMemory.putInt(array + ObjectLayout.ARRAY_LENGTH, length);
    return array;
  }

  /** Bytes of an array of a type with an unsigned length. */
  public static long arraySize(long type, int length) {
    long element = NativeMemory.getInt(type + RttLayout.SIZE);
    return ObjectLayout.ELEMENTS + (length & 0xffff_ffffL) * element;
  }

  /**
   * Allocates an object, all zero behind its first word. Makes no collection.
   *
   * @param type address of its type's record
   * @param size in bytes
   * @throws RuntimeException what the owner throws when the heap is full
   */
  public long allocate(long type, long size) {
    long address = tryAllocate(type, size);
    if (address == 0) {
      throw owner.outOfMemory();
    }
    return address;
  }

  /**
   * {@link #safepoint} and {@link #allocate} in one, for callers whose references are all where the owner finds them.
   */
  public long collectAndAllocate(long type, long size) {
    safepoint(size);
    long address = tryAllocate(type, size);
    if (address == 0) {
      // There may be room, but in the wrong places.
      collect();
      address = tryAllocate(type, size);
      if (address == 0 && owner.releaseDropped()) {
        collect();
        address = tryAllocate(type, size);
      }
      if (address == 0) {
        throw owner.outOfMemory();
      }
    }
    return address;
  }

  private long tryAllocate(long type, long size) {
    int sizeClass = SizeClasses.of(size);
    if (sizeClass < 0) {
      return tryAllocateLarge(type, size);
    }
    long cell = firstFree(sizeClass);
    if (cell == 0 && !sweep(sizeClass)) {
      setFirstFree(sizeClass, blocks.takeBlock(sizeClass));
    }
    cell = firstFree(sizeClass);
    if (cell != 0) {
      setFirstFree(sizeClass, NativeMemory.getLong(cell + ObjectLayout.NEXT_FREE));
      NativeMemory.fill(cell + ObjectLayout.FIELDS, (size + 7 >>> 3) - 1, 0);
      NativeMemory.putLong(cell + ObjectLayout.RTT, type);
    }
    return cell;
  }

  private long tryAllocateLarge(long type, long size) {
    long run = run(size);
    int block = run > blocks.limit() ? -1 : blocks.takeRun((int) run);
    if (block < 0) {
      return 0;
    }
    long address = blocks.address(block);
    NativeMemory.putLong(address + ObjectLayout.RTT, type);
    return address;
  }

  // Java objects.

  /** The object that stands for a Java object: always the same one as long as wasm holds it. Makes no collection. */
  public long handle(Object object) {
    long known = hosts.find(object);
    if (known != 0) {
      return known;
    }
    long address = allocate(Rtt.HOST);
    NativeMemory.putLong(address + ObjectLayout.HOST_INDEX, hosts.add(object, address));
    return address;
  }

  /** The Java object for which an object of the heap stands; null if it is of another kind. */
  public @Nullable Object host(long address) {
    return NativeMemory.getLong(address + ObjectLayout.RTT) == Rtt.HOST.address()
        ? hosts.get((int) NativeMemory.getLong(address + ObjectLayout.HOST_INDEX))
        : null;
  }

  // Collection.

  /** Collects: what can't be reached any more is free afterwards. */
  public void collect() {
    collections++;
    for (int i = 0; i < SizeClasses.COUNT; i++) {
      setFirstFree(i, 0);
    }
    blocks.startMarking();
    owner.markRoots(marker);
    marker.drain();
    hosts.sweep(blocks);
    int live = blocks.endMarking(stress);
    threshold = threshold(live);
    hostThreshold = Math.max(MIN_HOST_THRESHOLD, hosts.size());
  }

  @Override
  public void close() {
    region.close();
  }
}
