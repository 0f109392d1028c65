package dev.gatun.tests;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a core dump by the grammar of tool-conventions' Coredump.md and of the specification's binary format, and
 * nothing else: it shares no code with the writer.
 */
final class CoreReader {
  record Instance(int module, List<Integer> memories, List<Integer> globals) {}

  /** Locals are Integer, Long, Float, Double, or null where the value is missing. */
  record Frame(int instance, int function, int codeOffset, List<Object> locals, List<Object> stack) {}

  record Memory(int flags, long min, long max) {}

  /** The value is Integer, Long, Float, Double, a long[2], or null of a reference. */
  record Global(int type, boolean mutable, Object value) {}

  record Data(int memory, long offset, byte[] bytes) {}

  String program = "";
  String thread = "";
  List<String> modules = List.of();
  List<Instance> instances = List.of();
  List<Frame> stack = List.of();
  List<Memory> memories = List.of();
  List<Global> globals = List.of();
  List<Data> data = List.of();

  private final ByteBuffer in;

  /** Reads one entry of a vector. */
  private interface Entry<T> {
    T read();
  }

  CoreReader(byte[] file) {
    in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    expect(in.getInt() == 0x6d736100 && in.getInt() == 1, "the header of a module");
    Set<String> seen = new HashSet<>();
    while (in.hasRemaining()) {
      int id = in.get();
      int end = (int) unsigned() + in.position();
      String section = id == 0 ? name() : Integer.toString(id);
      expect(seen.add(section), "one section " + section);
      switch (section) {
        case "core" -> {
          zero();
          program = name();
        }
        case "coremodules" -> modules = vector(this::module);
        case "coreinstances" -> instances = vector(this::instance);
        case "corestack" -> {
          zero();
          thread = name();
          stack = vector(this::frame);
        }
        case "5" -> memories = vector(this::memory);
        case "6" -> globals = vector(this::global);
        case "11" -> data = vector(this::segment);
        default -> throw new AssertionError("section " + section);
      }
      expect(in.position() == end, "the end of section " + section);
    }
    expect(seen.containsAll(Set.of("core", "coremodules", "coreinstances", "corestack")), "all sections: " + seen);
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("expected " + what);
    }
  }

  private void zero() {
    expect(in.get() == 0, "a zero");
  }

  private long unsigned() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private long signed() {
    long value = 0;
    for (int shift = 0; ; ) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      shift += 7;
      if (b >= 0) {
        return shift < 64 && (b & 0x40) != 0 ? value | -1L << shift : value;
      }
    }
  }

  private byte[] bytes() {
    byte[] bytes = new byte[(int) unsigned()];
    in.get(bytes);
    return bytes;
  }

  private String name() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private <T> List<T> vector(Entry<T> entry) {
    List<T> list = new ArrayList<>();
    for (long count = unsigned(); count > 0; count--) {
      list.add(entry.read());
    }
    return list;
  }

  private String module() {
    zero();
    return name();
  }

  private Instance instance() {
    zero();
    return new Instance((int) unsigned(), vector(() -> (int) unsigned()), vector(() -> (int) unsigned()));
  }

  private Frame frame() {
    zero();
    return new Frame((int) unsigned(), (int) unsigned(), (int) unsigned(), vector(this::value), vector(this::value));
  }

  private Object value() {
    return switch (in.get()) {
      case 0x01 -> null;
      case 0x7f -> (Object) (int) signed();
      case 0x7e -> (Object) signed();
      case 0x7d -> (Object) in.getFloat();
      case 0x7c -> (Object) in.getDouble();
      default -> throw new AssertionError("type of a value");
    };
  }

  private Memory memory() {
    int flags = in.get();
    long min = unsigned();
    long max = (flags & 1) != 0 ? unsigned() : -1;
    if ((flags & 8) != 0) {
      unsigned();
    }
    return new Memory(flags, min, max);
  }

  private Global global() {
    int type = in.get() & 0xff;
    boolean mutable = in.get() != 0;
    Object value =
        switch (in.get() & 0xff) {
          case 0x41 -> (Object) (int) signed();
          case 0x42 -> (Object) signed();
          case 0x43 -> (Object) in.getFloat();
          case 0x44 -> (Object) in.getDouble();
          case 0xd0 -> {
            in.get();
            yield null;
          }
          case 0xfd -> {
            expect(unsigned() == 12, "v128.const");
            yield new long[] {in.getLong(), in.getLong()};
          }
          default -> throw new AssertionError("opcode of a global");
        };
    expect(in.get() == 0x0b, "the end of an expression");
    return new Global(type, mutable, value);
  }

  private Data segment() {
    int kind = (int) unsigned();
    expect(kind == 0 || kind == 2, "an active segment");
    int memory = kind == 0 ? 0 : (int) unsigned();
    int opcode = in.get();
    expect(opcode == 0x41 || opcode == 0x42, "a constant offset");
    long offset = opcode == 0x41 ? signed() & 0xffff_ffffL : signed();
    expect(in.get() == 0x0b, "the end of an expression");
    return new Data(memory, offset, bytes());
  }
}
