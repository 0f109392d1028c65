package dev.gatun.runtime;

import dev.gatun.memory.CodeArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The machine code of one owner, in blocks of the arena: where each piece is, and which piece an address belongs to.
 * Thread-safe.
 */
final class CodeSpace {
  private static final int BLOCK_SIZE = 256 * 1024;

  /** A small module gets by with a small block. */
  private static final int FIRST_BLOCK_SIZE = 4096;

  private final CodeArena arena;
  private final CompiledModule owner;
  private final List<CodeArena.Block> blocks = new ArrayList<>();
  private long next;
  private long end;

  // Pieces in order of addition; sorted by address on demand.
  private long[] start = new long[16];
  private int[] size = new int[16];
  private int[] function = new int[16];
  private int count;

  CodeSpace(CodeArena arena, CompiledModule owner) {
    this.arena = arena;
    this.owner = owner;
  }

  /** Adds a function's code and returns the address where it runs. */
  synchronized long add(int functionIndex, byte[] code, int length, int alignment) {
    long address = next + alignment - 1 & -alignment;
    if (next == 0 || address + length > end) {
      int wanted = Math.max(blocks.isEmpty() ? FIRST_BLOCK_SIZE : BLOCK_SIZE, length + alignment);
      CodeArena.Block block = arena.allocate(wanted);
      blocks.add(block);
      CodeRegistry.add(block, this);
      end = block.address() + block.size();
      address = block.address() + alignment - 1 & -alignment;
    }
    arena.write(address, code, length);
    next = address + length;
    if (count == start.length) {
      start = Arrays.copyOf(start, 2 * count);
      size = Arrays.copyOf(size, 2 * count);
      function = Arrays.copyOf(function, 2 * count);
    }
    start[count] = address;
    size[count] = length;
    function[count++] = functionIndex;
    return address;
  }

  /** Finds the piece that an address is in; null if there is none. */
  synchronized CodeRegistry.@org.jspecify.annotations.Nullable Location find(long address) {
    for (int i = count - 1; i >= 0; i--) {
      if (address >= start[i] && address <= start[i] + size[i]) {
        return new CodeRegistry.Location(owner, function[i], (int) (address - start[i]));
      }
    }
    return null;
  }

  /** The size of the piece that starts at an address. */
  synchronized int size(long address) {
    for (int i = 0; i < count; i++) {
      if (start[i] == address) {
        return size[i];
      }
    }
    throw new IllegalArgumentException("no code starts at 0x" + Long.toHexString(address));
  }

  /** Bytes of machine code. */
  synchronized long codeSize() {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += size[i];
    }
    return total;
  }

  /** Gives the memory back; nothing may run in it any more. */
  synchronized void free() {
    for (CodeArena.Block block : blocks) {
      CodeRegistry.remove(block);
      arena.free(block);
    }
    blocks.clear();
    count = 0;
    next = 0;
    end = 0;
  }
}
