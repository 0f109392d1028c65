package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;

/** Instructions on memories and tables. Most addresses are within, many near the end, few far beyond. */
final class MemoryAccess {
  /** How much memories and tables grow at once, at most; all have a maximum anyway. */
  private static final int GROWTH = 3;

  private final Body body;
  private final Draft draft;
  private final Choices choices;

  MemoryAccess(Body body) {
    this.body = body;
    this.draft = body.draft;
    this.choices = body.choices;
  }

  boolean produce(Opcode opcode, int wanted, int depth) {
    if (opcode == Opcode.ATOMIC_FENCE) {
      body.op(opcode, 0);
      return true;
    }
    if (opcode == Opcode.DATA_DROP) {
      if (draft.data.isEmpty()) {
        return false;
      }
      body.op(opcode, choices.below(draft.data.size()));
      return true;
    }
    int memory = draft.memories.isEmpty() ? -1 : choices.below(draft.memories.size());
    if (memory < 0) {
      return false;
    }
    if (opcode.shape() == Shape.MEMORY) {
      return produceOfMemory(opcode, memory, wanted, depth);
    }
    access(opcode, memory, depth);
    return true;
  }

  private int addressType(int memory) {
    return draft.memories.get(memory).wide() ? ValueType.I64 : ValueType.I32;
  }

  private int indexType(int table) {
    return draft.tables.get(table).wide() ? ValueType.I64 : ValueType.I32;
  }

  /** A load, a store or an atomic access. */
  private void access(Opcode opcode, int memory, int depth) {
    boolean atomic = opcode.shape() == Shape.ATOMIC;
    address(memory, opcode.width(), atomic && !choices.oneIn(12), depth - 1);
    Computation computation = new Computation(body);
    for (int i = 1; i < opcode.operandCount(); i++) {
      if (i == 2 && (opcode == Opcode.MEMORY_ATOMIC_WAIT32 || opcode == Opcode.MEMORY_ATOMIC_WAIT64)) {
        // Nanoseconds that nobody will mind.
        body.i64(choices.below(1000));
      } else {
        computation.operand(opcode, i, depth - 1);
      }
    }
    body.op(opcode);
    int alignment = atomic ? opcode.naturalAlignment() : choices.below(opcode.naturalAlignment() + 1);
    if (memory != 0 || body.has(dev.gatun.wasm.Feature.MULTI_MEMORY) && choices.oneIn(10)) {
      body.code.unsigned(alignment | Instructions.MEMORY_INDEX_FOLLOWS);
      body.code.unsigned(memory);
    } else {
      body.code.unsigned(alignment);
    }
    body.code.unsigned(offset(memory, atomic ? opcode.width() : 1));
    if (opcode.shape() == Shape.LANE_LOAD || opcode.shape() == Shape.LANE_STORE) {
      body.code.write(choices.below(16 / opcode.width()));
    }
  }

  private long offset(int memory, int multiple) {
    int bytes = draft.memories.get(memory).bytes();
    return switch (choices.below(24)) {
      case 0 -> choices.between(Math.max(0, bytes - 20), bytes + 4) / multiple * (long) multiple;
      case 1 -> 0xFFFF_FFF0L + choices.below(16) / multiple * (long) multiple;
      case 2 ->
          (draft.memories.get(memory).wide() ? choices.i64() : choices.i32() & 0xFFFF_FFFFL) & -multiple;
      case 3, 4, 5, 6, 7, 8, 9 -> choices.below(300) / multiple * (long) multiple;
      default -> 0;
    };
  }

  private void address(int memory, int width, boolean aligned, int depth) {
    Draft.Memory described = draft.memories.get(memory);
    int type = addressType(memory);
    int bytes = described.bytes();
    if (choices.oneIn(8)) {
      // Near the end, where the last bytes are.
      int near = bytes - choices.below(2 * Math.max(width, 1) + 1);
      constant(type, aligned ? near & -width : near);
      return;
    }
    body.expression(type, depth);
    if (choices.oneIn(30)) {
      return;
    }
    // A power of two that is often within.
    int mask = Math.max(1, Integer.highestOneBit(Math.max(bytes, 1))) - 1;
    constant(type, aligned ? mask & -width : mask);
    body.op(type == ValueType.I64 ? Opcode.I64_AND : Opcode.I32_AND);
  }

  private void constant(int type, int value) {
    if (type == ValueType.I64) {
      body.i64(value);
    } else {
      body.i32(value);
    }
  }

  /** A number that is small most of the time. */
  private void small(int type, int mask, int depth) {
    body.expression(type, depth);
    if (!choices.oneIn(20)) {
      constant(type, mask);
      body.op(type == ValueType.I64 ? Opcode.I64_AND : Opcode.I32_AND);
    }
  }

