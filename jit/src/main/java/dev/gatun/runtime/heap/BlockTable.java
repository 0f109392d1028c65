package dev.gatun.runtime.heap;

import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.SizeClasses;
import dev.gatun.memory.ReservedRegion;
import dev.gatun.runtime.NativeMemory;
import java.util.Arrays;

/**
 * The blocks of a heap: which are free, which hold cells of which class or a part of a large object, which objects are
 * marked, and which blocks are still to be swept. For one thread.
 *
 * <p>In a block of cells, the first word of a free cell is 0, once the block has been swept; before, dead objects look
 * like live ones and are told apart by their marks. {@link #startMarking} makes all of them look free, so that a stale
 * word on the stack can't bring back an object whose referents are gone.
 */
final class BlockTable {
  private static final byte FREE = 0;
  private static final byte CELLS = 1;
  private static final byte LARGE = 2;
  private static final byte LARGE_TAIL = 3;

  private static final int SHIFT = 16;
  private static final long[] NO_MARKS = {};

  /** Marks of a block: a bit for each 8 bytes. */
  private static final int MARK_WORDS = SizeClasses.BLOCK / 8 / 64;

  /** Memory is made usable in steps of this many blocks. */
  private static final int COMMIT_STEP = 64;

  /** Pattern of freed cells while stressed. */
  private static final long POISON = 0xdead_beef_dead_beefL;

  private final ReservedRegion region;
  private final long base;
  private final int limit;

  /** Blocks below this have been used. */
  private int end;

  private int used;
  private byte[] state = new byte[COMMIT_STEP];
  private byte[] sizeClass = new byte[COMMIT_STEP];

  /** Of a block of cells: how many are marked. Of a large object's first block: how many blocks it has. */
  private int[] count = new int[COMMIT_STEP];

  private long[][] marks = new long[COMMIT_STEP][];

  /** Blocks that are free, and below {@link #end}; in no order. */
  private int[] freeBlocks = new int[COMMIT_STEP];

  private int freeCount;

  /** By class: blocks to be swept. */
  private final int[][] unswept = new int[SizeClasses.COUNT][];

  private final int[] unsweptCount = new int[SizeClasses.COUNT];
  private boolean stressed;

  BlockTable(ReservedRegion region, int limit) {
    this.region = region;
    this.base = region.base();
    this.limit = limit;
    Arrays.fill(unswept, new int[0]);
  }

  int limit() {
    return limit;
  }

  /** Blocks in use. */
  int used() {
    return used;
  }

  long address(int block) {
    return base + ((long) block << SHIFT);
  }

  // Taking blocks.

  private boolean extend(int blocks) {
    int wanted = end + blocks;
    if (wanted > limit) {
      return false;
    }
    long committed = region.committed() >>> SHIFT;
    if (wanted > committed) {
      long step = Math.min(limit, Math.max(wanted, committed + COMMIT_STEP));
      if (!region.commit(step << SHIFT)) {
        return false;
      }
    }
    if (wanted > state.length) {
      int capacity = Math.max(wanted, 2 * state.length);
      state = Arrays.copyOf(state, capacity);
      sizeClass = Arrays.copyOf(sizeClass, capacity);
      count = Arrays.copyOf(count, capacity);
      marks = Arrays.copyOf(marks, capacity);
      freeBlocks = Arrays.copyOf(freeBlocks, capacity);
    }
    for (int i = end; i < wanted; i++) {
      marks[i] = NO_MARKS;
    }
    end = wanted;
    return true;
  }

  /** Takes a block for cells of a class and links them; returns the first, or 0 if no block is to be had. */
  long takeBlock(int cells) {
    int block;
    if (freeCount > 0) {
      block = freeBlocks[--freeCount];
    } else if (extend(1)) {
      block = end - 1;
    } else {
      return 0;
    }
    used++;
    state[block] = CELLS;
    sizeClass[block] = (byte) cells;
    clearMarks(block);
    return link(block);
  }

  /** Takes adjacent blocks for one object, zeroed; returns the first, or -1 if they are not to be had. */
  int takeRun(int blocks) {
    int first = findRun(blocks);
    if (first >= 0) {
      forgetFree(first, blocks);
      region.discard((long) first << SHIFT, (long) blocks << SHIFT);
    } else {
      // Free blocks at the end are the start of the run.
      int tail = 0;
      while (tail < blocks && end - tail > 0 && state[end - tail - 1] == FREE) {
        tail++;
      }
      first = end - tail;
      if (!extend(blocks - tail)) {
        return -1;
      }
      forgetFree(first, tail);
      if (tail > 0) {
        region.discard((long) first << SHIFT, (long) tail << SHIFT);
      }
    }
    used += blocks;
    state[first] = LARGE;
    Arrays.fill(state, first + 1, first + blocks, LARGE_TAIL);
    count[first] = blocks;
    clearMarks(first);
    return first;
  }

  private int findRun(int blocks) {
    if (freeCount < blocks) {
      return -1;
    }
    int length = 0;
    for (int i = 0; i < end; i++) {
      length = state[i] == FREE ? length + 1 : 0;
      if (length == blocks) {
        return i - blocks + 1;
      }
    }
    return -1;
  }

