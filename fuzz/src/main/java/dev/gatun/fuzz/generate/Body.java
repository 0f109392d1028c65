package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The body of a function that is being made: trees of instructions of which each leaves a value of a wanted type, or
 * nothing. What is between two siblings of a tree stays on the operand stack, so stacks get deep of themselves.
 *
 * <p>Every entry of a function and of a loop's body takes one from a global that the exported functions set, and traps
 * when it is used up: everything ends. The bits of a NaN are made canonical where they could be seen.
 */
final class Body {
  private static final int MAX_DEPTH = 7;

  /** What all bodies of a module share. */
  record Context(Draft draft, Choices choices, Grammar grammar, Set<Feature> features, int fuelGlobal) {}

  final Context context;
  final Draft draft;
  final Types types;
  final Choices choices;
  final Types.Function type;
  final BinaryWriter code = new BinaryWriter();

  /** Types of the locals, parameters first. */
  final List<Integer> locals;

  private final Map<Integer, Integer> scratch = new HashMap<>();
  private final Control control;
  private final Aggregates aggregates;
  private final MemoryAccess memory;
  private final Computation computation;

  /** How many instructions may still be made before only leaves are. */
  private int budget;

  Body(Context context, Types.Function type, int budget) {
    this.context = context;
    this.draft = context.draft();
    this.types = draft.types;
    this.choices = context.choices();
    this.type = type;
    this.budget = budget;
    this.locals = new ArrayList<>(type.params());
    this.control = new Control(this);
    this.aggregates = new Aggregates(this);
    this.memory = new MemoryAccess(this);
    this.computation = new Computation(this);
  }

  boolean has(Feature feature) {
    return context.features().contains(feature);
  }

  /** Writes the whole body: fuel, statements and results. */
  byte[] generate() {
    int declared = choices.below(6);
    for (int i = 0; i < declared; i++) {
      locals.add(anyType(true));
    }
    control.enter(type.results());
    burn();
    if (has(Feature.FUNCTION_REFERENCES) && choices.oneIn(3)) {
      // A local without a default, from here on initialized everywhere.
      int nonNull = ValueType.nonNull(anyReference());
      leaf(nonNull);
      op(Opcode.LOCAL_SET, addLocal(nonNull));
    }
    statements(choices.between(0, 5), MAX_DEPTH);
    for (int result : type.results()) {
      expression(result, MAX_DEPTH - 1);
    }
    control.leave();
    return finish();
  }

  /** The body with its declarations, its instructions being written. */
  byte[] finish() {
    BinaryWriter out = new BinaryWriter();
    List<Integer> declared = locals.subList(type.params().size(), locals.size());
    out.unsigned(declared.size());
    for (int local : declared) {
      out.unsigned(1);
      Types.writeType(out, local);
    }
    out.writeBytes(code.toByteArray());
    op(out, Opcode.END);
    return out.toByteArray();
  }

  /** Takes one from the fuel, and traps if there is none. */
  void burn() {
    int fuel = context.fuelGlobal();
    op(Opcode.GLOBAL_GET, fuel);
    op(Opcode.I32_EQZ);
    op(Opcode.IF);
    code.write(0x40);
    op(Opcode.UNREACHABLE);
    op(Opcode.END);
    op(Opcode.GLOBAL_GET, fuel);
    i32(1);
    op(Opcode.I32_SUB);
    op(Opcode.GLOBAL_SET, fuel);
  }

  void statements(int count, int depth) {
    for (int i = 0; i < count && budget > 0; i++) {
      statement(depth);
    }
  }

  void statement(int depth) {
    budget--;
    for (int tries = 0; tries < 6 && depth > 0; tries++) {
      if (produce(context.grammar().choose(choices, Grammar.NOTHING), Grammar.NOTHING, depth)) {
        return;
      }
    }
    op(Opcode.NOP);
  }

