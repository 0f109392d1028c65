package dev.gatun.text;

import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.ArrayList;
import java.util.List;

/** Prints the instructions of one function or constant expression, which are valid. */
final class InstructionPrinter {
  private static final String[] CATCHES = {"catch", "catch_ref", "catch_all", "catch_all_ref"};

  private final TextPrinter printer;
  private final WasmModule module;
  private final BinaryReader reader;
  private final boolean folded;
  private final int function;

  /** For a function, or -1 for a constant expression. */
  InstructionPrinter(TextPrinter printer, WasmModule module, BinaryReader reader, boolean folded, int function) {
    this.function = function;
    this.printer = printer;
    this.module = module;
    this.reader = reader;
    this.folded = folded;
  }

  /** A line of the function: what an instruction prints, and if it is to be folded, its operands. */
  private record Expression(String hint, String text, int results, List<Expression> operands) {
    void print(StringBuilder to, String indent) {
      if (operands.isEmpty()) {
        to.append(indent).append(hint).append('(').append(text).append(')');
        return;
      }
      to.append(indent).append(hint).append('(').append(text);
      for (Expression operand : operands) {
        operand.print(to, indent + "  ");
      }
      to.append(')');
    }
  }

  /** All instructions on one line, without the final end. */
  String line() {
    StringBuilder line = new StringBuilder();
    while (true) {
      Opcode opcode = Instructions.read(reader);
      if (opcode == Opcode.END) {
        return line.toString();
      }
      line.append(line.isEmpty() ? "" : " ").append(opcode.text()).append(immediates(opcode));
    }
  }

  /** The instructions up to the end of the body, each on a line of its own, indented by structure. */
  void body(StringBuilder to) {
    int depth = 0;
    List<Expression> pending = new ArrayList<>();
    while (true) {
      int at = reader.position;
      Opcode opcode = Instructions.read(reader);
      String hint = opcode == Opcode.IF || opcode == Opcode.BR_IF ? hint(at) : "";
      boolean closes = switch (opcode) {
        case END, ELSE, CATCH, CATCH_ALL, DELEGATE -> true;
        default -> false;
      };
      if (closes && depth == 0) {
        flush(pending, to, indent(depth));
        return;
      }
      String text = opcode.text() + immediates(opcode);
      boolean structure = closes || opens(opcode);
      if (folded && !structure) {
        fold(opcode, hint, text, pending);
        continue;
      }
      flush(pending, to, indent(depth));
      to.append(indent(closes ? depth - 1 : depth)).append(hint).append(text);
      if (opens(opcode)) {
        depth++;
      } else if (opcode == Opcode.END || opcode == Opcode.DELEGATE) {
        depth--;
      }
    }
  }

  /** The annotation of a hint for the branch at an offset, with a blank, or nothing. */
  private String hint(int offset) {
    Boolean likely = function < 0 ? null : printer.branchHints.likely(function, offset);
    return likely == null ? "" : "(@" + CustomSections.BRANCH_HINT + (likely ? " \"\\01\") " : " \"\\00\") ");
  }

  private static boolean opens(Opcode opcode) {
    return switch (opcode) {
      case BLOCK, LOOP, IF, TRY, TRY_TABLE -> true;
      default -> false;
    };
  }

  private static String indent(int depth) {
    return "\n    " + "  ".repeat(depth);
  }

  private static void flush(List<Expression> pending, StringBuilder to, String indent) {
    for (Expression expression : pending) {
      expression.print(to, indent);
    }
    pending.clear();
  }

  /** Takes the operands of an instruction from what is pending, if they are there, one value each. */
  private void fold(Opcode opcode, String hint, String text, List<Expression> pending) {
    int operands = lastOperands;
    boolean there = operands <= pending.size();
    for (int i = 1; there && i <= operands; i++) {
      there = pending.get(pending.size() - i).results == 1;
    }
    List<Expression> taken = List.of();
    if (there && operands > 0) {
      List<Expression> tail = pending.subList(pending.size() - operands, pending.size());
      taken = List.copyOf(tail);
      tail.clear();
    }
    pending.add(new Expression(hint, text, lastResults, taken));
  }

