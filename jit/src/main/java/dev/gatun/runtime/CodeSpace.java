package dev.gatun.runtime;

import dev.gatun.memory.CodeArena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The machine code of one owner, in blocks of the arena: where each piece is, and which piece an address belongs to.
 * Thread-safe.
 */
final class CodeSpace {
  private static final int BLOCK_SIZE = 256 * 1024;

  /** A small module gets by with a small block. */
  private static final int FIRST_BLOCK_SIZE = 4096;

  private static final long PAGE_SIZE = 4096;

  /** Code of at most this size does not lie across the end of a page: loops that do may take twice as long. */
  private static final int ONE_PAGE_SIZE = 1024;

  private final CodeArena arena;
  private final CompiledModule owner;

  // Blocks in order of addition, and the first piece of each. The last is the one that pieces are added to.
  private CodeArena.Block[] blocks = new CodeArena.Block[4];
  private int[] firstPiece = new int[4];
  private int blockCount;
  private long next;
  private long end;

  // Pieces in order of addition, so that those of a block stand together, in the order of their addresses.
  private long[] start = new long[16];
  private int[] size = new int[16];
  private int[] function = new int[16];
  private int count;
  private long codeSize;

  CodeSpace(CodeArena arena, CompiledModule owner) {
    this.arena = arena;
    this.owner = owner;
  }

  /** Adds a function's code and returns the address where it runs. */
  synchronized long add(int functionIndex, byte[] code, int length, int alignment) {
    long address = place(next, length, alignment);
    if (next == 0 || address + length > end) {
      int wanted = Math.max(blockCount == 0 ? FIRST_BLOCK_SIZE : BLOCK_SIZE, length + alignment + ONE_PAGE_SIZE);
      CodeArena.Block block = arena.allocate(wanted);
      addBlock(block);
      end = block.address() + block.size();
      address = place(block.address(), length, alignment);
    }
    arena.write(address, code, length);
    next = address + length;
    room(1);
    addPiece(functionIndex, address, length);
    return address;
  }

  /**
   * Adds the code of an image, which must be in a block of the arena by now; it is not to be called before it is
   * visible.
   */
  synchronized void add(CodeImage image, CodeArena.Block block) {
    addBlock(block);
    // Nothing is added to the block: it has the size of the image.
    next = 0;
    room(image.count());
    for (int i = 0; i < image.count(); i++) {
      addPiece(image.function(i), block.address() + image.codeOffset(i), image.codeSize(i));
    }
  }

  private void addBlock(CodeArena.Block block) {
    if (blockCount == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * blockCount);
      firstPiece = Arrays.copyOf(firstPiece, 2 * blockCount);
    }
    blocks[blockCount] = block;
    firstPiece[blockCount++] = count;
    CodeRegistry.add(block, this);
  }

  private void room(int more) {
    if (count + more > start.length) {
      int room = Math.max(2 * count, count + more);
      start = Arrays.copyOf(start, room);
      size = Arrays.copyOf(size, room);
      function = Arrays.copyOf(function, room);
    }
  }

  private void addPiece(int functionIndex, long address, int length) {
    start[count] = address;
    size[count] = length;
    function[count++] = functionIndex;
    codeSize += length;
  }

  /** Where a piece of code of some length goes in what is free from an address, or an offset in a page, on. */
  static long place(long from, long length, int alignment) {
    long address = from + alignment - 1 & -alignment;
    long left = -address & PAGE_SIZE - 1;
    return left < length && length <= ONE_PAGE_SIZE ? address + left : address;
  }

  /** Finds the piece that an address is in; null if there is none. */
  synchronized CodeRegistry.@Nullable Location find(long address) {
    int piece = pieceBelow(address);
    return piece < 0 || address > start[piece] + size[piece]
        ? null
        : new CodeRegistry.Location(owner, function[piece], (int) (address - start[piece]));
  }

  /** The last piece of those that start at an address or below, in the block that the address is in; or -1. */
  private int pieceBelow(long address) {
    int block = -1;
    for (int i = 0; i < blockCount; i++) {
      long begin = blocks[i].address();
      if (begin <= address && (block < 0 || begin > blocks[block].address())) {
        block = i;
      }
    }
    if (block < 0) {
      return -1;
    }
    int low = firstPiece[block];
    int high = block + 1 < blockCount ? firstPiece[block + 1] : count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (start[middle] <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == firstPiece[block] ? -1 : low - 1;
  }

  /** The size of the piece that starts at an address. */
  synchronized int size(long address) {
    int piece = pieceBelow(address);
    if (piece < 0 || start[piece] != address) {
      throw new IllegalArgumentException("no code starts at 0x" + Long.toHexString(address));
    }
    return size[piece];
  }

  /** How many pieces there are. */
  synchronized int count() {
    return count;
  }

  /** The function whose code a piece is, by its number in order of addition. */
  synchronized int function(int piece) {
    return function[piece];
  }

  /** The bytes of a piece, by its number in order of addition. */
  synchronized MemorySegment code(int piece) {
    return arena.readable(start[piece], size[piece]);
  }

  /** Bytes of machine code. */
  synchronized long codeSize() {
    return codeSize;
  }

  /** Gives the memory back; nothing may run in it any more. */
  synchronized void free() {
    for (int i = 0; i < blockCount; i++) {
      CodeRegistry.remove(blocks[i]);
      arena.free(blocks[i]);
    }
    Arrays.fill(blocks, null);
    blockCount = 0;
    count = 0;
    codeSize = 0;
    next = 0;
    end = 0;
  }
}
