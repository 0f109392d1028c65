package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.WasmException;
import dev.gatun.wasm.WasmModule.ConstantExpression;
import dev.gatun.wasm.WasmModule.DataSegment;
import dev.gatun.wasm.WasmModule.ElementSegment;
import dev.gatun.wasm.WasmModule.Export;
import dev.gatun.wasm.WasmModule.GlobalDescription;
import dev.gatun.wasm.WasmModule.Import;
import dev.gatun.wasm.WasmModule.Limits;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Validates a decoded module (spec 3.4), its functions in parallel if there are many. */
public final class ModuleValidator {
  private static final long MAX_PAGES = 65536;
  private static final long MAX_TABLE = 10_000_000;

  /** Bytes of code below which a second thread is not worth starting. */
  private static final int PARALLEL_CODE_SIZE = 64 * 1024;

  /** Functions that a thread takes at a time. */
  private static final int BATCH = 64;

  private final WasmModule module;
  private final boolean[] referenced;

  private ModuleValidator(WasmModule module) {
    this.module = module;
    this.referenced = new boolean[module.functionTypes.length];
  }

  /**
   * Validates a module and leaves each function's facts in it.
   *
   * @throws InvalidModuleException if it is not valid; of several errors in functions, that of the lowest function index
   * @throws dev.gatun.MalformedModuleException if the bytes of a function are malformed
   * @throws dev.gatun.UnsupportedFeatureException if an instruction needs an unsupported feature
   */
  public static void validate(WasmModule module) {
    new ModuleValidator(module).run();
  }

  private void run() {
    checkIndices();
    checkImports();
    checkSizes();
    for (int i = module.importedGlobals; i < module.globals.length; i++) {
      GlobalDescription global = module.globals[i];
      check(global.value(), global.type(), i, "global section");
    }
    checkExports();
    checkStart();
    checkElements();
    checkData();
    numberReferences();
    validateFunctions();
  }

  private static InvalidModuleException invalid(String reason, String detail, String section, int offset) {
    return new InvalidModuleException(reason, offset, " in the " + section, detail);
  }

  private void checkIndices() {
    for (int type : module.functionTypes) {
      if (Integer.compareUnsigned(type, module.types.length) >= 0) {
        throw invalid("unknown type", " " + Integer.toUnsignedString(type), "function section", 0);
      }
    }
  }

  private void checkImports() {
    for (Import i : module.imports) {
      if (i.kind() == ExternKind.GLOBAL && module.globals[i.index()].value() != null) {
        throw new AssertionError("an imported global has a value");
      }
    }
  }

  private void checkSizes() {
    if (module.memories.length > 1) {
      throw new dev.gatun.UnsupportedFeatureException("multiple memories", 0);
    }
    for (WasmModule.MemoryDescription memory : module.memories) {
      Limits limits = memory.limits();
      if (limits.min() > MAX_PAGES || limits.max() > MAX_PAGES) {
        throw invalid("memory size must be at most 65536 pages (4 GiB)", "", "memory section", 0);
      }
      checkLimits(limits, "memory section");
    }
    for (WasmModule.TableDescription table : module.tables) {
      checkLimits(table.limits(), "table section");
      if (table.limits().min() > MAX_TABLE) {
        throw invalid("table size must be at most " + MAX_TABLE + " elements", "", "table section", 0);
      }
    }
  }

  private static void checkLimits(Limits limits, String section) {
    if (limits.max() >= 0 && limits.min() > limits.max()) {
      throw invalid(
          "size minimum must not be greater than maximum", ": " + limits.min() + " > " + limits.max(), section, 0);
    }
  }