  // What the instruction whose immediates were read last takes and gives, for folding; 0 where it is not known.
  private int lastOperands;
  private int lastResults;

  private void arity(int operands, int results) {
    lastOperands = operands;
    lastResults = results;
  }

  private void arity(Opcode opcode) {
    if (opcode.hasFixedType()) {
      arity(opcode.operandCount(), opcode.result() == ValueType.BOTTOM ? 0 : 1);
      return;
    }
    switch (opcode) {
      case LOCAL_GET, GLOBAL_GET, REF_NULL, REF_FUNC -> arity(0, 1);
      case LOCAL_SET, GLOBAL_SET, DROP, BR_IF -> arity(1, 0);
      case LOCAL_TEE, REF_IS_NULL, REF_AS_NON_NULL, TABLE_GET, ARRAY_LEN, REF_I31, I31_GET_S, I31_GET_U -> arity(1, 1);
      case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U, REF_TEST, REF_TEST_NULL, REF_CAST, REF_CAST_NULL -> arity(1, 1);
      case SELECT, SELECT_TYPED -> arity(3, 1);
      case REF_EQ, ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> arity(2, 1);
      case TABLE_SET, STRUCT_SET -> arity(2, 0);
      case ARRAY_SET -> arity(3, 0);
      default -> arity(0, 0);
    }
  }

  private void call(FunctionType type, int more) {
    arity(type.paramCount() + more, type.resultCount());
  }

  // Immediates.

  private String index() {
    return " " + Integer.toUnsignedString(reader.readU32());
  }

  /** A value type by its bytes. */
  String readValueType() {
    int first = reader.readByte();
    if (first == 0x63 || first == 0x64) {
      return "(ref " + (first == 0x63 ? "null " : "") + readHeapType() + ")";
    }
    return printer.typeName(first);
  }

  private String readHeapType() {
    long heap = reader.readS33();
    return heap >= 0 ? Long.toString(heap) : ValueType.heapName((int) heap & 0x7F);
  }

  private String blockType() {
    int first = reader.peekByte();
    if (first == 0x40) {
      reader.position++;
      return "";
    }
    if (first >= 0x40 && first < 0x80) {
      return " (result " + readValueType() + ")";
    }
    return " (type " + reader.readS33() + ")";
  }