  /** Instructions that leave a value of a type. */
  void expression(int wanted, int depth) {
    if (budget-- > 0) {
      for (int tries = 0; tries < 5 && depth > 0; tries++) {
        if (produce(context.grammar().choose(choices, wanted), wanted, depth)) {
          return;
        }
      }
    }
    leaf(wanted);
  }

  /** Writes an instruction and its operands, unless the module has not what it needs: then nothing is written. */
  private boolean produce(Opcode opcode, int wanted, int depth) {
    return switch (opcode.shape()) {
      case CONTROL -> control.produce(opcode, wanted, depth);
      case PARAMETRIC -> parametric(opcode, wanted, depth);
      case VARIABLE -> variable(opcode, wanted, depth);
      case CONSTANT, UNARY, BINARY, COMPARE, TEST, VECTOR, WIDE -> computation.produce(opcode, depth);
      case LOAD, STORE, LANE_LOAD, LANE_STORE, ATOMIC, MEMORY -> memory.produce(opcode, wanted, depth);
      case TABLE -> memory.produceOfTable(opcode, wanted, depth);
      case REFERENCE, AGGREGATE -> aggregates.produce(opcode, wanted, depth);
    };
  }

  /** A value of a type without anything below it, where that is possible. */
  void leaf(int wanted) {
    if (choices.percent(60)) {
      int local = local(wanted);
      if (local >= 0) {
        op(Opcode.LOCAL_GET, local);
        return;
      }
    }
    if (choices.oneIn(4)) {
      int global = global(wanted, false);
      if (global >= 0) {
        op(Opcode.GLOBAL_GET, global);
        return;
      }
    }
    if (ValueType.isReference(wanted)) {
      aggregates.leaf(wanted);
    } else {
      constant(wanted);
    }
  }

  /** A constant of a number or vector type. */
  void constant(int number) {
    switch (number) {
      case ValueType.I32 -> i32(choices.i32());
      case ValueType.I64 -> {
        op(Opcode.I64_CONST);
        code.signed(choices.i64());
      }
      case ValueType.F32 -> {
        op(Opcode.F32_CONST);
        code.littleEndian(choices.f32(), 4);
      }
      case ValueType.F64 -> {
        op(Opcode.F64_CONST);
        code.littleEndian(choices.f64(), 8);
      }
      case ValueType.V128 -> v128(choices.vectorHalf(), choices.vectorHalf());
      default -> throw new IllegalArgumentException("no number: " + ValueType.name(number));
    }
  }

  private boolean parametric(Opcode opcode, int wanted, int depth) {
    if (opcode == Opcode.DROP) {
      expression(anyType(false), depth - 1);
      op(opcode);
      return true;
    }
    expression(wanted, depth - 1);
    expression(wanted, depth - 1);
    condition(depth - 1);
    op(opcode);
    if (opcode == Opcode.SELECT_TYPED) {
      code.unsigned(1);
      Types.writeType(code, wanted);
    }
    return true;
  }

  private boolean variable(Opcode opcode, int wanted, int depth) {
    int index =
        switch (opcode) {
          case LOCAL_GET -> local(wanted);
          case LOCAL_TEE -> localToSet(wanted);
          case LOCAL_SET -> locals.isEmpty() ? -1 : choices.below(locals.size());
          case GLOBAL_GET -> global(wanted, false);
          default -> global(Grammar.NOTHING, true);
        };
    if (index < 0) {
      return false;
    }
    switch (opcode) {
      case LOCAL_TEE -> expression(locals.get(index), depth - 1);
      case LOCAL_SET -> expression(locals.get(index), depth - 1);
      case GLOBAL_SET -> expression(draft.globals.get(index).type(), depth - 1);
      default -> { }
    }
    op(opcode, index);
    return true;
  }

  /** A local whose values are of a type, or -1. */
  private int local(int wanted) {
    int from = locals.isEmpty() ? 0 : choices.below(locals.size());
    for (int i = 0; i < locals.size(); i++) {
      int local = (from + i) % locals.size();
      // What is in a scratch local has not been made canonical.
      if (types.matches(locals.get(local), wanted) && !scratch.containsValue(local)) {
        return local;
      }
    }
    return -1;
  }