  private boolean produceOfMemory(Opcode opcode, int memory, int wanted, int depth) {
    int type = addressType(memory);
    switch (opcode) {
      case MEMORY_SIZE -> {
        if (wanted != type) {
          return false;
        }
        body.op(opcode, memory);
      }
      case MEMORY_GROW -> {
        if (wanted != type) {
          return false;
        }
        small(type, GROWTH, depth - 1);
        body.op(opcode, memory);
      }
      case MEMORY_FILL -> {
        address(memory, 1, false, depth - 1);
        body.expression(ValueType.I32, depth - 1);
        small(type, 255, depth - 1);
        body.op(opcode, memory);
      }
      case MEMORY_COPY -> {
        int from = choices.below(draft.memories.size());
        address(memory, 1, false, depth - 1);
        address(from, 1, false, depth - 1);
        boolean wide = type == ValueType.I64 && addressType(from) == ValueType.I64;
        small(wide ? ValueType.I64 : ValueType.I32, 255, depth - 1);
        body.op(opcode, memory);
        body.code.unsigned(from);
      }
      case MEMORY_INIT -> {
        if (draft.data.isEmpty()) {
          return false;
        }
        int segment = choices.below(draft.data.size());
        address(memory, 1, false, depth - 1);
        small(ValueType.I32, 7, depth - 1);
        small(ValueType.I32, 7, depth - 1);
        body.op(opcode, segment);
        body.code.unsigned(memory);
      }
      default -> throw new IllegalStateException("unknown instruction on memories: " + opcode.name());
    }
    return true;
  }

  private int table(int element, boolean toWrite) {
    int count = draft.tables.size();
    int from = count == 0 ? 0 : choices.below(count);
    for (int i = 0; i < count; i++) {
      int table = (from + i) % count;
      int type = draft.tables.get(table).element();
      if (element == Grammar.NOTHING
          || (toWrite ? body.types.matches(element, type) : body.types.matches(type, element))) {
        return table;
      }
    }
    return -1;
  }

  private void index(int table, int depth) {
    small(indexType(table), 7, depth);
  }

  boolean produceOfTable(Opcode opcode, int wanted, int depth) {
    if (opcode == Opcode.ELEM_DROP) {
      if (draft.elements.isEmpty()) {
        return false;
      }
      body.op(opcode, choices.below(draft.elements.size()));
      return true;
    }
    int table = table(opcode == Opcode.TABLE_GET ? wanted : Grammar.NOTHING, false);
    if (table < 0) {
      return false;
    }
    int type = indexType(table);
    int element = draft.tables.get(table).element();
    switch (opcode) {
      case TABLE_GET -> {
        index(table, depth - 1);
        body.op(opcode, table);
      }
      case TABLE_SET -> {
        index(table, depth - 1);
        body.expression(element, depth - 1);
        body.op(opcode, table);
      }
      case TABLE_SIZE -> {
        if (wanted != type) {
          return false;
        }
        body.op(opcode, table);
      }
      case TABLE_GROW -> {
        body.expression(element, depth - 1);
        small(type, GROWTH, depth - 1);
        body.op(opcode, table);
        if (type == ValueType.I64) {
          body.op(Opcode.I32_WRAP_I64);
        }
      }
      case TABLE_FILL -> {
        index(table, depth - 1);
        body.expression(element, depth - 1);
        small(type, 3, depth - 1);
        body.op(opcode, table);
      }
      case TABLE_COPY -> {
        int from = table(element, false);
        if (from < 0) {
          return false;
        }
        index(table, depth - 1);
        index(from, depth - 1);
        boolean wide = type == ValueType.I64 && indexType(from) == ValueType.I64;
        small(wide ? ValueType.I64 : ValueType.I32, 3, depth - 1);
        body.op(opcode, table);
        body.code.unsigned(from);
      }
      case TABLE_INIT -> {
        return initialize(opcode, table, depth);
      }
      default -> throw new IllegalStateException("unknown instruction on tables: " + opcode.name());
    }
    return true;
  }

  private boolean initialize(Opcode opcode, int table, int depth) {
    for (int tries = 0; tries < 4 && !draft.elements.isEmpty(); tries++) {
      int segment = choices.below(draft.elements.size());
      if (body.types.matches(draft.elements.get(segment).type(), draft.tables.get(table).element())) {
        index(table, depth - 1);
        small(ValueType.I32, 3, depth - 1);
        small(ValueType.I32, 3, depth - 1);
        body.op(opcode, segment);
        body.code.unsigned(table);
        return true;
      }
    }
    return false;
  }
}
