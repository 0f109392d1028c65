package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.wasm.WasmModule.ConstantExpression;
import dev.gatun.wasm.WasmModule.DataSegment;
import dev.gatun.wasm.WasmModule.ElementSegment;
import dev.gatun.wasm.WasmModule.Export;
import dev.gatun.wasm.WasmModule.GlobalDescription;
import dev.gatun.wasm.WasmModule.TableDescription;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates decoded modules (specification, 3.4). */
public final class ModuleValidator {
  /**
   * Facts are kept if they take no more bytes than this for each byte of the body, and some more: enough for all that
   * compilers generate, but a bound for modules made to exhaust memory.
   */
  private static final int FACTS_PER_BODY_BYTE = 16;

  private static final int FREE_FACTS = 1024;

  private final WasmModule module;
  private final BinaryReader reader;

  private final Validator validator;

  private ModuleValidator(WasmModule module) {
    this.module = module;
    this.reader = new BinaryReader(module.bytes);
    reader.module = module;
    this.validator = new Validator(module);
    module.declared = new boolean[module.functionTypes.length];
  }

  /**
   * Validates a module, its functions in parallel if there are many, and leaves the facts of each in it.
   *
   * @throws InvalidModuleException if it is not valid; of several errors in functions, that of the lowest index
   * @throws dev.gatun.MalformedModuleException if the bytes of a function are malformed
   * @throws dev.gatun.UnsupportedFeatureException if an instruction belongs to a feature which is not supported
   */
  public static void validate(WasmModule module) {
    validate(module, FunctionQueue.defaultThreads());
  }

  /** {@link #validate(WasmModule)} on so many threads at most, this one included. */
  public static void validate(WasmModule module, int threads) {
    new ModuleValidator(module).checkModule();
    module.facts = new @Nullable FunctionFacts[module.bodyStart.length];
    validateFunctions(module, threads);
  }

  /** Validates the functions of a module whose other parts are valid. */
  public static void validateFunctions(WasmModule module, int threads) {
    FunctionQueue.run(module, threads, new Functions(module));
  }

  /** Validates functions, and leaves the facts of each in the module. */
  private record Functions(WasmModule module) implements FunctionQueue.Work {
    @Override
    public void doAll(FunctionQueue.Share functions) {
      Validator validator = new Validator(module);
      for (int i = functions.next(); i != FunctionQueue.NONE; i = functions.next()) {
        validator.validate(i);
        int bodySize = module.bodyEnd(i) - module.bodyStart(i);
        if (validator.facts().size() <= (long) FACTS_PER_BODY_BYTE * bodySize + FREE_FACTS) {
          module.facts[i - module.importedFunctions] = validator.facts().copy();
        }
      }
    }
  }

  /**
   * Does for a module that has been validated before, maybe by another process, what is left to do: all but the bodies
   * of functions, each of which is validated when its {@linkplain WasmModule#facts facts} are asked for.
   *
   * @param tailCallsOut what {@link WasmModule#tailCallsOut} was after that
   */
  public static void trust(WasmModule module, boolean tailCallsOut) {
    new ModuleValidator(module).checkModule();
    module.facts = new @Nullable FunctionFacts[module.bodyStart.length];
    module.tailCallsOut = tailCallsOut;
  }

  private void checkModule() {
    reader.section = "table";
    for (int i = module.importedTables; i < module.tables.length; i++) {
      TableDescription table = module.tables[i];
      if (table.value() != null) {
        check(table.value(), table.type(), module.importedGlobals);
      } else if (!ValueType.isDefaultable(table.type())) {
        throw reader.invalid("type mismatch",
            "table " + i + " of " + module.typeName(table.type()) + " needs a value for its elements", reader.position);
      }
    }
    reader.section = "global";
    for (int i = module.importedGlobals; i < module.globals.length; i++) {
      GlobalDescription global = module.globals[i];
      check(global.value(), global.type(), i);
    }
    reader.section = "export";
    checkExports();
    reader.section = "start";
    checkStart();
    reader.section = "element";
    for (ElementSegment segment : module.elements) {
      checkElements(segment);
    }
    reader.section = "data";
    for (DataSegment segment : module.data) {
      if (segment.offset() != null) {
        checkIndex("memory", segment.memory(), module.memories.length, segment.at());
        check(segment.offset(), module.memories[segment.memory()].addressType(), module.globals.length);
      }
    }
    numberReferences();
  }

