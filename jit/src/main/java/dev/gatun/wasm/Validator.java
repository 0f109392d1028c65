package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.UnsupportedFeatureException;
import java.util.Arrays;

/**
 * Validates one function body after another (the algorithm of the spec's appendix), and collects its {@link FunctionFacts}
 * on the way. Used by one thread at a time; nothing is allocated for an instruction.
 */
final class Validator {
  private static final int MAX_LOCALS = 50_000;
  private static final int MAX_WEIGHT = 1 << 30;
  private static final int[] NO_TYPES = {};

  private final WasmModule module;
  private final ModuleTypes types;

  private BinaryReader reader;
  private int function;
  private int base;
  private int instruction;

  // Operand stack: ValueType numbers.
  private int[] stack = new int[64];
  private int top;
  private int maxTop;

  // Control stack. Entry 0 is the function.
  private int depth;
  private Opcode[] controlOpcode = new Opcode[16];
  private int[][] controlParams = new int[16][];
  private int[][] controlResults = new int[16][];
  private int[] controlHeight = new int[16];
  private boolean[] controlUnreachable = new boolean[16];
  private int[] controlFacts = new int[16];
  private long[] controlWritten = new long[16];
  private boolean[] controlCalls = new boolean[16];

  // Of the innermost control structure, so that operands are popped without looking at the control stack.
  private int height;
  private boolean unreachable;

  private int[] locals = new int[64];
  private int localCount;

  // Facts.
  private int[] weight = new int[64];
  private int[] start = new int[64];
  private int[] end = new int[64];
  private int[] lastOuterLoop = new int[64];
  private int[] outerLoopEnd = new int[8];
  private int outerLoops;
  private int loopDepth;
  private int outerLoopStart;
  private int[] controls = new int[64];
  private int controlCount;
  private boolean calls;

  Validator(WasmModule module, ModuleTypes types) {
    this.module = module;
    this.types = types;
    this.reader = new BinaryReader(module.bytes, 0, 0);
  }

  /**
   * Validates a defined function.
   *
   * @throws MalformedModuleException naming the function
   * @throws InvalidModuleException naming the function
   */
  FunctionFacts validate(int functionIndex) {
    function = functionIndex;
    reader = new BinaryReader(module.bytes, module.bodyStart(functionIndex), module.bodyEnd(functionIndex));
    instruction = reader.position;
    try {
      FunctionType type = module.functionType(functionIndex);
      readLocals(type);
      base = reader.position;
      validateBody(type);
      if (!reader.atEnd()) {
        throw BinaryReader.malformed("section size mismatch: bytes after the end of the function", reader.position);
      }
      return facts();
    } catch (MalformedModuleException e) {
      String message = e.getMessage();
      int cut = message.indexOf(" at offset 0x");
      throw new MalformedModuleException(message.substring(0, cut), e.offset(), place());
    }
  }

  private String place() {
    String name = module.functionName(function);
    return " in function " + function + (name == null ? "" : " '" + name + "'");
  }

  private InvalidModuleException invalid(String reason, String detail) {
    return new InvalidModuleException(reason, instruction, place(), detail);
  }

  private InvalidModuleException mismatch(int expected, int found) {
    return invalid("type mismatch", ": expected " + ValueType.name(expected) + ", found " + ValueType.name(found));
  }

  // Locals.