  private void checkExports() {
    Set<String> names = new HashSet<>();
    for (Export export : module.exports) {
      int count =
          switch (export.kind()) {
            case FUNCTION -> module.functionTypes.length;
            case TABLE -> module.tables.length;
            case MEMORY -> module.memories.length;
            case GLOBAL -> module.globals.length;
          };
      if (Integer.compareUnsigned(export.index(), count) >= 0) {
        String kind = export.kind().name().toLowerCase(java.util.Locale.ROOT);
        throw invalid(
            "unknown " + kind, " " + Integer.toUnsignedString(export.index()) + " is exported as '" + export.name() + "'",
            "export section", 0);
      }
      if (!names.add(export.name())) {
        throw invalid("duplicate export name", " '" + export.name() + "'", "export section", 0);
      }
      if (export.kind() == ExternKind.FUNCTION) {
        referenced[export.index()] = true;
      }
    }
  }

  private void checkStart() {
    int start = module.start;
    if (start == -1) {
      return;
    }
    if (Integer.compareUnsigned(start, module.functionTypes.length) >= 0) {
      throw invalid("unknown function", " " + Integer.toUnsignedString(start), "start section", 0);
    }
    FunctionType type = module.functionType(start);
    if (type.paramCount() != 0 || type.resultCount() != 0) {
      throw invalid("start function", ": expected (func), found " + type, "start section", 0);
    }
  }

  private void checkElements() {
    for (ElementSegment segment : module.elements) {
      if (segment.offset() != null) {
        if (Integer.compareUnsigned(segment.table(), module.tables.length) >= 0) {
          throw invalid("unknown table", " " + Integer.toUnsignedString(segment.table()), "element section", 0);
        }
        int type = module.tables[segment.table()].type();
        if (type != segment.type()) {
          throw invalid(
              "type mismatch", ": expected " + ValueType.name(type) + ", found " + ValueType.name(segment.type()),
              "element section", segment.offset().start());
        }
        check(segment.offset(), ValueType.I32, module.globals.length, "element section");
      }
      int[] functions = segment.functions();
      if (functions != null) {
        for (int function : functions) {
          reference(function, "element section", 0);
        }
      }
      ConstantExpression[] items = segment.items();
      if (items != null) {
        for (ConstantExpression item : items) {
          check(item, segment.type(), module.globals.length, "element section");
        }
      }
    }
  }

  private void checkData() {
    for (DataSegment segment : module.data) {
      if (segment.offset() != null) {
        if (Integer.compareUnsigned(segment.memory(), module.memories.length) >= 0) {
          throw invalid("unknown memory", " " + Integer.toUnsignedString(segment.memory()), "data section", segment.start());
        }
        check(segment.offset(), ValueType.I32, module.globals.length, "data section");
      }
    }
  }

  private void reference(int function, String section, int offset) {
    if (Integer.compareUnsigned(function, module.functionTypes.length) >= 0) {
      throw invalid("unknown function", " " + Integer.toUnsignedString(function), section, offset);
    }
    referenced[function] = true;
  }

  /** Checks a constant expression (spec 3.3.10); it may read immutable globals below an index. */
  private void check(@Nullable ConstantExpression expression, int expected, int globals, String section) {
    if (expression == null) {
      throw new AssertionError("no constant expression");
    }
    BinaryReader reader = new BinaryReader(module.bytes, expression.start(), expression.end());
    int[] stack = new int[8];
    int top = 0;
    while (true) {
      int at = reader.position;
      Opcode opcode = Instructions.read(reader);
      int pushed;
      switch (opcode) {
        case END -> {
          if (top != 1 || stack[0] != expected) {
            String found = top == 0 ? "nothing" : top > 1 ? top + " values" : ValueType.name(stack[0]);
            throw invalid("type mismatch", ": expected " + ValueType.name(expected) + ", found " + found, section, at);
          }
          return;
        }
        case I32_CONST, I64_CONST, F32_CONST, F64_CONST -> {
          Instructions.skipImmediates(reader, opcode);
          pushed = opcode.result();
        }
        case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL -> {
          if (top < 2 || stack[top - 1] != opcode.operand(1) || stack[top - 2] != opcode.operand(0)) {
            throw invalid("type mismatch", ": operands of " + opcode, section, at);
          }
          top -= 2;
          pushed = opcode.result();
        }
        case GLOBAL_GET -> {
          int global = reader.readU32();
          if (Integer.compareUnsigned(global, globals) >= 0) {
            throw invalid("unknown global", " " + Integer.toUnsignedString(global), section, at);
          }
          if (module.globals[global].mutable()) {
            throw invalid("constant expression required", ": global " + global + " is mutable", section, at);
          }
          pushed = module.globals[global].type();
        }
        case REF_NULL -> pushed = Validator.readHeapType(reader, at);
        case REF_FUNC -> {
          reference(reader.readU32(), section, at);
          pushed = ValueType.FUNCREF;
        }
        default -> throw invalid("constant expression required", ": found " + opcode, section, at);
      }
      if (top == stack.length) {
        stack = Arrays.copyOf(stack, 2 * top);
      }
      stack[top++] = pushed;
    }
  }