  private int localToSet(int wanted) {
    int local = local(wanted);
    if (local < 0 && Types.isDefaultable(wanted) && choices.oneIn(3)) {
      return addLocal(wanted);
    }
    return local;
  }

  /** Adds a local; returns its index. */
  int addLocal(int local) {
    locals.add(local);
    return locals.size() - 1;
  }

  /** A local of a type that only two adjacent instructions use. */
  int scratch(int local) {
    return scratch.computeIfAbsent(local, this::addLocal);
  }

  /** A global whose values are of a type, or of any if none is wanted; or -1. Never the fuel. */
  private int global(int wanted, boolean toSet) {
    int count = draft.globals.size();
    int from = count == 0 ? 0 : choices.below(count);
    for (int i = 0; i < count; i++) {
      int index = (from + i) % count;
      Draft.Global global = draft.globals.get(index);
      if (index != context.fuelGlobal() && (!toSet || global.mutable())
          && (wanted == Grammar.NOTHING || types.matches(global.type(), wanted))) {
        return index;
      }
    }
    return -1;
  }

  /** An i32 that is often a comparison. */
  void condition(int depth) {
    expression(ValueType.I32, depth);
  }

  /** A value type of the module's features. */
  int anyType(boolean defaultable) {
    if (has(Feature.REFERENCE_TYPES) && choices.oneIn(4)) {
      int reference = anyReference();
      return !defaultable && has(Feature.FUNCTION_REFERENCES) && choices.oneIn(3)
          ? ValueType.nonNull(reference)
          : reference;
    }
    return choices.below(5) == 0 && has(Feature.SIMD)
        ? ValueType.V128
        : choices.of(ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64);
  }

  /** A nullable reference type of the module's features. */
  int anyReference() {
    return References.any(context);
  }

  // Writing.

  void op(Opcode opcode) {
    op(code, opcode);
  }

  void op(Opcode opcode, int index) {
    op(code, opcode);
    code.unsigned(index);
  }

  static void op(BinaryWriter out, Opcode opcode) {
    if (opcode.code() < 256) {
      out.write(opcode.code());
    } else {
      out.write(opcode.code() >> 16);
      out.unsigned(opcode.code() & 0xFFFF);
    }
  }

  void i32(int value) {
    op(Opcode.I32_CONST);
    code.signed(value);
  }

  void i64(long value) {
    op(Opcode.I64_CONST);
    code.signed(value);
  }

  void v128(long low, long high) {
    op(Opcode.V128_CONST);
    code.littleEndian(low, 8);
    code.littleEndian(high, 8);
  }

  /** Keeps one of several results on the stack, and drops the others. */
  void keep(List<Integer> results, int index) {
    int last = results.size() - 1;
    if (index == 0) {
      for (int i = 0; i < last; i++) {
        op(Opcode.DROP);
      }
      return;
    }
    for (int i = last; i > index; i--) {
      op(Opcode.DROP);
    }
    int kept = results.get(index);
    boolean nonNull = !Types.isDefaultable(kept);
    int local = addLocal(nonNull ? ValueType.heap(kept) : kept);
    op(Opcode.LOCAL_SET, local);
    for (int i = 0; i < index; i++) {
      op(Opcode.DROP);
    }
    op(Opcode.LOCAL_GET, local);
    if (nonNull) {
      op(Opcode.REF_AS_NON_NULL);
    }
  }

  /** Drops several values. */
  void drop(int count) {
    for (int i = 0; i < count; i++) {
      op(Opcode.DROP);
    }
  }

  /** Takes parameters of a block from the stack into new locals, from which the body may read them. */
  void intoLocals(List<Integer> values) {
    for (int i = values.size() - 1; i >= 0; i--) {
      int value = values.get(i);
      op(Opcode.LOCAL_SET, addLocal(Types.isDefaultable(value) ? value : ValueType.heap(value)));
    }
  }
}
