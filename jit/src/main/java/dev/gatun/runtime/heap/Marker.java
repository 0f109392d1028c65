package dev.gatun.runtime.heap;

import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.runtime.NativeMemory;
import java.util.Arrays;

/**
 * Finds what can be reached. Fields of objects are read by the pointer maps of their types; the stack is guessed at.
 */
public final class Marker {
  private final BlockTable blocks;

  /** Objects that are marked and not yet scanned. */
  private long[] pending = new long[1024];

  private int count;

  Marker(BlockTable blocks) {
    this.blocks = blocks;
  }

  /** Marks the object of a reference that is known to be one, unless it is null or an i31. */
  public void mark(long reference) {
    if (reference != 0 && (reference & 1) == 0 && blocks.mark(reference)) {
      push(reference);
    }
  }

  /** Marks the references in a row of 8-byte cells. */
  public void markCells(long address, long cells) {
    for (long i = 0; i < cells; i++) {
      mark(NativeMemory.getLong(address + 8 * i));
    }
  }

  /** Marks every object whose address stands in some 8-byte word of a range: what the words are is not known. */
  public void markConservatively(long start, long end) {
    for (long at = start; at < end; at += 8) {
      markConservatively(NativeMemory.getLong(at));
    }
  }

  /** Marks the object whose address a word is, if it is one. */
  public void markConservatively(long word) {
    if (blocks.isObject(word)) {
      mark(word);
    }
  }

  private void push(long object) {
    if (count == pending.length) {
      pending = Arrays.copyOf(pending, 2 * count);
    }
    pending[count++] = object;
  }

  /** Marks all that can be reached from what is marked. */
  void drain() {
    while (count > 0) {
      long object = pending[--count];
      long type = NativeMemory.getLong(object + ObjectLayout.RTT);
      int references = NativeMemory.getInt(type + RttLayout.REFERENCES);
      if (references == 0) {
        continue;
      }
      if (NativeMemory.getInt(type + RttLayout.KIND) == RttLayout.ARRAY) {
        markCells(
            object + ObjectLayout.ELEMENTS, NativeMemory.getInt(object + ObjectLayout.ARRAY_LENGTH) & 0xffff_ffffL);
      } else {
        long offsets = NativeMemory.getLong(type + RttLayout.REFERENCE_OFFSETS);
        for (int i = 0; i < references; i++) {
          mark(NativeMemory.getLong(object + NativeMemory.getInt(offsets + 4L * i)));
        }
      }
    }
  }
}
