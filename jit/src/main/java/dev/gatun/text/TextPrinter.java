package dev.gatun.text;

import dev.gatun.wasm.ArrayType;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.BranchHints;
import dev.gatun.wasm.CompositeType;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.StructType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import dev.gatun.wasm.WasmModule.ConstantExpression;
import dev.gatun.wasm.WasmModule.DataSegment;
import dev.gatun.wasm.WasmModule.ElementSegment;
import dev.gatun.wasm.WasmModule.Limits;
import dev.gatun.wasm.WasmModule.MemoryDescription;
import dev.gatun.wasm.WasmModule.SegmentMode;
import dev.gatun.wasm.WasmModule.TableDescription;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Prints a module in the text format. Parsing what it prints gives a module that behaves the same; custom sections are
 * left out, but for the names of functions, which become identifiers where they are unique, and hints for branches.
 */
final class TextPrinter {
  private final WasmModule module;
  private final boolean folded;
  private final StringBuilder out = new StringBuilder();
  private final String[] functionNames;
  final BranchHints branchHints;

  // The recursive group that is being printed: its types are named as its own, even if an equal group stands before.
  private List<DefinedType> group = List.of();
  private int groupStart;

  TextPrinter(WasmModule module, boolean folded) {
    this.module = module;
    this.folded = folded;
    this.functionNames = functionNames(module);
    this.branchHints = BranchHints.of(module);
  }

  private static String[] functionNames(WasmModule module) {
    Set<String> seen = new HashSet<>();
    String[] names = new String[module.functionCount()];
    for (int i = 0; i < names.length; i++) {
      String name = module.functionName(i);
      names[i] = name == null || name.isEmpty() ? Integer.toString(i) : identifier(name);
      if (!seen.add(names[i])) {
        names[i] = Integer.toString(i);
      }
    }
    return names;
  }