  private void checkExports() {
    Set<String> names = HashSet.newHashSet(module.exports.length);
    for (Export export : module.exports) {
      switch (export.kind()) {
        case FUNCTION -> declare(export.index(), export.at());
        case TABLE -> checkIndex("table", export.index(), module.tables.length, export.at());
        case MEMORY -> checkIndex("memory", export.index(), module.memories.length, export.at());
        case GLOBAL -> checkIndex("global", export.index(), module.globals.length, export.at());
        case TAG -> checkIndex("tag", export.index(), module.tags.length, export.at());
      }
      if (!names.add(export.name())) {
        throw reader.invalid("duplicate export name", "'" + export.name() + "'", export.at());
      }
    }
  }

  private void checkStart() {
    int start = module.start;
    if (start == -1) {
      return;
    }
    checkIndex("function", start, module.functionTypes.length, module.startAt);
    FunctionType type = module.functionType(start);
    if (type.paramCount() != 0 || type.resultCount() != 0) {
      throw reader.invalid("start function", "expected the type (func), found " + type, module.startAt);
    }
  }

  private void checkElements(ElementSegment segment) {
    if (segment.offset() != null) {
      checkIndex("table", segment.table(), module.tables.length, segment.at());
      int expected = module.tables[segment.table()].type();
      if (!ValueType.matches(segment.type(), expected)) {
        throw reader.invalid("type mismatch",
            "expected " + module.typeName(expected) + ", found " + module.typeName(segment.type()), segment.at());
      }
      check(segment.offset(), module.tables[segment.table()].indexType(), module.globals.length);
    }
    int[] functions = segment.functions();
    if (functions != null) {
      for (int function : functions) {
        declare(function, segment.at());
      }
    }
    ConstantExpression[] items = segment.items();
    if (items != null) {
      for (ConstantExpression item : items) {
        check(item, segment.type(), module.globals.length);
      }
    }
  }

  /** Checks that there is such a function, and that it may be referred to. */
  private void declare(int function, int at) {
    checkIndex("function", function, module.functionTypes.length, at);
    module.declared[function] = true;
  }

  private void checkIndex(String what, int index, int count, int at) {
    if (Integer.compareUnsigned(index, count) >= 0) {
      throw reader.invalid("unknown " + what + " " + Integer.toUnsignedString(index), null, at);
    }
  }

  /** Checks a constant expression (specification, 3.4.14), which may read immutable globals below an index. */
  private void check(@Nullable ConstantExpression expression, int expected, int globals) {
    if (expression == null) {
      throw new AssertionError("no expression");
    }
    reader.range(expression.start(), expression.end());
    if (expected == ValueType.I32 && Instructions.skipConstantI32(reader)) {
      return;
    }
    while (!reader.atEnd()) {
      int at = reader.position;
      Opcode opcode = Instructions.read(reader);
      switch (opcode) {
        case GLOBAL_GET -> checkConstantGlobal(reader.readU32(), globals, at);
        case REF_FUNC -> declare(reader.readU32(), at);
        default -> {
          if (!isConstant(opcode)) {
            throw reader.invalid("constant expression required", "found " + opcode, at);
          }
          Instructions.skipImmediates(reader, opcode);
        }
      }
    }
    validator.validateExpression(expression.start(), expression.end(), expected, reader.section);
  }

  private static boolean isConstant(Opcode opcode) {
    return switch (opcode) {
      case END, I32_CONST, I64_CONST, F32_CONST, F64_CONST, V128_CONST, REF_NULL -> true;
      case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL -> true;
      case STRUCT_NEW, STRUCT_NEW_DEFAULT, ARRAY_NEW, ARRAY_NEW_DEFAULT, ARRAY_NEW_FIXED -> true;
      case REF_I31, ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> true;
      default -> false;
    };
  }

  private void checkConstantGlobal(int index, int globals, int at) {
    checkIndex("global", index, globals, at);
    if (module.globals[index].mutable()) {
      throw reader.invalid("constant expression required", "global " + index + " is mutable", at);
    }
  }

  private void numberReferences() {
    int[] index = new int[module.functionTypes.length];
    int count = 0;
    for (int function = 0; function < index.length; function++) {
      index[function] = module.declared[function] && function >= module.importedFunctions ? count++ : -1;
    }
    module.referenceIndex = index;
    module.referenceCount = count;
  }
}