  private String immediates(Opcode opcode) {
    arity(opcode);
    return switch (opcode.immediates()) {
      case NONE -> "";
      case ORDER -> {
        reader.readByte();
        yield "";
      }
      case BLOCK_TYPE -> blockType();
      case LABEL, LOCAL, GLOBAL, TAG, DATA, ELEMENT -> index();
      case TABLE, MEMORY -> optional(reader.readU32());
      case TYPE -> {
        int type = reader.readU32();
        if (opcode == Opcode.CALL_REF) {
          call(module.type(type), 1);
        }
        yield " " + type;
      }
      case FUNCTION -> {
        int function = reader.readU32();
        if (opcode == Opcode.CALL) {
          call(module.functionType(function), 0);
        }
        yield " " + printer.function(function);
      }
      case LABEL_TABLE -> {
        StringBuilder labels = new StringBuilder();
        for (int count = reader.readU32(); count >= 0; count--) {
          labels.append(index());
        }
        yield labels.toString();
      }
      case TYPE_TABLE -> {
        int type = reader.readU32();
        if (opcode == Opcode.CALL_INDIRECT) {
          call(module.type(type), 1);
        }
        yield optional(reader.readU32()) + " (type " + type + ")";
      }
      case MEMORY_MEMORY, TABLE_TABLE -> {
        int first = reader.readU32();
        int second = reader.readU32();
        yield first == 0 && second == 0 ? "" : " " + first + " " + second;
      }
      case DATA_MEMORY, ELEMENT_TABLE -> {
        String segment = index();
        yield optional(reader.readU32()) + segment;
      }
      case TYPE_FIELD, TYPE_COUNT, TYPE_DATA, TYPE_ELEMENT, TYPE_TYPE -> index() + index();
      case MEMORY_ARGUMENT -> memoryArgument(opcode);
      case MEMORY_LANE -> {
        // A lane alone could be taken for a memory.
        String argument = memoryArgument(opcode);
        yield argument + " " + reader.readByte();
      }
      case LANE -> " " + reader.readByte();
      case SHUFFLE -> {
        StringBuilder lanes = new StringBuilder();
        for (int i = 0; i < 16; i++) {
          lanes.append(' ').append(reader.readByte());
        }
        yield lanes.toString();
      }
      case I32 -> " " + reader.readS32();
      case I64 -> " " + reader.readS64();
      case F32 -> " " + float32(reader.readInt());
      case F64 -> " " + float64(reader.readLong());
      case V128 -> {
        StringBuilder lanes = new StringBuilder(" i32x4");
        for (int i = 0; i < 4; i++) {
          lanes.append(String.format(" 0x%08x", reader.readInt()));
        }
        yield lanes.toString();
      }
      case HEAP_TYPE -> {
        String heap = readHeapType();
        boolean nullable = opcode == Opcode.REF_TEST_NULL || opcode == Opcode.REF_CAST_NULL;
        yield opcode == Opcode.REF_NULL ? " " + heap : " (ref " + (nullable ? "null " : "") + heap + ")";
      }
      case VALUE_TYPES -> {
        StringBuilder types = new StringBuilder(" (result");
        for (int count = reader.readU32(); count > 0; count--) {
          types.append(' ').append(readValueType());
        }
        yield types.append(')').toString();
      }
      case CAST -> {
        int flags = reader.readByte();
        String label = index();
        String from = readHeapType();
        yield label
            + " (ref " + ((flags & 1) != 0 ? "null " : "") + from + ")"
            + " (ref " + ((flags & 2) != 0 ? "null " : "") + readHeapType() + ")";
      }
      case TRY_TABLE -> {
        StringBuilder text = new StringBuilder(blockType());
        for (int count = reader.readU32(); count > 0; count--) {
          int kind = reader.readByte();
          text.append(" (").append(CATCHES[kind]);
          if (kind <= Instructions.CATCH_REF) {
            text.append(index());
          }
          text.append(index()).append(')');
        }
        yield text.toString();
      }
    };
  }

  private static String optional(int index) {
    return index == 0 ? "" : " " + Integer.toUnsignedString(index);
  }

  private String memoryArgument(Opcode opcode) {
    int flags = reader.readU32();
    String memory = (flags & Instructions.MEMORY_INDEX_FOLLOWS) != 0 ? optional(reader.readU32()) : "";
    int alignment = flags & ~Instructions.MEMORY_INDEX_FOLLOWS;
    long offset = reader.readMemoryOffset();
    return memory
        + (offset == 0 ? "" : " offset=" + Long.toUnsignedString(offset))
        + (alignment == opcode.naturalAlignment() ? "" : " align=" + (1L << alignment));
  }

  private static String float32(int bits) {
    float value = Float.intBitsToFloat(bits);
    String sign = bits < 0 ? "-" : "";
    if (Float.isNaN(value)) {
      return sign + "nan:0x" + Integer.toHexString(bits & 0x7F_FFFF);
    }
    return sign + (Float.isInfinite(value) ? "inf" : Float.toHexString(Math.abs(value)));
  }

  private static String float64(long bits) {
    double value = Double.longBitsToDouble(bits);
    String sign = bits < 0 ? "-" : "";
    if (Double.isNaN(value)) {
      return sign + "nan:0x" + Long.toHexString(bits & 0xF_FFFF_FFFF_FFFFL);
    }
    return sign + (Double.isInfinite(value) ? "inf" : Double.toHexString(Math.abs(value)));
  }
}