  private static String identifier(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7F || "\"(),;[]{}".indexOf(c) >= 0) {
        return "$" + quoted(name.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, -1);
      }
    }
    return "$" + name;
  }

  /** Bytes as a string; a negative end is that of the array. */
  static String quoted(byte[] bytes, int start, int end) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = start; i < (end < 0 ? bytes.length : end); i++) {
      int b = bytes[i] & 0xFF;
      if (b >= ' ' && b < 0x7F && b != '"' && b != '\\') {
        text.append((char) b);
      } else {
        text.append('\\').append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
      }
    }
    return text.append('"').toString();
  }

  private static String quoted(String text) {
    return quoted(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, -1);
  }

  /** What stands for a function: its identifier or its index. */
  String function(int index) {
    return index >= 0 && index < functionNames.length ? functionNames[index] : Integer.toUnsignedString(index);
  }

  String print() {
    out.append("(module");
    String name = module.name();
    if (name != null && !name.isEmpty()) {
      out.append(' ').append(identifier(name));
    }
    types();
    imports();
    tables();
    memories();
    tags();
    globals();
    functions();
    exports();
    if (module.start() >= 0) {
      out.append("\n  (start ").append(function(module.start())).append(')');
    }
    elements();
    datas();
    return out.append(")\n").toString();
  }

  // Types.

  private void types() {
    for (int i = 0; i < module.typeCount(); ) {
      group = module.definedType(i).groupTypes();
      groupStart = i;
      if (group.size() == 1) {
        out.append("\n  ");
        type(i);
        i++;
        continue;
      }
      out.append("\n  (rec");
      for (int j = 0; j < group.size(); j++, i++) {
        out.append("\n    ");
        type(i);
      }
      out.append(')');
    }
    group = List.of();
  }

  private void type(int index) {
    DefinedType type = module.definedType(index);
    out.append("(type (;").append(index).append(";) ");
    DefinedType above = type.supertype();
    boolean sub = above != null || !type.isFinal();
    if (sub) {
      out.append("(sub ").append(type.isFinal() ? "final " : "");
      if (above != null) {
        int inGroup = group.indexOf(above);
        out.append(inGroup >= 0 ? groupStart + inGroup : indexOf(above)).append(' ');
      }
    }
    composite(type.composite());
    out.append(sub ? "))" : ")");
  }

  private int indexOf(DefinedType type) {
    for (int i = 0; i < module.typeCount(); i++) {
      if (module.definedType(i) == type) {
        return i;
      }
    }
    throw new AssertionError(type);
  }

  private void composite(CompositeType composite) {
    switch (composite) {
      case FunctionType function -> {
        out.append("(func");
        signature(function);
      }
      case StructType struct -> {
        out.append("(struct");
        for (FieldType field : struct.fields()) {
          out.append(" (field ").append(field(field)).append(')');
        }
      }
      case ArrayType array -> out.append("(array ").append(field(array.element()));
    }
    out.append(')');
  }

  private String field(FieldType field) {
    String storage = typeName(field.storage());
    return field.mutable() ? "(mut " + storage + ")" : storage;
  }

  private void signature(FunctionType type) {
    for (int i = 0; i < type.paramCount(); i++) {
      out.append(i == 0 ? " (param " : " ").append(typeName(type.param(i)));
    }
    out.append(type.paramCount() == 0 ? "" : ")");
    for (int i = 0; i < type.resultCount(); i++) {
      out.append(i == 0 ? " (result " : " ").append(typeName(type.result(i)));
    }
    out.append(type.resultCount() == 0 ? "" : ")");
  }

  /**
   * Whether a type mentions others: a repetition of it may name equal ones by other indices, which is no repetition.
   */
  private static boolean mentionsTypes(FunctionType type) {
    boolean mentions = false;
    for (int i = 0; i < type.paramCount(); i++) {
      mentions |= ValueType.isIndexed(type.param(i));
    }
    for (int i = 0; i < type.resultCount(); i++) {
      mentions |= ValueType.isIndexed(type.result(i));
    }
    return mentions;
  }

  /** Name of a value type by its code. */
  String typeName(int type) {
    if (ValueType.isIndexed(type)) {
      for (int i = 0; i < group.size(); i++) {
        if (group.get(i).id() == ValueType.typeId(type)) {
          return (ValueType.isNullable(type) ? "(ref null " : "(ref ") + (groupStart + i) + ")";
        }
      }
    }
    return module.typeName(type);
  }

  // What is imported, defined and exported.

  private void imports() {
    for (WasmModule.Import i : module.imports()) {
      out.append("\n  (import ").append(quoted(i.module())).append(' ').append(quoted(i.name())).append(" (");
      switch (i.kind()) {
        case FUNCTION -> {
          out.append("func ");
          if (function(i.index()).startsWith("$")) {
            out.append(function(i.index())).append(' ');
          }
          out.append("(type ").append(module.functionTypeIndex(i.index())).append(')');
        }
        case TABLE -> out.append("table ").append(table(module.tables()[i.index()]));
        case MEMORY -> out.append("memory ").append(memory(module.memories()[i.index()]));
        case GLOBAL -> out.append("global ").append(global(i.index()));
        case TAG -> out.append("tag (type ").append(indexOf(module.definedTagType(i.index()))).append(')');
      }
      out.append("))");
    }
  }

  private static String limits(Limits limits) {
    return Long.toUnsignedString(limits.min())
        + (limits.max() == Limits.UNBOUNDED ? "" : " " + Long.toUnsignedString(limits.max()));
  }

  private String table(TableDescription table) {
    return (table.indexType() == ValueType.I64 ? "i64 " : "") + limits(table.limits()) + " " + typeName(table.type());
  }

  private static String memory(MemoryDescription memory) {
    return (memory.addressType() == ValueType.I64 ? "i64 " : "")
        + limits(memory.limits())
        + (memory.shared() ? " shared" : "")
        + (memory.pageSizeLog2() == 16 ? "" : " (pagesize " + memory.pageSize() + ")");
  }

  private String global(int index) {
    String type = typeName(module.globals()[index].type());
    return module.globals()[index].mutable() ? "(mut " + type + ")" : type;
  }

  private void tables() {
    for (int i = module.importedTables(); i < module.tables().length; i++) {
      TableDescription table = module.tables()[i];
      out.append("\n  (table (;").append(i).append(";) ").append(table(table));
      ConstantExpression value = table.value();
      if (value != null) {
        out.append(' ').append(expression(value));
      }
      out.append(')');
    }
  }

  private void memories() {
    for (int i = module.importedMemories(); i < module.memories().length; i++) {
      out.append("\n  (memory (;").append(i).append(";) ").append(memory(module.memories()[i])).append(')');
    }
  }

  private void tags() {
    for (int i = module.importedTags(); i < module.tagCount(); i++) {
      out.append("\n  (tag (;").append(i).append(";) (type ").append(indexOf(module.definedTagType(i))).append("))");
    }
  }

  private void globals() {
    for (int i = module.importedGlobals(); i < module.globals().length; i++) {
      out.append("\n  (global (;").append(i).append(";) ").append(global(i));
      ConstantExpression value = module.globals()[i].value();
      out.append(' ').append(value == null ? "" : expression(value)).append(')');
    }
  }

  private void exports() {
    for (WasmModule.Export export : module.exports()) {
      boolean isFunction = export.kind() == ExternKind.FUNCTION;
      String kind = isFunction ? "func" : export.kind().name().toLowerCase(Locale.ROOT);
      out.append("\n  (export ").append(quoted(export.name())).append(" (").append(kind).append(' ');
      out.append(isFunction ? function(export.index()) : Integer.toString(export.index())).append("))");
    }
  }

  // Code.

  private BinaryReader reader(int start, int end) {
    return new BinaryReader(module.bytes(), start, end);
  }

  private String expression(ConstantExpression expression) {
    return new InstructionPrinter(this, module, reader(expression.start(), expression.end()), false, -1).line();
  }

  private void functions() {
    for (int i = module.importedFunctions(); i < module.functionCount(); i++) {
      out.append("\n  (func ");
      out.append(function(i).startsWith("$") ? function(i) : "(;" + i + ";)");
      out.append(" (type ").append(module.functionTypeIndex(i)).append(')');
      if (!mentionsTypes(module.functionType(i))) {
        signature(module.functionType(i));
      }
      BinaryReader reader = reader(module.bodyStart(i), module.bodyEnd(i));
      InstructionPrinter instructions = new InstructionPrinter(this, module, reader, folded, i);
      int groups = reader.readU32();
      if (groups > 0) {
        out.append("\n    (local");
        for (; groups > 0; groups--) {
          int count = reader.readU32();
          String type = instructions.readValueType();
          for (int j = 0; j < count; j++) {
            out.append(' ').append(type);
          }
        }
        out.append(')');
      }
      instructions.body(out);
      out.append(')');
    }
  }

  // Segments.

  private void elements() {
    for (int i = 0; i < module.elements().length; i++) {
      ElementSegment segment = module.elements()[i];
      out.append("\n  (elem (;").append(i).append(";)");
      ConstantExpression offset = segment.offset();
      if (segment.mode() == SegmentMode.DECLARATIVE) {
        out.append(" declare");
      } else if (offset != null) {
        out.append(" (table ").append(segment.table()).append(") (offset ").append(expression(offset)).append(')');
      }
      int[] functions = segment.functions();
      ConstantExpression[] items = segment.items();
      if (items != null || !ValueType.isNullable(segment.type())) {
        out.append(functions != null ? " func" : " " + typeName(segment.type()));
      } else {
        out.append(' ').append(typeName(segment.type()));
      }
      boolean bare = functions != null && !ValueType.isNullable(segment.type());
      for (int j = 0; functions != null && j < functions.length; j++) {
        String name = function(functions[j]);
        out.append(bare ? " " + name : " (ref.func " + name + ")");
      }
      for (int j = 0; items != null && j < items.length; j++) {
        out.append(" (item ").append(expression(items[j])).append(')');
      }
      out.append(')');
    }
  }

  private void datas() {
    for (int i = 0; i < module.data().length; i++) {
      DataSegment segment = module.data()[i];
      out.append("\n  (data (;").append(i).append(";)");
      ConstantExpression offset = segment.offset();
      if (offset != null) {
        out.append(" (memory ").append(segment.memory()).append(") (offset ").append(expression(offset)).append(')');
      }
      out.append(' ').append(quoted(module.bytes(), segment.start(), segment.start() + segment.length())).append(')');
    }
  }
}
