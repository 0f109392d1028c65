package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known at an instruction that is being validated: the operand stack, the control stack and the locals, as in
 * the algorithm of the specification's appendix.
 */
abstract sealed class ValidationState permits Validator {
  static final int[] NO_TYPES = {};

  final WasmModule module;
  final byte[] bytes;
  final BinaryReader reader;

  /** Offset of the instruction being validated. */
  int instruction;

  // The operand stack: value types. Entries below the height belong to the enclosing structures.
  int[] stack = new int[64];
  int top;
  int maxTop;

  // The control stack; entry 0 is the function. What concerns the innermost structure is in fields of their own,
  // and in its entry only while another is inside it.
  int depth;
  int maxDepth;
  Opcode[] controlOpcode = new Opcode[16];
  int[][] controlParams = new int[16][];
  int[][] controlResults = new int[16][];
  int[] controlHeight = new int[16];
  boolean[] controlUnreachable = new boolean[16];
  long[] controlWritten = new long[16];
  boolean[] controlCalls = new boolean[16];

  /** By what the structure is known to the collector of facts. */
  int[] controlFacts = new int[16];

  int height;
  boolean unreachable;
  long written;
  boolean calls;

  int[] localTypes = new int[64];
  int localCount;

  // Locals that have no value until they are set: which of them have been, and in what order.
  boolean[] initialized = new boolean[64];
  int[] initializations = new int[8];
  int initializationCount;
  int[] controlInitializations = new int[16];

  final FactsCollector facts = new FactsCollector();

  ValidationState(WasmModule module) {
    this.module = module;
    this.bytes = module.bytes;
    this.reader = new BinaryReader(bytes);
    reader.module = module;
    reader.section = "code";
  }

  // Locals.