  private void forgetFree(int first, int blocks) {
    int kept = 0;
    for (int i = 0; i < freeCount; i++) {
      int block = freeBlocks[i];
      if (block < first || block >= first + blocks) {
        freeBlocks[kept++] = block;
      }
    }
    freeCount = kept;
  }

  private void clearMarks(int block) {
    if (marks[block].length == 0) {
      marks[block] = new long[MARK_WORDS];
    } else {
      Arrays.fill(marks[block], 0);
    }
  }

  // Sweeping.

  /** Links the cells of a block that are not marked; returns the first, or 0 if there is none. */
  private long link(int block) {
    int size = SizeClasses.size(sizeClass[block]);
    long[] live = marks[block];
    long start = address(block);
    long next = 0;
    for (int at = (SizeClasses.perBlock(sizeClass[block]) - 1) * size; at >= 0; at -= size) {
      if ((live[at >>> 9] >>> (at >>> 3) & 1) == 0) {
        long cell = start + at;
        if (stressed) {
          NativeMemory.fill(cell, size >>> 3, POISON);
        }
        NativeMemory.putLong(cell + ObjectLayout.RTT, 0);
        NativeMemory.putLong(cell + ObjectLayout.NEXT_FREE, next);
        next = cell;
      }
    }
    return next;
  }

  /** Sweeps a block of a class that has free cells; returns the first of them, or 0 if no such block is left. */
  long sweepNext(int cells) {
    int waiting = unsweptCount[cells];
    if (waiting == 0) {
      return 0;
    }
    unsweptCount[cells] = waiting - 1;
    return link(unswept[cells][waiting - 1]);
  }

  // Marking.

  /** Whether a word is the address of an object: of a cell in use, or of a large object. */
  boolean isObject(long word) {
    long offset = word - base;
    if (Long.compareUnsigned(offset, (long) end << SHIFT) >= 0 || (offset & 7) != 0) {
      return false;
    }
    int block = (int) (offset >>> SHIFT);
    int inner = (int) offset & SizeClasses.BLOCK - 1;
    return switch (state[block]) {
      case CELLS -> {
        int size = SizeClasses.size(sizeClass[block]);
        yield inner % size == 0
            && inner / size < SizeClasses.perBlock(sizeClass[block])
            && NativeMemory.getLong(word + ObjectLayout.RTT) != 0;
      }
      case LARGE -> inner == 0;
      default -> false;
    };
  }

  boolean isMarked(long address) {
    long offset = address - base;
    int inner = (int) offset & SizeClasses.BLOCK - 1;
    return (marks[(int) (offset >>> SHIFT)][inner >>> 9] >>> (inner >>> 3) & 1) != 0;
  }

  /** Marks an object; returns whether it was not marked before. */
  boolean mark(long address) {
    long offset = address - base;
    int block = (int) (offset >>> SHIFT);
    int inner = (int) offset & SizeClasses.BLOCK - 1;
    long[] words = marks[block];
    long bit = 1L << (inner >>> 3);
    if ((words[inner >>> 9] & bit) != 0) {
      return false;
    }
    words[inner >>> 9] |= bit;
    if (state[block] == CELLS) {
      count[block]++;
    }
    return true;
  }

  /** Makes what the last collection found dead look free, and forgets all marks. */
  void startMarking() {
    for (int cells = 0; cells < SizeClasses.COUNT; cells++) {
      while (unsweptCount[cells] > 0) {
        link(unswept[cells][--unsweptCount[cells]]);
      }
    }
    for (int i = 0; i < end; i++) {
      if (state[i] == CELLS) {
        count[i] = 0;
        Arrays.fill(marks[i], 0);
      } else if (state[i] == LARGE) {
        Arrays.fill(marks[i], 0);
      }
    }
  }

  /** Frees the blocks in which nothing is marked, notes those to be swept, and returns how many are in use. */
  int endMarking(boolean poison) {
    stressed = poison;
    freeCount = 0;
    used = 0;
    for (int i = 0; i < end; i++) {
      switch (state[i]) {
        case CELLS -> {
          int cells = sizeClass[i];
          if (count[i] == 0) {
            free(i);
          } else {
            used++;
            if (count[i] < SizeClasses.perBlock(cells)) {
              addUnswept(cells, i);
            }
          }
        }
        case LARGE -> {
          int run = count[i];
          if ((marks[i][0] & 1) == 0) {
            for (int j = i; j < i + run; j++) {
              free(j);
            }
          } else {
            used += run;
          }
          i += run - 1;
        }
        default -> free(i); // free before; a LARGE_TAIL is passed over with its head
      }
    }
    return used;
  }

  private void free(int block) {
    state[block] = FREE;
    freeBlocks[freeCount++] = block;
  }

  private void addUnswept(int cells, int block) {
    if (unsweptCount[cells] == unswept[cells].length) {
      unswept[cells] = Arrays.copyOf(unswept[cells], Math.max(16, 2 * unsweptCount[cells]));
    }
    unswept[cells][unsweptCount[cells]++] = block;
  }
}
