package dev.gatun.tests;

import static dev.gatun.testing.Code.EMPTY;

import dev.gatun.Trap;
import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.List;

/** A module with a function for each way to trap, each called by an exported function {@code call_...}. */
final class TrapModule {
  private TrapModule() {}

  /**
   * A way to trap.
   *
   * @param name of the function that traps
   * @param opcode of the instruction that does it, or -1 if the function's entry does
   */
  record Way(String name, Trap.Kind kind, int opcode) {}

  /** Bytes of the module. */
  static final byte[] BYTES;

  /** The ways, whose inner function has an even index and whose outer one is the next. */
  static final List<Way> WAYS;

  static {
    ModuleBuilder module = new ModuleBuilder();
    List<Way> ways = new ArrayList<>();
    List<String> names = new ArrayList<>();
    module.memory(1, 2);
    module.table('c', 4, 4);
    int nothing = module.type(":");
    add(module, ways, names, "unreachable", Trap.Kind.UNREACHABLE, 0x00, new Code().unreachable());
    add(
        module, ways, names, "load", Trap.Kind.MEMORY_OUT_OF_BOUNDS, 0x28,
        new Code().i32(65533).memory(0x28, 0, 0).drop());
    add(
        module, ways, names, "load_far", Trap.Kind.MEMORY_OUT_OF_BOUNDS, 0x29,
        new Code().i32(-1).memory(0x29, 0, 0xFFFF_FFFFL).drop());
    add(
        module, ways, names, "store", Trap.Kind.MEMORY_OUT_OF_BOUNDS, 0x37,
        new Code().i32(65529).i64(-1).memory(0x37, 0, 0));
    add(
        module, ways, names, "store_f64", Trap.Kind.MEMORY_OUT_OF_BOUNDS, 0x39,
        new Code().i32(1 << 30).f64(1).memory(0x39, 0, 0));
    add(
        module, ways, names, "fill", Trap.Kind.MEMORY_OUT_OF_BOUNDS, 0xFC,
        new Code().i32(65000).i32(0).i32(1000).misc(11, 0));
    add(
        module, ways, names, "table_get", Trap.Kind.TABLE_OUT_OF_BOUNDS, 0x25, new Code().i32(4).op(0x25, 0).drop());
    add(
        module, ways, names, "undefined", Trap.Kind.UNDEFINED_ELEMENT, 0x11,
        new Code().i32(-1).callIndirect(nothing, 0));
    add(
        module, ways, names, "uninitialized", Trap.Kind.UNINITIALIZED_ELEMENT, 0x11,
        new Code().i32(0).callIndirect(nothing, 0));
    add(
        module, ways, names, "mismatch", Trap.Kind.INDIRECT_CALL_TYPE_MISMATCH, 0x11,
        new Code().i32(7).i32(1).callIndirect(module.type("i:i"), 0).drop());
    add(
        module, ways, names, "divide", Trap.Kind.INTEGER_DIVIDE_BY_ZERO, 0x6D,
        new Code().locals(1, 'i').i32(1).localGet(0).op(0x6D).drop());
    add(
        module, ways, names, "remainder", Trap.Kind.INTEGER_DIVIDE_BY_ZERO, 0x82,
        new Code().locals(1, 'l').i64(1).localGet(0).op(0x82).drop());
    add(
        module, ways, names, "overflow", Trap.Kind.INTEGER_OVERFLOW, 0x7F,
        new Code().locals(1, 'l').i64(-1).localSet(0).i64(Long.MIN_VALUE).localGet(0).op(0x7F).drop());
    add(
        module, ways, names, "nan", Trap.Kind.INVALID_CONVERSION_TO_INTEGER, 0xA8,
        new Code().f32(Float.NaN).op(0xA8).drop());
    add(
        module, ways, names, "too_large", Trap.Kind.INTEGER_OVERFLOW, 0xB1, new Code().f64(2e19).op(0xB1).drop());
    add(
        module, ways, names, "recursion", Trap.Kind.CALL_STACK_EXHAUSTED, -1, new Code().call(2 * ways.size()));
    module.elements(new Code().i32(1), 0);
    // 32 functions so far; none of these is a way to trap.
    names.add("spin");
    module.function("spin", ":", new Code().loop(EMPTY).br(0).end());
    names.add("fine");
    module.function("fine", "i:i", new Code().localGet(0).i32(1).op(0x6A));
    names.add("touch");
    module.function("touch", "i:i", new Code().localGet(0).memory(0x28, 2, 0));
    names.add("quotient");
    module.function("quotient", "ii:i", new Code().localGet(0).localGet(1).op(0x6D));
    names.add("depth");
    int depth = 2 * ways.size() + 4;
    module.function(
        "depth", "i:i",
        new Code().localGet(0).op(0x45).iff('i').i32(0).otherwise().localGet(0).i32(1).op(0x6B).call(depth).i32(1)
            .op(0x6A).end());
    names.add("tree");
    int tree = depth + 1;
    // A call tree without loops that would take 2^60 calls.
    module.function(
        "tree", "i:",
        new Code().localGet(0).iff(EMPTY)
            .localGet(0).i32(1).op(0x6B).call(tree)
            .localGet(0).i32(1).op(0x6B).call(tree).end());
    module.custom("name", nameSection("traps", names));
    BYTES = module.build();
    WAYS = List.copyOf(ways);
  }

  private static void add(
      ModuleBuilder module, List<Way> ways, List<String> names, String name, Trap.Kind kind, int opcode, Code body) {
    int inner = module.function(":", body);
    module.function("call_" + name, ":", new Code().call(inner));
    names.add(name);
    names.add("call_" + name);
    ways.add(new Way(name, kind, opcode));
  }

  /** The contents of a name section: the module's name, and the functions' from index 0. */
  static Bytes nameSection(String module, List<String> functions) {
    Bytes names = new Bytes().unsigned(functions.size());
    for (int i = 0; i < functions.size(); i++) {
      names.unsigned(i).name(functions.get(i));
    }
    return new Bytes().add(0).sized(new Bytes().name(module)).add(1).sized(names);
  }
}
