package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.RejectedModuleException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Validates one function body after another, by the algorithm of the specification's appendix, and collects its {@link
 * FunctionFacts} on the way. For one thread; nothing is allocated for an instruction.
 *
 * <p>Instructions whose type is fixed are validated from the {@link Opcode} table; the rest have a case each. The
 * commonest kinds have a short path of their own in {@link #validateInstructions}, which is written for an interpreter
 * as much as for a compiler, since most of a module is validated before this class has been compiled.
 */
final class Validator {
  private static final int[] NO_TYPES = {};

  /** What a block leaves whose type is a single value type, by that type. */
  private static final int[][] SINGLE = new int[128][];

  // How an opcode byte is validated: the lowest byte of its rule.
  private static final int OTHER = 0;
  private static final int ONE_OPERAND = 1;
  private static final int TWO_OPERANDS = 2;
  private static final int LOAD = 3;
  private static final int STORE = 4;
  private static final int LOCAL_GET = 5;
  private static final int LOCAL_SET = 6;
  private static final int LOCAL_TEE = 7;
  private static final int I32_CONST = 8;
  private static final int BLOCK = 9;
  private static final int END = 10;
  private static final int BR_IF = 11;
  private static final int CALL = 12;

  /** By opcode byte: its way in the lowest byte; above it the types of two operands and the result, a byte each. */
  private static final int[] RULES = new int[256];

  /** By opcode byte of a load or store: its natural alignment. */
  private static final byte[] ALIGNMENT = new byte[256];

  static {
    for (int type = 0; type < SINGLE.length; type++) {
      if (ValueType.isSupported(type)) {
        SINGLE[type] = new int[] {type};
      }
    }
    for (int code = 0; code < 256; code++) {
      Opcode opcode = Opcode.of(code);
      if (opcode != null) {
        RULES[code] = opcode.feature().isSupported() ? rule(opcode) : OTHER;
        ALIGNMENT[code] = (byte) opcode.naturalAlignment();
      }
    }
  }

  private final WasmModule module;
  private final byte[] bytes;
  private final BinaryReader reader;
  private final FunctionType[] types;

  /** Offset of the instruction being validated. */
  private int instruction;

  // The operand stack: value types. Entries below the height belong to the enclosing structures.
  private int[] stack = new int[64];
  private int top;
  private int maxTop;

  // The control stack; entry 0 is the function. What concerns the innermost structure is in fields of their own,
  // and in its entry only while another is inside it.
  private int depth;
  private int maxDepth;
  private Opcode[] controlOpcode = new Opcode[16];
  private int[][] controlParams = new int[16][];
  private int[][] controlResults = new int[16][];
  private int[] controlHeight = new int[16];
  private boolean[] controlUnreachable = new boolean[16];
  private long[] controlWritten = new long[16];
  private boolean[] controlCalls = new boolean[16];

  /** By what the structure is known to the collector of facts. */
  private int[] controlFacts = new int[16];

  private int height;
  private boolean unreachable;
  private long written;
  private boolean calls;

  private int[] localTypes = new int[64];
  private int localCount;

  private final FactsCollector facts = new FactsCollector();

  Validator(WasmModule module) {
    this.module = module;
    this.bytes = module.bytes;
    this.reader = new BinaryReader(bytes);
    reader.module = module;
    reader.section = "code";
    this.types = module.types;
  }

  private static int rule(Opcode opcode) {
    int way = switch (opcode) {
      case LOCAL_GET -> LOCAL_GET;
      case LOCAL_SET -> LOCAL_SET;
      case LOCAL_TEE -> LOCAL_TEE;
      case I32_CONST -> I32_CONST;
      case BLOCK, LOOP, IF -> BLOCK;
      case END -> END;
      case BR_IF -> BR_IF;
      case CALL -> CALL;
      default -> switch (opcode.shape()) {
        case LOAD -> LOAD;
        case STORE -> STORE;
        case UNARY, TEST -> ONE_OPERAND;
        case BINARY, COMPARE -> TWO_OPERANDS;
        default -> OTHER;
      };
    };
    return way | opcode.operand(0) << 8 | opcode.operand(1) << 16 | opcode.result() << 24;
  }

  /**
   * Validates a function that is not imported.
   *
   * @throws RejectedModuleException naming the function
   */
  void validate(int function) {
    reader.functionIndex = function;
    reader.range(module.bodyStart(function), module.bodyEnd(function));
    instruction = reader.position;
    FunctionType type = module.functionType(function);
    readLocals(type.params());
    facts.begin(reader.position, localCount, type.paramCount());
    top = 0;
    maxTop = 0;
    depth = 0;
    maxDepth = 0;
    open(Opcode.BLOCK, NO_TYPES, type.results(), FactsCollector.FUNCTION);
    validateInstructions();
    if (!reader.atEnd()) {
      throw reader.malformed("unexpected content after the end of the function", reader.position);
    }
    facts.finish(maxTop, maxDepth);
  }

  /** The facts of the function that was validated last; overwritten by the next. */
  FactsCollector facts() {
    return facts;
  }

  // Locals.

  private void readLocals(int[] params) {
    localCount = 0;
    growLocals(params.length);
    System.arraycopy(params, 0, localTypes, 0, params.length);
    localCount = params.length;
    int groups = reader.readCount("groups of locals", ImplementationLimits.BODY_BYTES);
    for (int i = 0; i < groups; i++) {
      int at = reader.position;
      long total = localCount + (reader.readU32() & 0xFFFFFFFFL);
      if (total > ImplementationLimits.LOCALS) {
        throw reader.malformed("too many locals", "the limit is " + ImplementationLimits.LOCALS, at);
      }
      int type = reader.readValueType();
      growLocals((int) total);
      Arrays.fill(localTypes, localCount, (int) total, type);
      localCount = (int) total;
    }
  }

  private void growLocals(int count) {
    if (count > localTypes.length) {
      localTypes = Arrays.copyOf(localTypes, 2 * count);
    }
  }

  private int readLocal() {
    int local = reader.readU32();
    if (Integer.compareUnsigned(local, localCount) >= 0) {
      throw unknown("local", local);
    }
    return local;
  }

  /** Notes that the local is set here. */
  private void write(int local) {
    facts.writes(local, instruction);
    if (local < 64) {
      written |= 1L << local;
    }
  }

  // Operands.

  private void push(int type) {
    if (top == stack.length) {
      growStack(top + 1);
    }
    stack[top++] = type;
    if (top > maxTop) {
      maxTop = top;
    }
  }

  private void growStack(int size) {
    if (size > ImplementationLimits.OPERANDS) {
      throw reader.malformed("too many operands", "the limit is " + ImplementationLimits.OPERANDS, instruction);
    }
    stack = Arrays.copyOf(stack, Math.min(2 * size, ImplementationLimits.OPERANDS));
  }

  private void pushAll(int[] types) {
    int size = top + types.length;
    if (size > stack.length) {
      growStack(size);
    }
    System.arraycopy(types, 0, stack, top, types.length);
    top = size;
    if (size > maxTop) {
      maxTop = size;
    }
  }

  private int pop() {
    if (top > height) {
      return stack[--top];
    }
    if (unreachable) {
      return ValueType.BOTTOM;
    }
    throw invalid("type mismatch", "expected an operand, found nothing on the stack");
  }

  private void pop(int expected) {
    if (top > height) {
      int found = stack[--top];
      if (found != expected && found != ValueType.BOTTOM) {
        throw mismatch(expected, found);
      }
    } else if (!unreachable) {
      throw invalid("type mismatch", "expected " + ValueType.name(expected) + ", found nothing on the stack");
    }
  }

  private void popAll(int[] expected) {
    for (int i = expected.length - 1; i >= 0; i--) {
      pop(expected[i]);
    }
  }

  /** Checks that the operands on top have these types, and leaves them there. */
  private void peekAll(int[] expected) {
    int at = top;
    for (int i = expected.length - 1; i >= 0; i--) {
      if (at > height) {
        int found = stack[--at];
        if (found != expected[i] && found != ValueType.BOTTOM) {
          throw mismatch(expected[i], found);
        }
      } else if (!unreachable) {
        throw invalid("type mismatch", "expected " + ValueType.name(expected[i]) + ", found nothing on the stack");
      }
    }
  }

  // Control.

  private void open(Opcode opcode, int[] params, int[] results, int number) {
    int at = depth;
    if (at == controlOpcode.length) {
      growControl();
    }
    if (at > 0) {
      controlUnreachable[at - 1] = unreachable;
      controlWritten[at - 1] = written;
      controlCalls[at - 1] = calls;
    }
    controlOpcode[at] = opcode;
    controlParams[at] = params;
    controlResults[at] = results;
    controlHeight[at] = top;
    controlFacts[at] = number;
    if (at > maxDepth) {
      maxDepth = at;
    }
    depth = at + 1;
    height = top;
    unreachable = false;
    written = 0;
    calls = false;
    if (params.length > 0) {
      pushAll(params);
    }
  }

  private void growControl() {
    if (depth > ImplementationLimits.CONTROL_DEPTH) {
      throw reader.malformed(
          "control structures nested too deep", "the limit is " + ImplementationLimits.CONTROL_DEPTH, instruction);
    }
    // One entry more, for the function.
    int size = Math.min(2 * depth, ImplementationLimits.CONTROL_DEPTH + 1);
    controlOpcode = Arrays.copyOf(controlOpcode, size);
    controlParams = Arrays.copyOf(controlParams, size);
    controlResults = Arrays.copyOf(controlResults, size);
    controlHeight = Arrays.copyOf(controlHeight, size);
    controlUnreachable = Arrays.copyOf(controlUnreachable, size);
    controlWritten = Arrays.copyOf(controlWritten, size);
    controlCalls = Arrays.copyOf(controlCalls, size);
    controlFacts = Arrays.copyOf(controlFacts, size);
  }

  /** Checks that the innermost structure leaves its results and nothing else, and takes them. */
  private void popResults() {
    popAll(controlResults[depth - 1]);
    if (top != height) {
      throw invalid("type mismatch", top - height + " more operands than results at the end of the block");
    }
  }

  private void openBlock(int code) {
    Opcode opcode = code == 0x02 ? Opcode.BLOCK : code == 0x03 ? Opcode.LOOP : Opcode.IF;
    int typeAt = reader.position;
    int blockType = reader.peekByte();
    int[] params = NO_TYPES;
    int[] results;
    if (blockType == 0x40) {
      reader.position++;
      results = NO_TYPES;
    } else if (blockType < 0x80 && SINGLE[blockType] != null) {
      reader.position++;
      results = SINGLE[blockType];
    } else {
      long index = reader.readS33();
      if (index < 0) {
        throw reader.unknownType("malformed block type", blockType, typeAt);
      } else if (index >= types.length) {
        throw unknown("type", (int) index);
      }
      params = types[(int) index].params();
      results = types[(int) index].results();
    }
    if (opcode == Opcode.IF) {
      pop(ValueType.I32);
    }
    popAll(params);
    int number = facts.openControl();
    if (opcode == Opcode.LOOP) {
      facts.openLoop(instruction);
    }
    open(opcode, params, results, number);
  }

  private void elseArm() {
    int at = depth - 1;
    if (controlOpcode[at] != Opcode.IF) {
      throw reader.malformed("else without if", instruction);
    }
    popResults();
    controlOpcode[at] = Opcode.ELSE;
    facts.elseAt(controlFacts[at], reader.position);
    // What was written and called in the first arm counts for the whole.
    unreachable = false;
    pushAll(controlParams[at]);
  }

  private void end() {
    int at = depth - 1;
    Opcode opcode = controlOpcode[at];
    int[] results = controlResults[at];
    if (opcode == Opcode.IF && !Arrays.equals(controlParams[at], results)) {
      throw invalid("type mismatch", "an if without else must have the types of its parameters as results");
    }
    popResults();
    depth = at;
    if (at == 0) {
      return;
    }
    facts.closeControl(controlFacts[at], reader.position, written, calls);
    if (opcode == Opcode.LOOP) {
      facts.closeLoop(instruction);
    }
    at--;
    height = controlHeight[at];
    unreachable = controlUnreachable[at];
    written |= controlWritten[at];
    calls |= controlCalls[at];
    if (results.length > 0) {
      pushAll(results);
    }
  }

  private void becomeUnreachable() {
    top = height;
    unreachable = true;
  }

  /** Reads a label, notes the branch, and returns what it carries. */
  private int[] readLabel() {
    int label = reader.readU32();
    if (Integer.compareUnsigned(label, depth) >= 0) {
      throw unknown("label", label);
    }
    int at = depth - 1 - label;
    facts.branchesTo(controlFacts[at]);
    return controlOpcode[at] == Opcode.LOOP ? controlParams[at] : controlResults[at];
  }

  private void branchTable() {
    int count = reader.readCount("labels of br_table", ImplementationLimits.BRANCH_TABLE_LABELS);
    pop(ValueType.I32);
    int[] checked = null;
    int arity = -1;
    for (int i = 0; i <= count; i++) {
      int[] carried = readLabel();
      if (arity >= 0 && carried.length != arity) {
        throw invalid("type mismatch", "labels of one br_table carry " + arity + " and " + carried.length + " values");
      }
      arity = carried.length;
      if (carried != checked) {
        peekAll(carried);
        checked = carried;
      }
    }
    becomeUnreachable();
  }

  // Instructions.

  private void validateInstructions() {
    BinaryReader in = reader;
    byte[] code = bytes;
    int limit = in.limit;
    do {
      int at = in.position;
      if (at >= limit) {
        throw in.unexpectedEnd();
      }
      instruction = at;
      in.position = at + 1;
      int first = code[at] & 0xFF;
      int rule = RULES[first];
      switch (rule & 0xFF) {
        case LOCAL_GET -> {
          int local = readLocal();
          facts.occurs(local, at);
          push(localTypes[local]);
        }
        case I32_CONST -> {
          in.readS32();
          push(ValueType.I32);
        }
        case TWO_OPERANDS -> {
          pop(rule >>> 16 & 0xFF);
          pop(rule >>> 8 & 0xFF);
          push(rule >>> 24);
        }
        case LOAD -> {
          checkMemoryArgument(ALIGNMENT[first]);
          pop(ValueType.I32);
          push(rule >>> 24);
        }
        case LOCAL_SET -> {
          int local = readLocal();
          pop(localTypes[local]);
          write(local);
        }
        case LOCAL_TEE -> {
          int local = readLocal();
          int type = localTypes[local];
          pop(type);
          write(local);
          push(type);
        }
        case STORE -> {
          checkMemoryArgument(ALIGNMENT[first]);
          pop(rule >>> 16 & 0xFF);
          pop(ValueType.I32);
        }
        case ONE_OPERAND -> {
          pop(rule >>> 8 & 0xFF);
          push(rule >>> 24);
        }
        case BLOCK -> openBlock(first);
        case END -> end();
        case BR_IF -> {
          int[] carried = readLabel();
          pop(ValueType.I32);
          if (carried.length > 0) {
            popAll(carried);
            pushAll(carried);
          }
        }
        case CALL -> call(module.functionType(readFunction()));
        default -> {
          in.position = at;
          validateOther(Instructions.read(in));
        }
      }
    } while (depth > 0);
  }

  private void checkMemoryArgument(int natural) {
    facts.touchesMemory();
    int alignment = reader.readU32();
    if (Integer.compareUnsigned(alignment, 0x40) >= 0) {
      if (Integer.compareUnsigned(alignment, 0x80) < 0) {
        throw reader.unsupported(Feature.MULTI_MEMORY, instruction);
      }
      throw reader.malformed("malformed memop flags", instruction);
    }
    long offset = reader.readMemoryOffset();
    if (module.memories.length == 0) {
      throw unknown("memory", 0);
    }
    if (alignment > natural) {
      throw invalid("alignment must not be larger than natural",
          "2^" + alignment + " bytes, at most 2^" + natural + " are natural");
    }
    if (offset >>> 32 != 0) {
      throw invalid("offset out of range", Long.toUnsignedString(offset) + ", at most 2^32-1");
    }
  }

  private void call(FunctionType type) {
    calls = true;
    facts.calls();
    popAll(type.params());
    pushAll(type.results());
  }

  private void validateOther(Opcode opcode) {
    if (opcode.calls()) {
      calls = true;
      facts.calls();
    }
    if (opcode.hasFixedType()) {
      checkImmediates(opcode);
      for (int i = opcode.operandCount() - 1; i >= 0; i--) {
        pop(opcode.operand(i));
      }
      if (opcode.result() != 0) {
        push(opcode.result());
      }
      return;
    }
    switch (opcode) {
      case UNREACHABLE -> becomeUnreachable();
      case ELSE -> elseArm();
      case BR -> {
        popAll(readLabel());
        becomeUnreachable();
      }
      case BR_TABLE -> branchTable();
      case RETURN -> {
        popAll(controlResults[0]);
        becomeUnreachable();
      }
      case CALL_INDIRECT -> callIndirect();
      case DROP -> pop();
      case SELECT -> select();
      case SELECT_TYPED -> {
        int type = readSelectType();
        pop(ValueType.I32);
        pop(type);
        pop(type);
        push(type);
      }
      case GLOBAL_GET -> push(module.globals[readGlobal()].type());
      case GLOBAL_SET -> {
        int global = readGlobal();
        if (!module.globals[global].mutable()) {
          throw invalid("immutable global", "global " + global + " is set");
        }
        pop(module.globals[global].type());
      }
      case TABLE_GET -> {
        int type = module.tables[readTable()].type();
        pop(ValueType.I32);
        push(type);
      }
      case TABLE_SET -> {
        pop(module.tables[readTable()].type());
        pop(ValueType.I32);
      }
      case TABLE_GROW -> {
        int type = module.tables[readTable()].type();
        pop(ValueType.I32);
        pop(type);
        push(ValueType.I32);
      }
      case TABLE_FILL -> {
        int type = module.tables[readTable()].type();
        pop(ValueType.I32);
        pop(type);
        pop(ValueType.I32);
      }
      case REF_NULL -> push(reader.readHeapType());
      case REF_FUNC -> {
        int function = readFunction();
        if (!module.declared[function]) {
          throw invalid("undeclared function reference", "function " + function
              + " occurs in no element segment, global or export");
        }
        push(ValueType.FUNCREF);
      }
      case REF_IS_NULL -> {
        int type = pop();
        if (type != ValueType.BOTTOM && !ValueType.isReference(type)) {
          throw invalid("type mismatch", "expected a reference, found " + ValueType.name(type));
        }
        push(ValueType.I32);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  /** Reads the immediates of an instruction of fixed type and checks that what they name exists and fits. */
  private void checkImmediates(Opcode opcode) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case MEMORY -> readMemory();
      case MEMORY_MEMORY -> {
        readMemory();
        readMemory();
      }
      case DATA -> checkData(reader.readU32());
      case DATA_MEMORY -> {
        int segment = reader.readU32();
        readMemory();
        checkData(segment);
      }
      case TABLE -> readTable();
      case ELEMENT -> checkElement(reader.readU32());
      case ELEMENT_TABLE -> {
        int segment = reader.readU32();
        int expected = module.tables[readTable()].type();
        checkElement(segment);
        checkElementType(expected, module.elements[segment].type());
      }
      case TABLE_TABLE -> {
        int expected = module.tables[readTable()].type();
        checkElementType(expected, module.tables[readTable()].type());
      }
      default -> Instructions.skipImmediates(reader, opcode);
    }
  }

  private void checkElementType(int expected, int found) {
    if (expected != found) {
      throw mismatch(expected, found);
    }
  }

  private void callIndirect() {
    int type = reader.readU32();
    if (Integer.compareUnsigned(type, types.length) >= 0) {
      throw unknown("type", type);
    }
    checkElementType(ValueType.FUNCREF, module.tables[readTable()].type());
    pop(ValueType.I32);
    call(types[type]);
  }

  private void select() {
    pop(ValueType.I32);
    int second = pop();
    int first = pop();
    if (ValueType.isReference(first) || ValueType.isReference(second)) {
      throw invalid("type mismatch", "select without a type takes numbers, found a reference");
    }
    if (first != second && first != ValueType.BOTTOM && second != ValueType.BOTTOM) {
      throw mismatch(first, second);
    }
    push(first == ValueType.BOTTOM ? second : first);
  }

  private int readSelectType() {
    int count = reader.readCount("types of select", ImplementationLimits.RESULTS);
    int type = 0;
    for (int i = 0; i < count; i++) {
      type = reader.readValueType();
    }
    if (count != 1) {
      throw invalid("invalid result arity", "select has one type, found " + count);
    }
    return type;
  }

  // Indices.

  private int readFunction() {
    return readIndex("function", module.functionTypes.length);
  }

  private int readGlobal() {
    return readIndex("global", module.globals.length);
  }

  private int readTable() {
    return readIndex("table", module.tables.length);
  }

  private void checkElement(int segment) {
    if (Integer.compareUnsigned(segment, module.elements.length) >= 0) {
      throw unknown("elem segment", segment);
    }
  }

  private void readMemory() {
    facts.touchesMemory();
    readIndex("memory", module.memories.length);
  }

  private void checkData(int segment) {
    if (module.dataCount < 0) {
      throw reader.malformed("data count section required", instruction);
    }
    if (Integer.compareUnsigned(segment, module.dataCount) >= 0) {
      throw unknown("data segment", segment);
    }
  }

  private int readIndex(String what, int count) {
    int index = reader.readU32();
    if (Integer.compareUnsigned(index, count) >= 0) {
      throw unknown(what, index);
    }
    return index;
  }

  // Errors.

  private InvalidModuleException unknown(String what, int index) {
    return invalid("unknown " + what + " " + Integer.toUnsignedString(index), null);
  }

  private InvalidModuleException mismatch(int expected, int found) {
    return invalid("type mismatch", "expected " + ValueType.name(expected) + ", found " + ValueType.name(found));
  }

  private InvalidModuleException invalid(String reason, @Nullable String detail) {
    return reader.invalid(reason, detail, instruction);
  }
}
