package dev.gatun.wasm;

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
final class Validator extends ValidationState {
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
      if (ValueType.isNumber(type) || type == ValueType.V128 || ValueType.isReference(type)) {
        SINGLE[type] = new int[] {type};
      }
    }
    for (int code = 0; code < 256; code++) {
      Opcode opcode = Opcode.of(code);
      if (opcode != null) {
        RULES[code] = opcode.isSupported() ? rule(opcode) : OTHER;
        ALIGNMENT[code] = (byte) opcode.naturalAlignment();
      }
    }
  }

  /** What a block takes and leaves; set by {@link #readBlockType}. */
  private int[] blockParams = NO_TYPES;

  private int[] blockResults = NO_TYPES;

  private final AggregateValidation aggregates;
  private final MemoryValidation memories;

  Validator(WasmModule module) {
    super(module);
    this.aggregates = new AggregateValidation(this);
    this.memories = new MemoryValidation(this);
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

  /**
   * Validates the instructions of a constant expression; that they are constant is not its business.
   *
   * @throws RejectedModuleException if they do not leave one value of the type
   */
  void validateExpression(int start, int end, int type, @Nullable String section) {
    reader.section = section;
    reader.functionIndex = -1;
    reader.range(start, end);
    instruction = start;
    localCount = 0;
    facts.begin(start, 0, 0);
    top = 0;
    depth = 0;
    open(Opcode.BLOCK, NO_TYPES, new int[] {type}, FactsCollector.FUNCTION);
    validateInstructions();
  }

  /** The facts of the function that was validated last; overwritten by the next. */
  FactsCollector facts() {
    return facts;
  }

  // Control.

  private void openBlock(int code) {
    Opcode opcode = code == 0x02 ? Opcode.BLOCK : code == 0x03 ? Opcode.LOOP : Opcode.IF;
    readBlockType();
    int[] params = blockParams;
    int[] results = blockResults;
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

  private void readBlockType() {
    int first = reader.peekByte();
    if (first == 0x40) {
      reader.position++;
      blockParams = NO_TYPES;
      blockResults = NO_TYPES;
    } else if (first >= 0x40 && first < 0x80) {
      int type = reader.readValueType("malformed block type");
      blockParams = NO_TYPES;
      blockResults = type >= 0 && type < SINGLE.length ? SINGLE[type] : new int[] {type};
    } else {
      long index = reader.readS33();
      if (index < 0) {
        throw reader.malformed("malformed block type", "0x" + Integer.toHexString(first), instruction);
      }
      FunctionType type = functionType(index);
      blockParams = type.params();
      blockResults = type.results();
    }
  }

  private void openTry() {
    readBlockType();
    popAll(blockParams);
    open(Opcode.TRY, blockParams, blockResults, facts.openControl());
  }

  private void openTryTable() {
    readBlockType();
    int[] params = blockParams;
    int[] results = blockResults;
    int count = reader.readCount("handlers", ImplementationLimits.HANDLERS);
    for (int i = 0; i < count; i++) {
      int at = reader.position;
      int kind = reader.readByte();
      if (kind > Instructions.CATCH_ALL_REF) {
        throw reader.malformed("malformed catch clause", Integer.toString(kind), at);
      }
      int[] carried = kind <= Instructions.CATCH_REF ? module.tagType(readTag()).params() : NO_TYPES;
      if (kind == Instructions.CATCH_REF || kind == Instructions.CATCH_ALL_REF) {
        carried = Arrays.copyOf(carried, carried.length + 1);
        carried[carried.length - 1] = ValueType.nonNull(ValueType.EXNREF);
      }
      checkMatches(carried, readLabel());
    }
    popAll(params);
    open(Opcode.TRY_TABLE, params, results, facts.openControl());
  }

  /** Begins a handler of a legacy try: one for a tag, or the one for all. */
  private void handler(Opcode opcode) {
    int at = depth - 1;
    if (controlOpcode[at] != Opcode.TRY && controlOpcode[at] != Opcode.CATCH) {
      throw reader.malformed(opcode + " without try", instruction);
    }
    int[] carried = opcode == Opcode.CATCH ? module.tagType(readTag()).params() : NO_TYPES;
    popResults();
    resetInitialized();
    controlOpcode[at] = opcode;
    unreachable = false;
    pushAll(carried);
  }

  private void delegate() {
    int at = depth - 1;
    if (controlOpcode[at] != Opcode.TRY) {
      throw reader.malformed("delegate without try", instruction);
    }
    int label = reader.readU32();
    // The try that ends here does not count.
    if (Integer.compareUnsigned(label, at) >= 0) {
      throw unknown("label", label);
    }
    end();
  }

  private void rethrow() {
    int label = reader.readU32();
    if (Integer.compareUnsigned(label, depth) >= 0) {
      throw unknown("label", label);
    }
    Opcode target = controlOpcode[depth - 1 - label];
    if (target != Opcode.CATCH && target != Opcode.CATCH_ALL) {
      throw invalid("invalid rethrow label", "label " + label + " is not that of a handler");
    }
    becomeUnreachable();
  }

  private void elseArm() {
    int at = depth - 1;
    if (controlOpcode[at] != Opcode.IF) {
      throw reader.malformed("else without if", instruction);
    }
    popResults();
    resetInitialized();
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
    if (opcode == Opcode.IF && !matchAll(controlParams[at], results)) {
      throw invalid("type mismatch", "an if without else must have the types of its parameters as results");
    }
    popResults();
    resetInitialized();
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
          int type = localTypes[local];
          if (!ValueType.isDefaultable(type)) {
            checkInitialized(local);
          }
          push(type);
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
          pop(checkMemoryArgument(ALIGNMENT[first], false));
          push(rule >>> 24);
        }
        case LOCAL_SET -> {
          int local = readLocal();
          pop(localTypes[local]);
          initialize(local);
          write(local);
        }
        case LOCAL_TEE -> {
          int local = readLocal();
          int type = localTypes[local];
          pop(type);
          initialize(local);
          write(local);
          push(type);
        }
        case STORE -> {
          int address = checkMemoryArgument(ALIGNMENT[first], false);
          pop(rule >>> 16 & 0xFF);
          pop(address);
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

  /** Reads a memory argument and checks it; returns the type of the address. */
  private int checkMemoryArgument(int natural, boolean exact) {
    facts.touchesMemory();
    int flags = reader.readU32();
    if (Integer.compareUnsigned(flags, 2 * Instructions.MEMORY_INDEX_FOLLOWS) >= 0) {
      throw reader.malformed("malformed memop flags", instruction);
    }
    int memory = 0;
    if ((flags & Instructions.MEMORY_INDEX_FOLLOWS) != 0) {
      reader.require(Feature.MULTI_MEMORY, instruction);
      memory = reader.readU32();
    }
    int alignment = flags & ~Instructions.MEMORY_INDEX_FOLLOWS;
    long offset = reader.readMemoryOffset();
    if (Integer.compareUnsigned(memory, module.memories.length) >= 0) {
      throw unknown("memory", memory);
    }
    if (alignment > natural) {
      throw invalid("alignment must not be larger than natural",
          "2^" + alignment + " bytes, at most 2^" + natural + " are natural");
    }
    if (exact && alignment != natural) {
      throw invalid("atomic alignment must be natural", "2^" + alignment + " bytes, 2^" + natural + " are natural");
    }
    int addressType = module.memories[memory].addressType();
    if (addressType == ValueType.I32 && offset >>> 32 != 0) {
      throw invalid("offset out of range", Long.toUnsignedString(offset) + ", at most 2^32-1");
    }
    return addressType;
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
    switch (opcode.shape()) {
      case MEMORY -> memories.memory(opcode);
      case TABLE -> memories.table(opcode);
      case LOAD, STORE, LANE_LOAD, LANE_STORE, ATOMIC -> access(opcode);
      case AGGREGATE -> aggregates.validate(opcode);
      case WIDE -> {
        int operands = opcode == Opcode.I64_ADD128 || opcode == Opcode.I64_SUB128 ? 4 : 2;
        for (int i = 0; i < operands; i++) {
          pop(ValueType.I64);
        }
        push(ValueType.I64);
        push(ValueType.I64);
      }
      default -> {
        if (opcode.hasFixedType()) {
          checkImmediates(opcode);
          popOperands(opcode, 0);
        } else {
          validateSingular(opcode);
        }
      }
    }
  }

  /** Pops the operands of an instruction of fixed type but for the first ones, and pushes the result. */
  private void popOperands(Opcode opcode, int first) {
    for (int i = opcode.operandCount() - 1; i >= first; i--) {
      pop(opcode.operand(i));
    }
    if (first == 0 && opcode.result() != 0) {
      push(opcode.result());
    }
  }

  /** What accesses memory: the first operand is the address. */
  private void access(Opcode opcode) {
    if (opcode == Opcode.ATOMIC_FENCE) {
      int at = reader.position;
      if (reader.readByte() != 0) {
        throw reader.malformed("zero byte expected", at);
      }
      return;
    }
    int address = checkMemoryArgument(opcode.naturalAlignment(), opcode.shape() == Shape.ATOMIC);
    if (opcode.immediates() == Immediates.MEMORY_LANE) {
      checkLane(reader.readByte(), 16 / opcode.width());
    }
    popOperands(opcode, 1);
    pop(address);
    if (opcode.result() != 0) {
      push(opcode.result());
    }
  }

  private void checkLane(int lane, int lanes) {
    if (lane >= lanes) {
      throw invalid("invalid lane index", lane + ", there are " + lanes + " lanes");
    }
  }

  /** The instructions that are like no others. */
  private void validateSingular(Opcode opcode) {
    switch (opcode) {
      case UNREACHABLE -> becomeUnreachable();
      case ELSE -> elseArm();
      case TRY -> openTry();
      case TRY_TABLE -> openTryTable();
      case CATCH, CATCH_ALL -> handler(opcode);
      case DELEGATE -> delegate();
      case RETHROW -> rethrow();
      case THROW -> {
        popAll(module.tagType(readTag()).params());
        becomeUnreachable();
      }
      case THROW_REF -> {
        pop(ValueType.EXNREF);
        becomeUnreachable();
      }
      case BR -> {
        popAll(readLabel());
        becomeUnreachable();
      }
      case BR_TABLE -> branchTable();
      case BR_ON_NULL -> {
        int[] carried = readLabel();
        int type = popReference();
        popAll(carried);
        pushAll(carried);
        push(ValueType.nonNull(type));
      }
      case BR_ON_NON_NULL -> {
        int[] carried = readLabel();
        int type = ValueType.nonNull(popReference());
        checkReferenceCarried(carried);
        push(type);
        popAll(carried);
        pushAll(carried);
        top--;
      }
      case BR_ON_CAST, BR_ON_CAST_FAIL -> branchOnCast(opcode == Opcode.BR_ON_CAST);
      case RETURN -> {
        popAll(controlResults[0]);
        becomeUnreachable();
      }
      case CALL_INDIRECT -> call(calledThroughTable());
      case CALL_REF -> call(calledByReference());
      case RETURN_CALL -> {
        int function = readFunction();
        tailCall(module.functionType(function), function < module.importedFunctions);
      }
      case RETURN_CALL_INDIRECT -> tailCall(calledThroughTable(), true);
      case RETURN_CALL_REF -> tailCall(calledByReference(), true);
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
      case REF_NULL -> push(reader.readHeapType());
      case REF_FUNC -> {
        int function = readFunction();
        if (!module.declared[function]) {
          throw invalid("undeclared function reference", "function " + function
              + " occurs in no element segment, global or export");
        }
        push(ValueType.nonNull(ValueType.reference(module.definedFunctionType(function).id())));
      }
      case REF_IS_NULL -> {
        popReference();
        push(ValueType.I32);
      }
      case REF_AS_NON_NULL -> push(ValueType.nonNull(popReference()));
      case REF_EQ -> {
        pop(ValueType.EQREF);
        pop(ValueType.EQREF);
        push(ValueType.I32);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void checkReferenceCarried(int[] carried) {
    if (carried.length == 0 || !ValueType.isReference(carried[carried.length - 1])) {
      throw invalid("type mismatch", "the label must carry a reference at last");
    }
  }

  private void branchOnCast(boolean onSuccess) {
    int at = reader.position;
    int flags = reader.readByte();
    if (flags > 3) {
      throw reader.malformed("malformed cast flags", Integer.toString(flags), at);
    }
    int[] carried = readLabel();
    int from = reader.readHeapType();
    int to = reader.readHeapType();
    from = (flags & 1) != 0 ? from : ValueType.nonNull(from);
    to = (flags & 2) != 0 ? to : ValueType.nonNull(to);
    if (!ValueType.matches(to, from)) {
      throw mismatch(from, to);
    }
    // Where the cast fails, null is left only if it is no value of the type that was cast to.
    int rest = ValueType.isNullable(to) ? ValueType.nonNull(from) : from;
    checkReferenceCarried(carried);
    pop(from);
    push(onSuccess ? to : rest);
    popAll(carried);
    pushAll(carried);
    pop();
    push(onSuccess ? rest : to);
  }

  private void tailCall(FunctionType type, boolean mayLeaveInstance) {
    calls = true;
    facts.calls();
    if (mayLeaveInstance) {
      module.tailCallsOut = true;
    }
    popAll(type.params());
    checkMatches(type.results(), controlResults[0]);
    becomeUnreachable();
  }

  private FunctionType calledThroughTable() {
    FunctionType type = functionType(reader.readU32() & 0xFFFF_FFFFL);
    int table = readTable();
    checkElementType(ValueType.FUNCREF, module.tables[table].type());
    pop(module.tables[table].indexType());
    return type;
  }

  private FunctionType calledByReference() {
    int index = reader.readU32();
    FunctionType type = functionType(index & 0xFFFF_FFFFL);
    pop(ValueType.reference(module.types[index].id()));
    return type;
  }

  /** The function type with an index. */
  private FunctionType functionType(long index) {
    if (index >= module.types.length) {
      throw invalid("unknown type " + index, null);
    }
    if (!(module.types[(int) index].composite() instanceof FunctionType type)) {
      throw invalid("type mismatch", "type " + index + " is not a function type");
    }
    return type;
  }

  /** Reads the immediates of an instruction of fixed type and checks that they fit. */
  private void checkImmediates(Opcode opcode) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case LANE -> checkLane(reader.readByte(), opcode.lanes());
      case SHUFFLE -> {
        for (int i = 0; i < 16; i++) {
          checkLane(reader.readByte(), 32);
        }
      }
      default -> Instructions.skipImmediates(reader, opcode);
    }
  }

  private void select() {
    pop(ValueType.I32);
    int second = pop();
    int first = pop();
    if (ValueType.isReference(first) || ValueType.isReference(second)) {
      throw invalid("type mismatch", "select without a type takes numbers and vectors, found a reference");
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
}