  private void readLocals(FunctionType type) {
    localCount = 0;
    for (int i = 0; i < type.paramCount(); i++) {
      addLocals(type.param(i), 1);
    }
    int at = reader.position;
    int groups = reader.readCount();
    long total = localCount;
    for (int i = 0; i < groups; i++) {
      int count = reader.readU32();
      total += count & 0xffff_ffffL;
      if (total > 0xffff_ffffL) {
        throw BinaryReader.malformed("too many locals", at);
      }
      int typeAt = reader.position;
      int local = reader.readByte();
      if (!ValueType.isNumber(local) && !ValueType.isReference(local)) {
        if (local == ValueType.V128) {
          throw new UnsupportedFeatureException("SIMD", typeAt);
        } else if (local == 0x63 || local == 0x64) {
          throw new UnsupportedFeatureException("typed function references", typeAt);
        } else if (local >= 0x69 && local <= 0x74) {
          throw new UnsupportedFeatureException("garbage collection", typeAt);
        }
        throw BinaryReader.malformed("malformed value type", typeAt);
      }
      if (total > MAX_LOCALS) {
        throw BinaryReader.malformed("too many locals: more than " + MAX_LOCALS, at);
      }
      addLocals(local, count);
    }
    int params = type.paramCount();
    if (weight.length < localCount) {
      int capacity = 2 * localCount;
      weight = new int[capacity];
      start = new int[capacity];
      end = new int[capacity];
      lastOuterLoop = new int[capacity];
    }
    Arrays.fill(weight, 0, localCount, 0);
    Arrays.fill(start, 0, params, 0);
    Arrays.fill(start, params, localCount, Integer.MAX_VALUE);
    Arrays.fill(end, 0, localCount, -1);
    Arrays.fill(lastOuterLoop, 0, localCount, -1);
  }

  private void addLocals(int type, int count) {
    if (locals.length < localCount + count) {
      locals = Arrays.copyOf(locals, 2 * (localCount + count));
    }
    Arrays.fill(locals, localCount, localCount + count, type);
    localCount += count;
  }

  /** Counts a use of a local at the current instruction. */
  private void use(int local) {
    int w = weight[local] + (1 << 3 * Math.min(loopDepth, 4));
    weight[local] = Math.min(w, MAX_WEIGHT);
    int offset = instruction - base;
    if (loopDepth > 0) {
      lastOuterLoop[local] = outerLoops;
      if (outerLoopStart < start[local]) {
        start[local] = outerLoopStart;
      }
    } else if (offset < start[local]) {
      start[local] = offset;
    }
    end[local] = offset;
  }

  // Operands.

