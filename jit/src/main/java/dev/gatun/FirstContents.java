package dev.gatun;

import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.MemoryImage;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.WasmModule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The contents of memory 0 at first, made into an image. Linkers split data where there are zeros, into tens of
 * thousands of segments in a large program: neighbours are put together here before they are copied to the image.
 */
final class FirstContents {
  /** Zeros that are copied to put two segments together: fewer than a page, so that no page is touched for them. */
  private static final int MOST_ZEROS = 1024;

  private static final int BUFFER_SIZE = 64 * 1024;

  private final WasmModule wasm;
  private final MemoryImage.Builder image;

  /** What is to be written at an address next. */
  private final byte[] buffer = new byte[BUFFER_SIZE];

  private long address;
  private int length;

  /** The end of all that has been written or is in the buffer: beyond are zeros. */
  private long end;

  private FirstContents(WasmModule wasm, MemoryImage.Builder image) {
    this.wasm = wasm;
    this.image = image;
  }

  /**
   * The image, if the contents can be known without an instance: the module defines the memory, and all active segments
   * are for it, at constant addresses within it. Null if not, or if there are none.
   */
  static @Nullable MemoryImage of(WasmModule wasm) {
    if (wasm.memories().length == 0 || wasm.importedMemories() > 0) {
      return null;
    }
    WasmModule.MemoryDescription memory = wasm.memories()[0];
    if (memory.pageSize() != LinearMemory.PAGE_SIZE || memory.limits().min() > LinearMemory.MAX_PAGES) {
      return null;
    }
    long size = memory.limits().min() * LinearMemory.PAGE_SIZE;
    long from = Long.MAX_VALUE;
    long to = 0;
    WasmModule.DataSegment[] segments = wasm.data();
    long[] starts = new long[segments.length];
    BinaryReader reader = new BinaryReader(wasm.bytes());
    for (int i = 0; i < segments.length; i++) {
      WasmModule.DataSegment segment = segments[i];
      WasmModule.ConstantExpression offset = segment.offset();
      if (offset != null) {
        long start = segment.memory() == 0 ? constantOffset(reader, offset) : -1;
        if (start < 0 || start > size || start + segment.length() > size) {
          return null;
        }
        starts[i] = start;
        if (segment.length() > 0) {
          from = Math.min(from, start);
          to = Math.max(to, start + segment.length());
        }
      }
    }
    if (to == 0) {
      return null;
    }
    FirstContents contents = new FirstContents(wasm, new MemoryImage.Builder(from, to));
    for (int i = 0; i < segments.length; i++) {
      if (segments[i].offset() != null) {
        contents.add(starts[i], segments[i].start(), segments[i].length());
      }
    }
    contents.flush();
    return contents.image.build();
  }

  /**
   * The value of an offset expression that is a single constant, as an unsigned number; negative if it is anything
   * else.
   */
  private static long constantOffset(BinaryReader reader, WasmModule.ConstantExpression expression) {
    reader.range(expression.start(), expression.end());
    Opcode opcode = Instructions.read(reader);
    if (opcode != Opcode.I32_CONST && opcode != Opcode.I64_CONST) {
      return -1;
    }
    long value = opcode == Opcode.I32_CONST ? reader.readS32() & 0xffff_ffffL : reader.readS64();
    return Instructions.read(reader) == Opcode.END ? value : -1;
  }

  /** Adds bytes of the module; where they overlap with those before, they win. */
  private void add(long start, int bytes, int count) {
    if (count == 0) {
      return;
    }
    long gap = start - (address + length);
    boolean follows = length > 0 && start >= end && gap <= MOST_ZEROS;
    if (!follows || length + gap + count > BUFFER_SIZE) {
      flush();
      if (count > BUFFER_SIZE) {
        image.write(start, wasm.bytes(), bytes, count);
        end = Math.max(end, start + count);
        return;
      }
      address = start;
      gap = 0;
    }
    Arrays.fill(buffer, length, length + (int) gap, (byte) 0);
    length += (int) gap;
    System.arraycopy(wasm.bytes(), bytes, buffer, length, count);
    length += count;
    end = Math.max(end, start + count);
  }

  private void flush() {
    if (length > 0) {
      image.write(address, buffer, 0, length);
      length = 0;
    }
  }
}