  void readLocals(int[] params) {
    localCount = 0;
    growLocals(params.length);
    System.arraycopy(params, 0, localTypes, 0, params.length);
    localCount = params.length;
    Arrays.fill(initialized, 0, localCount, true);
    initializationCount = 0;
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
      Arrays.fill(initialized, localCount, (int) total, ValueType.isDefaultable(type));
      localCount = (int) total;
    }
  }

  void growLocals(int count) {
    if (count > localTypes.length) {
      localTypes = Arrays.copyOf(localTypes, 2 * count);
      initialized = Arrays.copyOf(initialized, 2 * count);
    }
  }

  void checkInitialized(int local) {
    if (!initialized[local]) {
      throw invalid("uninitialized local", "local " + local + " has no value before it is set");
    }
  }

  void initialize(int local) {
    if (!initialized[local]) {
      initialized[local] = true;
      if (initializationCount == initializations.length) {
        initializations = Arrays.copyOf(initializations, 2 * initializationCount);
      }
      initializations[initializationCount++] = local;
    }
  }

  /** Takes back what was initialized in the innermost structure. */
  void resetInitialized() {
    for (int count = controlInitializations[depth - 1]; initializationCount > count; ) {
      initialized[initializations[--initializationCount]] = false;
    }
  }

  int readLocal() {
    int local = reader.readU32();
    if (Integer.compareUnsigned(local, localCount) >= 0) {
      throw unknown("local", local);
    }
    return local;
  }

  /** Notes that the local is set here. */
  void write(int local) {
    facts.writes(local, instruction);
    if (local < 64) {
      written |= 1L << local;
    }
  }

  // Operands.

  void push(int type) {
    if (top == stack.length) {
      growStack(top + 1);
    }
    stack[top++] = type;
    if (top > maxTop) {
      maxTop = top;
    }
  }

  void growStack(int size) {
    if (size > ImplementationLimits.OPERANDS) {
      throw reader.malformed("too many operands", "the limit is " + ImplementationLimits.OPERANDS, instruction);
    }
    stack = Arrays.copyOf(stack, Math.min(2 * size, ImplementationLimits.OPERANDS));
  }

  void pushAll(int[] types) {
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

  int pop() {
    if (top > height) {
      return stack[--top];
    }
    if (unreachable) {
      return ValueType.BOTTOM;
    }
    throw invalid("type mismatch", "expected an operand, found nothing on the stack");
  }

  void pop(int expected) {
    if (top > height) {
      int found = stack[--top];
      if (found != expected && !ValueType.matches(found, expected)) {
        throw mismatch(expected, found);
      }
    } else if (!unreachable) {
      throw nothingFound(expected);
    }
  }

  /** Pops a reference of any type; that of unreachable code is the one below all. */
  int popReference() {
    int type = pop();
    if (type == ValueType.BOTTOM) {
      return ValueType.nonNull(ValueType.BOTTOM_REFERENCE);
    }
    if (!ValueType.isReference(type)) {
      throw invalid("type mismatch", "expected a reference, found " + module.typeName(type));
    }
    return type;
  }

  void popAll(int[] expected) {
    for (int i = expected.length - 1; i >= 0; i--) {
      pop(expected[i]);
    }
  }

  /** Checks that the operands on top have these types, and leaves them there. */
  void peekAll(int[] expected) {
    int at = top;
    for (int i = expected.length - 1; i >= 0; i--) {
      if (at > height) {
        int found = stack[--at];
        if (found != expected[i] && !ValueType.matches(found, expected[i])) {
          throw mismatch(expected[i], found);
        }
      } else if (!unreachable) {
        throw nothingFound(expected[i]);
      }
    }
  }

  // Control.

  void open(Opcode opcode, int[] params, int[] results, int number) {
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
    controlInitializations[at] = initializationCount;
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

  void growControl() {
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
    controlInitializations = Arrays.copyOf(controlInitializations, size);
  }

  /** Checks that the innermost structure leaves its results and nothing else, and takes them. */
  void popResults() {
    popAll(controlResults[depth - 1]);
    if (top != height) {
      throw invalid("type mismatch", top - height + " more operands than results at the end of the block");
    }
  }

  void becomeUnreachable() {
    top = height;
    unreachable = true;
  }

  // Types.

  void checkElementType(int expected, int found) {
    if (!ValueType.matches(found, expected)) {
      throw mismatch(expected, found);
    }
  }

  static boolean matchAll(int[] types, int[] expected) {
    boolean match = types.length == expected.length;
    for (int i = 0; match && i < types.length; i++) {
      match = ValueType.matches(types[i], expected[i]);
    }
    return match;
  }

  void checkMatches(int[] types, int[] expected) {
    if (types.length != expected.length) {
      throw invalid("type mismatch", "expected " + expected.length + " values, found " + types.length);
    }
    for (int i = 0; i < types.length; i++) {
      checkElementType(expected[i], types[i]);
    }
  }

  // Indices.

  int readFunction() {
    return readIndex("function", module.functionTypes.length);
  }

  int readGlobal() {
    return readIndex("global", module.globals.length);
  }

  int readTable() {
    return readIndex("table", module.tables.length);
  }

  int readTag() {
    return readIndex("tag", module.tags.length);
  }

  /** Reads the index of a memory; returns the type of its addresses. */
  int readMemory() {
    facts.touchesMemory();
    return module.memories[readIndex("memory", module.memories.length)].addressType();
  }

  void checkElement(int segment) {
    if (Integer.compareUnsigned(segment, module.elements.length) >= 0) {
      throw unknown("elem segment", segment);
    }
  }

  void checkData(int segment) {
    if (module.dataCount < 0) {
      throw reader.malformed("data count section required", instruction);
    }
    if (Integer.compareUnsigned(segment, module.dataCount) >= 0) {
      throw unknown("data segment", segment);
    }
  }

  int readIndex(String what, int count) {
    int index = reader.readU32();
    if (Integer.compareUnsigned(index, count) >= 0) {
      throw unknown(what, index);
    }
    return index;
  }

  // Errors.

  InvalidModuleException unknown(String what, int index) {
    return invalid("unknown " + what + " " + Integer.toUnsignedString(index), null);
  }

  InvalidModuleException mismatch(int expected, int found) {
    return invalid("type mismatch", "expected " + module.typeName(expected) + ", found " + module.typeName(found));
  }

  InvalidModuleException nothingFound(int expected) {
    return invalid("type mismatch", "expected " + module.typeName(expected) + ", found nothing on the stack");
  }

  InvalidModuleException invalid(String reason, @Nullable String detail) {
    return reader.invalid(reason, detail, instruction);
  }
}