  private void push(int type) {
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, 2 * top);
    }
    stack[top++] = type;
    if (top > maxTop) {
      maxTop = top;
    }
  }

  private int pop() {
    if (top == height) {
      if (unreachable) {
        return ValueType.BOTTOM;
      }
      throw invalid("type mismatch", ": expected an operand, found an empty stack");
    }
    return stack[--top];
  }

  private void pop(int expected) {
    if (top > height) {
      int found = stack[--top];
      if (found != expected && found != ValueType.BOTTOM && expected != ValueType.BOTTOM) {
        throw mismatch(expected, found);
      }
    } else if (!unreachable) {
      throw invalid("type mismatch", ": expected " + ValueType.name(expected) + ", found an empty stack");
    }
  }

  private void popAll(int[] expected) {
    for (int i = expected.length - 1; i >= 0; i--) {
      pop(expected[i]);
    }
  }

  private void pushAll(int[] pushed) {
    for (int type : pushed) {
      push(type);
    }
  }

  // Control.

  private void pushControl(Opcode opcode, int[] params, int[] results, int facts) {
    if (depth == controlOpcode.length) {
      int capacity = 2 * depth;
      controlOpcode = Arrays.copyOf(controlOpcode, capacity);
      controlParams = Arrays.copyOf(controlParams, capacity);
      controlResults = Arrays.copyOf(controlResults, capacity);
      controlHeight = Arrays.copyOf(controlHeight, capacity);
      controlUnreachable = Arrays.copyOf(controlUnreachable, capacity);
      controlFacts = Arrays.copyOf(controlFacts, capacity);
      controlWritten = Arrays.copyOf(controlWritten, capacity);
      controlCalls = Arrays.copyOf(controlCalls, capacity);
    }
    if (depth > 0) {
      controlUnreachable[depth - 1] = unreachable;
    }
    controlOpcode[depth] = opcode;
    controlParams[depth] = params;
    controlResults[depth] = results;
    controlHeight[depth] = top;
    controlFacts[depth] = facts;
    controlWritten[depth] = 0;
    controlCalls[depth] = false;
    depth++;
    height = top;
    unreachable = false;
    pushAll(params);
  }

  /** Closes the innermost structure: its results must be there and nothing else. */
  private void popControl() {
    int[] results = controlResults[depth - 1];
    popAll(results);
    if (top != height) {
      throw invalid("type mismatch", ": " + (top - height) + " values remain on the stack at the end of the block");
    }
    depth--;
    if (depth > 0) {
      height = controlHeight[depth - 1];
      unreachable = controlUnreachable[depth - 1];
    }
  }

  private void becomeUnreachable() {
    top = height;
    unreachable = true;
  }

  private int[] labelTypes(int at) {
    return controlOpcode[at] == Opcode.LOOP ? controlParams[at] : controlResults[at];
  }

  private int readLabel() {
    int label = reader.readU32();
    if (Integer.compareUnsigned(label, depth) >= 0) {
      throw invalid("unknown label", " " + Integer.toUnsignedString(label));
    }
    return depth - 1 - label;
  }

  private void openBlock(Opcode opcode) {
    int at = reader.position;
    long blockType = reader.readS33();
    int[] params = NO_TYPES;
    int[] results;
    if (blockType >= 0) {
      if (blockType >= module.types.length) {
        throw invalid("unknown type", " " + blockType);
      }
      params = types.params((int) blockType);
      results = types.results((int) blockType);
    } else if (blockType == -64) {
      results = NO_TYPES;
    } else {
      int type = (int) (blockType & 0x7f);
      if (blockType < -64 || !ValueType.isNumber(type) && !ValueType.isReference(type)) {
        if (type == ValueType.V128) {
          throw new UnsupportedFeatureException("SIMD", at);
        } else if (type == 0x63 || type == 0x64) {
          throw new UnsupportedFeatureException("typed function references", at);
        }
        throw BinaryReader.malformed("malformed block type", at);
      }
      results = ModuleTypes.single(type);
    }
    if (opcode == Opcode.IF) {
      pop(ValueType.I32);
    }
    popAll(params);
    int facts = controlCount * FunctionFacts.PER_CONTROL;
    if (controls.length < facts + FunctionFacts.PER_CONTROL) {
      controls = Arrays.copyOf(controls, 2 * (facts + FunctionFacts.PER_CONTROL));
    }
    Arrays.fill(controls, facts, facts + FunctionFacts.PER_CONTROL, 0);
    controlCount++;
    if (opcode == Opcode.LOOP && loopDepth++ == 0) {
      outerLoopStart = instruction - base;
      if (outerLoops == outerLoopEnd.length) {
        outerLoopEnd = Arrays.copyOf(outerLoopEnd, 2 * outerLoops);
      }
    }
    pushControl(opcode, params, results, facts);
  }

  private void closeBlock() {
    int closed = depth - 1;
    if (controlOpcode[closed] == Opcode.IF && !Arrays.equals(controlParams[closed], controlResults[closed])) {
      throw invalid("type mismatch", ": an if without else must have results equal to its parameters");
    }
    int[] results = controlResults[closed];
    popControl();
    if (closed > 0) {
      int facts = controlFacts[closed];
      long written = controlWritten[closed];
      controls[facts + FunctionFacts.END_OFFSET] = reader.position - base;
      controls[facts + FunctionFacts.WRITTEN_LOW] = (int) written;
      controls[facts + FunctionFacts.WRITTEN_HIGH] = (int) (written >>> 32);
      if (controlCalls[closed]) {
        controls[facts + FunctionFacts.CONTROL_FLAGS] |= FunctionFacts.CONTAINS_CALL;
        controlCalls[closed - 1] = true;
      }
      controlWritten[closed - 1] |= written;
      if (controlOpcode[closed] == Opcode.LOOP && --loopDepth == 0) {
        outerLoopEnd[outerLoops++] = instruction - base;
      }
      pushAll(results);
    }
  }

  private void validateBody(FunctionType type) {
    top = 0;
    maxTop = 0;
    depth = 0;
    controlCount = 0;
    outerLoops = 0;
    loopDepth = 0;
    calls = false;
    pushControl(Opcode.BLOCK, NO_TYPES, types.results(module.functionTypes[function]), 0);
    do {
      instruction = reader.position;
      Opcode opcode = Instructions.read(reader);
      if (opcode == Opcode.LOCAL_GET) {
        int local = readLocal();
        use(local);
        push(locals[local]);
      } else if (opcode.hasFixedType()) {
        for (int i = opcode.operandCount() - 1; i >= 0; i--) {
          pop(opcode.operand(i));
        }
        if (opcode.immediates() != Immediates.NONE) {
          checkImmediates(opcode);
        }
        if (opcode.result() != 0) {
          push(opcode.result());
        }
      } else {
        validateOther(opcode);
      }
    } while (depth > 0);
  }

  private void checkImmediates(Opcode opcode) {
    switch (opcode.immediates()) {
      case MEMORY_ARGUMENT -> {
        int alignment = reader.readU32();
        if (Integer.compareUnsigned(alignment, 32) >= 0) {
          if (alignment >= 0x40 && alignment < 0x80) {
            throw new UnsupportedFeatureException("multiple memories", instruction);
          }
          throw BinaryReader.malformed("malformed memop flags", instruction);
        }
        reader.readU32();
        checkMemory(0);
        if (1 << alignment > opcode.width() || alignment > 4) {
          throw invalid("alignment must not be larger than natural", "");
        }
      }
      case MEMORY -> checkMemory(reader.readU32());
      case MEMORY_MEMORY -> {
        checkMemory(reader.readU32());
        checkMemory(reader.readU32());
      }
      case DATA_MEMORY -> {
        checkData(reader.readU32());
        checkMemory(reader.readU32());
      }
      case DATA -> checkData(reader.readU32());
      case ELEMENT -> element(reader.readU32());
      case ELEMENT_TABLE -> {
        int segment = element(reader.readU32());
        int table = table(reader.readU32());
        if (module.elements[segment].type() != module.tables[table].type()) {
          throw mismatch(module.tables[table].type(), module.elements[segment].type());
        }
      }
      case TABLE_TABLE -> {
        int destination = table(reader.readU32());
        int source = table(reader.readU32());
        if (module.tables[source].type() != module.tables[destination].type()) {
          throw mismatch(module.tables[destination].type(), module.tables[source].type());
        }
      }
      case TABLE -> table(reader.readU32());
      default -> Instructions.skipImmediates(reader, opcode);
    }
    if (opcode.calls()) {
      call();
    }
  }

  private void call() {
    calls = true;
    controlCalls[depth - 1] = true;
  }

  private void checkMemory(int memory) {
    if (Integer.compareUnsigned(memory, module.memories.length) >= 0) {
      throw invalid("unknown memory", " " + Integer.toUnsignedString(memory));
    }
  }

  private void checkData(int segment) {
    if (!module.hasDataCount) {
      throw BinaryReader.malformed("data count section required", instruction);
    }
    if (Integer.compareUnsigned(segment, module.dataCount) >= 0) {
      throw invalid("unknown data segment", " " + Integer.toUnsignedString(segment));
    }
  }

  private int element(int segment) {
    if (Integer.compareUnsigned(segment, module.elements.length) >= 0) {
      throw invalid("unknown elem segment", " " + Integer.toUnsignedString(segment));
    }
    return segment;
  }

  private int table(int table) {
    if (Integer.compareUnsigned(table, module.tables.length) >= 0) {
      throw invalid("unknown table", " " + Integer.toUnsignedString(table));
    }
    return table;
  }

  private int readLocal() {
    int local = reader.readU32();
    if (Integer.compareUnsigned(local, localCount) >= 0) {
      throw invalid("unknown local", " " + Integer.toUnsignedString(local));
    }
    return local;
  }

  private void write(int local) {
    use(local);
    if (local < 64) {
      controlWritten[depth - 1] |= 1L << local;
    }
  }

  private void validateOther(Opcode opcode) {
    switch (opcode) {
      case LOCAL_SET -> {
        int local = readLocal();
        pop(locals[local]);
        write(local);
      }
      case LOCAL_TEE -> {
        int local = readLocal();
        pop(locals[local]);
        write(local);
        push(locals[local]);
      }
      case GLOBAL_GET -> push(module.globals[readGlobal()].type());
      case GLOBAL_SET -> {
        int global = readGlobal();
        if (!module.globals[global].mutable()) {
          throw invalid("immutable global", " " + global + " is set");
        }
        pop(module.globals[global].type());
      }
      case NOP -> {}
      case UNREACHABLE -> becomeUnreachable();
      case BLOCK, LOOP, IF -> openBlock(opcode);
      case ELSE -> {
        int at = depth - 1;
        if (controlOpcode[at] != Opcode.IF) {
          throw invalid("else without if", "");
        }
        int[] params = controlParams[at];
        int[] results = controlResults[at];
        int facts = controlFacts[at];
        long written = controlWritten[at];
        boolean callsBefore = controlCalls[at];
        popControl();
        controls[facts + FunctionFacts.ELSE_OFFSET] = reader.position - base;
        pushControl(Opcode.ELSE, params, results, facts);
        controlWritten[at] = written;
        controlCalls[at] = callsBefore;
      }
      case END -> closeBlock();
      case BR -> {
        popAll(labelTypes(readLabel()));
        becomeUnreachable();
      }
      case BR_IF -> {
        int[] carried = labelTypes(readLabel());
        pop(ValueType.I32);
        popAll(carried);
        pushAll(carried);
      }
      case BR_TABLE -> branchTable();
      case RETURN -> {
        popAll(controlResults[0]);
        becomeUnreachable();
      }
      case CALL -> {
        int callee = readFunction();
        call();
        popAll(types.params(module.functionTypes[callee]));
        pushAll(types.results(module.functionTypes[callee]));
      }
      case CALL_INDIRECT -> {
        int type = reader.readU32();
        int table = table(reader.readU32());
        if (Integer.compareUnsigned(type, module.types.length) >= 0) {
          throw invalid("unknown type", " " + Integer.toUnsignedString(type));
        }
        if (module.tables[table].type() != ValueType.FUNCREF) {
          throw mismatch(ValueType.FUNCREF, module.tables[table].type());
        }
        call();
        pop(ValueType.I32);
        popAll(types.params(type));
        pushAll(types.results(type));
      }
      case DROP -> pop();
      case SELECT -> {
        pop(ValueType.I32);
        int second = pop();
        int first = pop();
        if (ValueType.isReference(first) || ValueType.isReference(second)) {
          throw invalid("type mismatch", ": select without a type takes numbers, found a reference");
        }
        if (first != second && first != ValueType.BOTTOM && second != ValueType.BOTTOM) {
          throw mismatch(first, second);
        }
        push(first == ValueType.BOTTOM ? second : first);
      }
      case SELECT_TYPED -> {
        int count = reader.readCount();
        int type = count == 1 ? reader.readByte() : 0;
        if (count != 1) {
          throw invalid("invalid result arity", ": select has one type, found " + count);
        }
        if (!ValueType.isNumber(type) && !ValueType.isReference(type)) {
          if (type == 0x63 || type == 0x64) {
            throw new UnsupportedFeatureException("typed function references", instruction);
          }
          throw BinaryReader.malformed("malformed value type", instruction);
        }
        pop(ValueType.I32);
        pop(type);
        pop(type);
        push(type);
      }
      case TABLE_GET -> {
        int table = table(reader.readU32());
        pop(ValueType.I32);
        push(module.tables[table].type());
      }
      case TABLE_SET -> {
        int table = table(reader.readU32());
        pop(module.tables[table].type());
        pop(ValueType.I32);
      }
      case TABLE_GROW -> {
        int table = table(reader.readU32());
        call();
        pop(ValueType.I32);
        pop(module.tables[table].type());
        push(ValueType.I32);
      }
      case TABLE_FILL -> {
        int table = table(reader.readU32());
        call();
        pop(ValueType.I32);
        pop(module.tables[table].type());
        pop(ValueType.I32);
      }
      case REF_NULL -> push(readHeapType(reader, instruction));
      case REF_IS_NULL -> {
        int type = pop();
        if (type != ValueType.BOTTOM && !ValueType.isReference(type)) {
          throw invalid("type mismatch", ": expected a reference, found " + ValueType.name(type));
        }
        push(ValueType.I32);
      }
      case REF_FUNC -> {
        int referenced = readFunction();
        if (!types.isDeclared(referenced)) {
          throw invalid("undeclared function reference", ": function " + referenced);
        }
        push(ValueType.FUNCREF);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  /** Reads the heap type of a ref.null as the reference type it makes. */
  static int readHeapType(BinaryReader reader, int at) {
    long heap = reader.readS33();
    int type = (int) (heap & 0x7f);
    if (heap < 0 && heap >= -64 && ValueType.isReference(type)) {
      return type;
    } else if (heap >= 0) {
      throw new UnsupportedFeatureException("typed function references", at);
    } else if (heap >= -64 && (type == 0x69 || type == 0x74)) {
      throw new UnsupportedFeatureException("exceptions", at);
    } else if (heap >= -64 && type >= 0x6A && type <= 0x73) {
      throw new UnsupportedFeatureException("garbage collection", at);
    }
    throw BinaryReader.malformed("malformed heap type", at);
  }

  private int readGlobal() {
    int global = reader.readU32();
    if (Integer.compareUnsigned(global, module.globals.length) >= 0) {
      throw invalid("unknown global", " " + Integer.toUnsignedString(global));
    }
    return global;
  }

  private int readFunction() {
    int callee = reader.readU32();
    if (Integer.compareUnsigned(callee, module.functionTypes.length) >= 0) {
      throw invalid("unknown function", " " + Integer.toUnsignedString(callee));
    }
    return callee;
  }

  private void branchTable() {
    int count = reader.readCount();
    pop(ValueType.I32);
    int[] first = null;
    for (int i = 0; i <= count; i++) {
      int[] carried = labelTypes(readLabel());
      if (first == null) {
        first = carried;
      } else if (carried.length != first.length) {
        throw invalid("type mismatch", ": the labels of a br_table carry " + first.length + " and " + carried.length + " values");
      }
      if (carried != first || i == 0) {
        // Each label's types must fit the operands, which stay as they are.
        for (int j = carried.length - 1, under = top; j >= 0; j--) {
          if (under == height) {
            if (!unreachable) {
              throw invalid("type mismatch", ": expected " + ValueType.name(carried[j]) + ", found an empty stack");
            }
          } else {
            int found = stack[--under];
            if (found != carried[j] && found != ValueType.BOTTOM) {
              throw mismatch(carried[j], found);
            }
          }
        }
      }
    }
    becomeUnreachable();
  }

  private FunctionFacts facts() {
    int[] data =
        new int
            [FunctionFacts.HEAD
                + FunctionFacts.PER_LOCAL * localCount
                + FunctionFacts.PER_CONTROL * controlCount];
    data[FunctionFacts.MAX_OPERANDS] = maxTop;
    data[FunctionFacts.LOCALS] = localCount;
    data[FunctionFacts.CODE_START] = base;
    data[FunctionFacts.FLAGS] = calls ? FunctionFacts.CALLS : 0;
    int at = FunctionFacts.HEAD;
    for (int local = 0; local < localCount; local++) {
      int last = end[local];
      int loop = lastOuterLoop[local];
      if (loop >= 0 && outerLoopEnd[loop] > last) {
        last = outerLoopEnd[loop];
      }
      data[at + FunctionFacts.WEIGHT] = weight[local];
      data[at + FunctionFacts.START] = start[local];
      data[at + FunctionFacts.END] = last;
      at += FunctionFacts.PER_LOCAL;
    }
    System.arraycopy(controls, 0, data, at, FunctionFacts.PER_CONTROL * controlCount);
    return new FunctionFacts(data);
  }
}
