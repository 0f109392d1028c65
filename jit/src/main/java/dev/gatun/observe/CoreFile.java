package dev.gatun.observe;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.ImplementationLimits;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file format of core dumps of WebAssembly (tool-conventions, Coredump.md): a module whose memories, data and
 * globals are those of the dumped instances, with custom sections for the modules, the instances and the stack.
 *
 * <p>Memories are written from where they lie; zeros are left out. To be used by one thread.
 */
public final class CoreFile {
  private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};

  private static final int CUSTOM_SECTION = 0;
  private static final int MEMORY_SECTION = 5;
  private static final int GLOBAL_SECTION = 6;
  private static final int DATA_SECTION = 11;

  private static final int HAS_MAXIMUM = 1;
  private static final int SHARED = 2;
  private static final int WIDE = 4;
  private static final int CUSTOM_PAGE_SIZE = 8;
  private static final int DEFAULT_PAGE_SIZE_LOG2 = 16;

  /** Memory is looked through in pieces of at least this size; one of zeros ends a segment. */
  private static final long PIECE = 4096;

  /** Segments of one memory are no more than this, by the choice of the pieces. */
  private static final long SEGMENTS = 10_000;

  /** Bytes of memory beyond this are left out, so that the file remains a module that can be read. */
  private static final long MAX_DATA = ImplementationLimits.MODULE_BYTES - (64L << 20);

  private static final int BUFFER_SIZE = 1 << 16;

  /**
   * An instance.
   *
   * @param module the place of its module among the modules
   * @param memories the places of its memories among the memories
   * @param globals the places of its globals among the globals
   */
  public record Instance(int module, int[] memories, int[] globals) {}

  /**
   * A memory.
   *
   * @param pages its size
   * @param maxPages the size it may grow to, unsigned, or null
   */
  public record Memory(
      MemorySegment contents, long pages, @Nullable Long maxPages, boolean wide, boolean shared, int pageSizeLog2) {}

  /**
   * The value of a global.
   *
   * @param type a {@link ValueType}; a reference is written as null, since it would mean nothing in the file
   */
  public record Global(int type, long low, long high) {}

  /**
   * The value of a local.
   *
   * @param type {@link ValueType#I32} to {@link ValueType#F64}, or {@link #MISSING}
   */
  public record Value(int type, long bits) {
    /** The type of a value that is not known. */
    public static final int MISSING = 0x01;

    /** A value that is not known. */
    public static final Value UNKNOWN = new Value(MISSING, 0);
  }

  /**
   * A frame of the stack.
   *
   * @param codeOffset of the instruction from the start of the function's body, 0 if it is not known
   */
  public record Frame(int instance, int function, int codeOffset, Value[] locals) {}

  /** Non-zero bytes of a memory. */
  private record Segment(int memory, long start, long length) {}

  private final OutputStream out;

  private CoreFile(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes a dump.
   *
   * @param program what was running
   * @param modules the names of the modules
   * @param thread the name of the thread that has trapped
   * @param stack its frames, innermost first
   * @throws IOException if the stream can't be written
   */
  public static void write(
      OutputStream out,
      String program,
      List<String> modules,
      List<Instance> instances,
      List<Memory> memories,
      List<Global> globals,
      String thread,
      List<Frame> stack)
      throws IOException {
    CoreFile file = new CoreFile(out);
    out.write(HEADER);
    file.custom("core", processInfo(program));
    file.custom("coremodules", modules(modules));
    file.custom("coreinstances", instances(instances));
    file.custom("corestack", stack(thread, stack));
    file.section(MEMORY_SECTION, memories(memories));
    file.section(GLOBAL_SECTION, globals(globals));
    file.data(memories);
  }

  private void section(int id, BinaryWriter contents) throws IOException {
    BinaryWriter head = new BinaryWriter();
    head.write(id);
    head.unsigned(contents.size());
    head.writeTo(out);
    contents.writeTo(out);
  }

  private void custom(String name, BinaryWriter contents) throws IOException {
    BinaryWriter section = new BinaryWriter();
    section.name(name);
    section.writeBytes(contents.toByteArray());
    section(CUSTOM_SECTION, section);
  }

  private static BinaryWriter processInfo(String program) {
    BinaryWriter info = new BinaryWriter();
    info.write(0);
    info.name(program);
    return info;
  }

  private static BinaryWriter modules(List<String> modules) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(modules.size());
    for (String name : modules) {
      section.write(0);
      section.name(name);
    }
    return section;
  }

  private static BinaryWriter instances(List<Instance> instances) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(instances.size());
    for (Instance instance : instances) {
      section.write(0);
      section.unsigned(instance.module);
      indices(section, instance.memories);
      indices(section, instance.globals);
    }
    return section;
  }

  private static void indices(BinaryWriter section, int[] indices) {
    section.unsigned(indices.length);
    for (int index : indices) {
      section.unsigned(index);
    }
  }

  private static BinaryWriter stack(String thread, List<Frame> frames) {
    BinaryWriter section = new BinaryWriter();
    section.write(0);
    section.name(thread);
    section.unsigned(frames.size());
    for (Frame frame : frames) {
      section.write(0);
      section.unsigned(frame.instance);
      section.unsigned(frame.function);
      section.unsigned(frame.codeOffset);
      section.unsigned(frame.locals.length);
      for (Value local : frame.locals) {
        value(section, local);
      }
      section.unsigned(0); // operands are not kept apart from temporary values
    }
    return section;
  }

  private static void value(BinaryWriter section, Value value) {
    section.write(value.type);
    switch (value.type) {
      case ValueType.I32 -> section.signed((int) value.bits);
      case ValueType.I64 -> section.signed(value.bits);
      case ValueType.F32 -> section.littleEndian(value.bits, 4);
      case ValueType.F64 -> section.littleEndian(value.bits, 8);
      case Value.MISSING -> {}
      default -> throw new IllegalArgumentException(ValueType.name(value.type));
    }
  }

  private static BinaryWriter memories(List<Memory> memories) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(memories.size());
    for (Memory memory : memories) {
      boolean custom = memory.pageSizeLog2 != DEFAULT_PAGE_SIZE_LOG2;
      section.write(
          (memory.maxPages == null ? 0 : HAS_MAXIMUM)
              | (memory.shared ? SHARED : 0)
              | (memory.wide ? WIDE : 0)
              | (custom ? CUSTOM_PAGE_SIZE : 0));
      section.unsigned(memory.pages);
      if (memory.maxPages != null) {
        section.unsigned(memory.maxPages);
      }
      if (custom) {
        section.unsigned(memory.pageSizeLog2);
      }
    }
    return section;
  }

  private static BinaryWriter globals(List<Global> globals) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(globals.size());
    for (Global global : globals) {
      boolean isReference = ValueType.isReference(global.type);
      int type = isReference ? ValueType.top(global.type) : global.type;
      section.write(type);
      section.write(0); // constant
      if (isReference) {
        section.write(Opcode.REF_NULL.code());
        section.write(type);
      } else {
        constant(section, global);
      }
      section.write(Opcode.END.code());
    }
    return section;
  }

  private static void constant(BinaryWriter section, Global global) {
    switch (global.type) {
      case ValueType.I32 -> {
        section.write(Opcode.I32_CONST.code());
        section.signed((int) global.low);
      }
      case ValueType.I64 -> {
        section.write(Opcode.I64_CONST.code());
        section.signed(global.low);
      }
      case ValueType.F32 -> {
        section.write(Opcode.F32_CONST.code());
        section.littleEndian(global.low, 4);
      }
      case ValueType.F64 -> {
        section.write(Opcode.F64_CONST.code());
        section.littleEndian(global.low, 8);
      }
      case ValueType.V128 -> {
        section.write(0xFD);
        section.unsigned(12);
        section.littleEndian(global.low, 8);
        section.littleEndian(global.high, 8);
      }
      default -> throw new IllegalArgumentException(ValueType.name(global.type));
    }
  }

  /**
   * Writes the data section. What the segments are is decided first, since the section begins with its size; a memory
   * that other threads write meanwhile may have changed when its bytes are written.
   */
  private void data(List<Memory> memories) throws IOException {
    List<Segment> segments = new ArrayList<>();
    long room = MAX_DATA;
    for (int i = 0; i < memories.size(); i++) {
      room = findSegments(i, memories.get(i), room, segments);
    }
    long size = 0;
    BinaryWriter count = new BinaryWriter();
    count.unsigned(segments.size());
    size += count.size();
    for (Segment segment : segments) {
      size += head(segment, memories).size() + segment.length;
    }
    BinaryWriter head = new BinaryWriter();
    head.write(DATA_SECTION);
    head.unsigned(size);
    head.writeTo(out);
    count.writeTo(out);
    byte[] buffer = new byte[BUFFER_SIZE];
    for (Segment segment : segments) {
      head(segment, memories).writeTo(out);
      MemorySegment contents = memories.get(segment.memory).contents;
      for (long done = 0; done < segment.length; done += buffer.length) {
        int length = (int) Math.min(buffer.length, segment.length - done);
        MemorySegment.copy(contents, ValueLayout.JAVA_BYTE, segment.start + done, buffer, 0, length);
        out.write(buffer, 0, length);
      }
    }
  }

  private static BinaryWriter head(Segment segment, List<Memory> memories) {
    BinaryWriter head = new BinaryWriter();
    if (segment.memory == 0) {
      head.unsigned(0);
    } else {
      head.unsigned(2);
      head.unsigned(segment.memory);
    }
    if (memories.get(segment.memory).wide) {
      head.write(Opcode.I64_CONST.code());
      head.signed(segment.start);
    } else {
      head.write(Opcode.I32_CONST.code());
      head.signed((int) segment.start);
    }
    head.write(Opcode.END.code());
    head.unsigned(segment.length);
    return head;
  }

  /** Adds what is not zero in a memory; returns how much room is left. */
  private static long findSegments(int index, Memory memory, long room, List<Segment> segments) {
    MemorySegment contents = memory.contents;
    long size = contents.byteSize();
    long piece = PIECE;
    while (size / piece > 2 * SEGMENTS) {
      piece *= 2;
    }
    long left = room;
    long start = -1;
    for (long at = 0; at < size + piece; at += piece) {
      boolean isEmpty = at >= size || isZero(contents, at, Math.min(size, at + piece));
      if (!isEmpty && start < 0) {
        start = firstNonZero(contents, at);
      } else if (isEmpty && start >= 0) {
        long end = Math.min(size, at);
        while (contents.get(ValueLayout.JAVA_BYTE, end - 1) == 0 && end > start + 1) {
          end--;
        }
        long length = Math.min(end - start, left);
        if (length > 0) {
          segments.add(new Segment(index, start, length));
          left -= length;
        }
        start = -1;
      }
    }
    return left;
  }

  private static boolean isZero(MemorySegment contents, long from, long to) {
    long at = from;
    for (; at + 8 <= to; at += 8) {
      if (contents.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
        return false;
      }
    }
    for (; at < to; at++) {
      if (contents.get(ValueLayout.JAVA_BYTE, at) != 0) {
        return false;
      }
    }
    return true;
  }

  private static long firstNonZero(MemorySegment contents, long from) {
    long at = from;
    while (at < contents.byteSize() - 1 && contents.get(ValueLayout.JAVA_BYTE, at) == 0) {
      at++;
    }
    return at;
  }
}