  private void numberReferences() {
    int[] index = new int[module.functionTypes.length];
    int count = 0;
    for (int function = 0; function < index.length; function++) {
      index[function] = referenced[function] && function >= module.importedFunctions ? count++ : -1;
    }
    module.referenceIndex = index;
    module.referenceCount = count;
  }

  private void validateFunctions() {
    int count = module.bodyStart.length;
    module.facts = new FunctionFacts[count];
    if (count == 0) {
      return;
    }
    ModuleTypes types = new ModuleTypes(module, referenced);
    int size = module.bodyEnd[count - 1] - module.bodyStart[0];
    int processors = Runtime.getRuntime().availableProcessors();
    if (size < PARALLEL_CODE_SIZE || processors == 1) {
      WasmException failure = new Worker(types, new AtomicInteger(), count).work();
      if (failure != null) {
        throw failure;
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    Worker[] workers = new Worker[Math.min(processors, 8)];
    for (int i = 1; i < workers.length; i++) {
      workers[i] = new Worker(types, next, BATCH);
      workers[i].setDaemon(true);
      workers[i].start();
    }
    workers[0] = new Worker(types, next, BATCH);
    workers[0].run();
    WasmException first = workers[0].failure;
    int firstFunction = workers[0].failedFunction;
    for (int i = 1; i < workers.length; i++) {
      boolean interrupted = false;
      while (true) {
        try {
          workers[i].join();
          break;
        } catch (InterruptedException e) {
          // Validation is short; what was asked of this thread waits until it is over.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      workers[i].rethrowError();
      if (workers[i].failure != null && (first == null || workers[i].failedFunction < firstFunction)) {
        first = workers[i].failure;
        firstFunction = workers[i].failedFunction;
      }
    }
    workers[0].rethrowError();
    if (first != null) {
      throw first;
    }
  }

  /** Takes functions in batches until none is left or one is invalid. */
  private final class Worker extends Thread {
    private final AtomicInteger next;
    private final int batch;
    private final Validator validator;
    @Nullable WasmException failure;
    int failedFunction;
    private @Nullable Throwable error;

    Worker(ModuleTypes types, AtomicInteger next, int batch) {
      super("gatun-validator");
      this.next = next;
      this.batch = batch;
      this.validator = new Validator(module, types);
    }

    @Override
    public void run() {
      try {
        failure = work();
      } catch (Throwable e) {
        error = e;
      }
    }

    void rethrowError() {
      if (error instanceof RuntimeException e) {
        throw e;
      } else if (error instanceof Error e) {
        throw e;
      }
    }

    /** Validates functions; returns what is wrong with the first invalid one it met, or null. */
    @Nullable WasmException work() {
      int count = module.bodyStart.length;
      while (true) {
        int from = next.getAndAdd(batch);
        if (from >= count) {
          return null;
        }
        for (int i = from; i < Math.min(count, from + batch); i++) {
          try {
            module.facts[i] = validator.validate(module.importedFunctions + i);
          } catch (WasmException e) {
            failedFunction = module.importedFunctions + i;
            return e;
          }
        }
      }
    }
  }
}
