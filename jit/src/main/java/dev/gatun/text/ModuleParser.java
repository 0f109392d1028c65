package dev.gatun.text;

import dev.gatun.text.Node.ListNode;
import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Opcode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the binary format of the fields of a module (specification, 6.6). Goes over them twice: indices first, since
 * fields refer to later ones, then contents.
 */
final class ModuleParser {
  final TypeParser types = new TypeParser();
  final IndexSpace functions = new IndexSpace("func");
  final IndexSpace tables = new IndexSpace("table");
  final IndexSpace memories = new IndexSpace("memory");
  final IndexSpace globals = new IndexSpace("global");
  final IndexSpace tags = new IndexSpace("tag");
  final IndexSpace elements = new IndexSpace("elem");
  final IndexSpace datas = new IndexSpace("data");

  private final String source;
  /** The identifier, without its {@code $}, or what an annotation says instead. */
  private @Nullable String name;

  private final CustomSections customs = new CustomSections();

  /** What a section consists of: entries behind their count. */
  private static final class Section {
    final BinaryWriter bytes = new BinaryWriter();
    int count;
  }

  private final Section importSection = new Section();
  private final Section functionSection = new Section();
  private final Section tableSection = new Section();
  private final Section memorySection = new Section();
  private final Section tagSection = new Section();
  private final Section globalSection = new Section();
  private final Section exportSection = new Section();
  private final Section elementSection = new Section();
  private final Section codeSection = new Section();
  private final Section dataSection = new Section();
  private long start = -1;
  private boolean started;

  /** Whether an instruction names a data segment: then their number must be known before the code. */
  boolean usesData;

  private final Map<Integer, Map<Integer, String>> localNames = new TreeMap<>();

  // Indices in the second pass.
  private int functionIndex;
  private int tableIndex;
  private int memoryIndex;
  private int globalIndex;
  private int tagIndex;

  ModuleParser(String source, @Nullable String name) {
    this.source = source;
    this.name = name == null ? null : name.substring(1);
  }

  /** The module of some fields. */
  byte[] parse(Cursor fields) {
    List<ListNode> all = new ArrayList<>();
    String defined = null;
    String annotated = fields.takeNameAnnotation();
    if (annotated != null) {
      name = annotated;
      if (fields.takeNameAnnotation() != null) {
        throw fields.malformed("@name annotation: multiple module");
      }
    }
    while (!fields.atEnd()) {
      Cursor custom = fields.takeAnnotation("custom");
      if (custom != null) {
        customs.read(custom);
        continue;
      }
      if (!(fields.peek() instanceof ListNode list)) {
        throw fields.unexpected();
      }
      defined = declare(list, fields, defined);
      fields.take();
      all.add(list);
    }
    for (ListNode field : all) {
      if (field.head().equals("type") || field.head().equals("rec")) {
        types.define(field, fields);
      }
    }
    for (ListNode field : all) {
      define(field, fields.over(field, 1));
    }
    return write();
  }

  // First pass.

  /** Gives a field its index; returns the first kind of definition so far, after which no imports may come. */
  private @Nullable String declare(ListNode field, Cursor fields, @Nullable String defined) {
    Cursor cursor = fields.over(field, 1);
    switch (field.head()) {
      case "type", "rec" -> types.declare(field, fields);
      case "import" -> {
        cursor.name();
        cursor.name();
        if (!(cursor.peek() instanceof ListNode description)) {
          throw cursor.unexpected();
        }
        checkImport(defined, fields);
        space(description.head(), cursor).add(fields.over(description, 1));
      }
      case "func", "table", "memory", "global", "tag" -> {
        IndexSpace space = space(field.head(), fields);
        space.add(cursor);
        while (cursor.isList("export")) {
          cursor.take();
        }
        if (cursor.isList("import")) {
          checkImport(defined, fields);
        } else {
          declareInline(field.head(), cursor);
          return defined == null ? space.what() : defined;
        }
      }
      case "elem" -> elements.add(cursor);
      case "data" -> datas.add(cursor);
      case "start" -> {
        if (started) {
          throw fields.malformed("multiple start sections");
        }
        started = true;
      }
      case "export" -> {}
      default -> throw fields.unexpected();
    }
    return defined;
  }

  private static void checkImport(@Nullable String defined, Cursor cursor) {
    if (defined != null) {
      throw cursor.malformed("import after " + (defined.equals("func") ? "function" : defined));
    }
  }

  private IndexSpace space(String kind, Cursor cursor) {
    return switch (kind) {
      case "func" -> functions;
      case "table" -> tables;
      case "memory" -> memories;
      case "global" -> globals;
      case "tag" -> tags;
      default -> throw cursor.unexpected();
    };
  }

  /** Segments in the definition of a table or memory have indices as well. */
  private void declareInline(String kind, Cursor cursor) {
    if (!kind.equals("table") && !kind.equals("memory")) {
      return;
    }
    for (; !cursor.atEnd(); cursor.take()) {
      if (cursor.isList("elem") && kind.equals("table")) {
        elements.add(null, cursor);
      } else if (cursor.isList("data") && kind.equals("memory")) {
        datas.add(null, cursor);
      }
    }
  }

  // Second pass.

  private void define(ListNode field, Cursor cursor) {
    switch (field.head()) {
      case "import" -> {
        importSection.bytes.name(cursor.name());
        importSection.bytes.name(cursor.name());
        importSection.count++;
        ListNode description = (ListNode) cursor.take();
        cursor.expectEnd();
        Cursor inside = cursor.over(description, 1);
        inside.skipIdentifier();
        importDescription(description.head(), inside);
        inside.expectEnd();
      }
      case "func" -> function(cursor);
      case "table" -> table(cursor);
      case "memory" -> memory(cursor);
      case "global" -> global(cursor);
      case "tag" -> tag(cursor);
      case "export" -> {
        String exported = cursor.name();
        if (!(cursor.peek() instanceof ListNode description)) {
          throw cursor.unexpected();
        }
        IndexSpace space = space(description.head(), cursor);
        cursor.take();
        Cursor inside = cursor.over(description, 1);
        export(exported, space, space.read(inside));
        inside.expectEnd();
        cursor.expectEnd();
      }
      case "start" -> {
        start = functions.read(cursor) & 0xffff_ffffL;
        cursor.expectEnd();
      }
      case "elem" -> element(cursor);
      case "data" -> data(cursor);
      default -> {}
    }
  }

  private void export(String exported, IndexSpace space, int index) {
    exportSection.bytes.name(exported);
    exportSection.bytes.write(kind(space));
    exportSection.bytes.unsigned(index & 0xffff_ffffL);
    exportSection.count++;
  }

  private int kind(IndexSpace space) {
    return space == functions ? 0 : space == tables ? 1 : space == memories ? 2 : space == globals ? 3 : 4;
  }

  /** Reads {@code (export "n")* (import "m" "n")?}; with an import, the rest is its type. */
  private boolean inline(Cursor cursor, IndexSpace space, int index) {
    for (Cursor list = cursor.takeList("export"); list != null; list = cursor.takeList("export")) {
      export(list.name(), space, index);
      list.expectEnd();
    }
    Cursor imported = cursor.takeList("import");
    if (imported == null) {
      return false;
    }
    importSection.bytes.name(imported.name());
    importSection.bytes.name(imported.name());
    importSection.count++;
    imported.expectEnd();
    importDescription(
        space == functions ? "func" : space.what(), cursor);
    cursor.expectEnd();
    return true;
  }

  /** Reads the type of an import. */
  private void importDescription(String kind, Cursor cursor) {
    BinaryWriter to = importSection.bytes;
    switch (kind) {
      case "func" -> {
        to.write(0);
        to.unsigned(types.use(cursor, true).index() & 0xffff_ffffL);
        functionIndex++;
      }
      case "table" -> {
        to.write(1);
        tableType(cursor, to);
        tableIndex++;
      }
      case "memory" -> {
        to.write(2);
        memoryType(cursor, to);
        memoryIndex++;
      }
      case "global" -> {
        to.write(3);
        globalType(cursor, to);
        globalIndex++;
      }
      case "tag" -> {
        to.write(4);
        to.write(0);
        to.unsigned(types.use(cursor, true).index() & 0xffff_ffffL);
        tagIndex++;
      }
      default -> throw cursor.unexpected();
    }
  }

  private void function(Cursor cursor) {
    cursor.skipIdentifier();
    int index = functionIndex;
    if (inline(cursor, functions, index)) {
      return;
    }
    functionIndex++;
    TypeParser.TypeUse use = types.use(cursor, true);
    functionSection.bytes.unsigned(use.index() & 0xffff_ffffL);
    functionSection.count++;
    IndexSpace locals = new IndexSpace("local");
    for (int i = 0; i < use.signature().params().size(); i++) {
      locals.add(i < use.names().size() ? use.names().get(i) : null, cursor);
    }
    BinaryWriter body = new BinaryWriter();
    locals(cursor, locals, body);
    new InstructionParser(this, locals, index).body(cursor, body);
    codeSection.bytes.sized(body.toByteArray());
    codeSection.count++;
    if (!locals.names().isEmpty()) {
      localNames.put(index, locals.names());
    }
  }

  private void locals(Cursor cursor, IndexSpace locals, BinaryWriter to) {
    List<byte[]> declared = new ArrayList<>();
    for (Cursor list = cursor.takeList("local"); list != null; list = cursor.takeList("local")) {
      if (list.isIdentifier()) {
        locals.add(list);
        declared.add(types.valueType(list));
        list.expectEnd();
      }
      while (!list.atEnd()) {
        locals.add(null, list);
        declared.add(types.valueType(list));
      }
    }
    BinaryWriter groups = new BinaryWriter();
    int count = 0;
    for (int i = 0; i < declared.size(); count++) {
      int end = i + 1;
      while (end < declared.size() && java.util.Arrays.equals(declared.get(i), declared.get(end))) {
        end++;
      }
      groups.unsigned(end - (long) i);
      groups.writeBytes(declared.get(i));
      i = end;
    }
    to.unsigned(count);
    to.writeBytes(groups.toByteArray());
  }

  // Tables and memories.

  /** Reads {@code i64? min max?}, and writes the flags, with some more, and the numbers. */
  private static void limits(Cursor cursor, boolean wide, int more, BinaryWriter to) {
    int bits = 64;
    long min = cursor.integer(bits, true, "i64 constant");
    boolean bounded = cursor.isNumber();
    long max = bounded ? cursor.integer(bits, true, "i64 constant") : 0;
    to.write((bounded ? 1 : 0) | (wide ? 4 : 0) | more);
    to.unsigned(min);
    if (bounded) {
      to.unsigned(max);
    }
  }

  private static boolean wide(Cursor cursor) {
    boolean wide = cursor.takeWord("i64");
    if (!wide) {
      cursor.takeWord("i32");
    }
    return wide;
  }

  private void tableType(Cursor cursor, BinaryWriter to) {
    BinaryWriter limits = new BinaryWriter();
    limits(cursor, wide(cursor), 0, limits);
    types.referenceType(cursor, to);
    to.writeBytes(limits.toByteArray());
  }

  private void memoryType(Cursor cursor, BinaryWriter to) {
    boolean wide = wide(cursor);
    BinaryWriter limits = new BinaryWriter();
    limits(cursor, wide, 0, limits);
    boolean shared = cursor.takeWord("shared");
    int pageSizeLog2 = pageSize(cursor);
    byte[] written = limits.toByteArray();
    written[0] |= (byte) ((shared ? 2 : 0) | (pageSizeLog2 >= 0 ? 8 : 0));
    to.writeBytes(written);
    if (pageSizeLog2 >= 0) {
      to.unsigned(pageSizeLog2);
    }
  }

  /** Log2 of the page size that comes next, or -1. */
  private static int pageSize(Cursor cursor) {
    Cursor list = cursor.takeList("pagesize");
    if (list == null) {
      return -1;
    }
    long size = list.integer(64, true, "page size");
    if (Long.bitCount(size) != 1) {
      throw list.malformed("invalid custom page size");
    }
    list.expectEnd();
    return Long.numberOfTrailingZeros(size);
  }

  private void globalType(Cursor cursor, BinaryWriter to) {
    Cursor mutable = cursor.takeList("mut");
    to.writeBytes(types.valueType(mutable == null ? cursor : mutable));
    if (mutable != null) {
      mutable.expectEnd();
    }
    to.write(mutable == null ? 0 : 1);
  }

  private void table(Cursor cursor) {
    cursor.skipIdentifier();
    int index = tableIndex;
    if (inline(cursor, tables, index)) {
      return;
    }
    tableIndex++;
    tableSection.count++;
    Cursor ahead = cursor;
    boolean wide = wide(cursor);
    if (TypeParser.isReferenceType(ahead)) {
      inlineElements(cursor, index, wide);
      return;
    }
    BinaryWriter limits = new BinaryWriter();
    limits(cursor, wide, 0, limits);
    BinaryWriter type = new BinaryWriter();
    types.referenceType(cursor, type);
    if (!cursor.atEnd()) {
      tableSection.bytes.write(0x40);
      tableSection.bytes.write(0);
    }
    tableSection.bytes.writeBytes(type.toByteArray());
    tableSection.bytes.writeBytes(limits.toByteArray());
    if (!cursor.atEnd()) {
      expression(cursor, tableSection.bytes);
    }
  }

  /** {@code reftype (elem ...)}: the table is as large as the segment. */
  private void inlineElements(Cursor cursor, int table, boolean wide) {
    BinaryWriter type = new BinaryWriter();
    types.referenceType(cursor, type);
    Cursor list = cursor.takeList("elem");
    if (list == null) {
      throw cursor.unexpected();
    }
    cursor.expectEnd();
    BinaryWriter items = new BinaryWriter();
    int count = 0;
    for (; !list.atEnd(); count++) {
      if (list.isIndex()) {
        items.write(Opcode.REF_FUNC.code());
        items.unsigned(functions.read(list) & 0xffff_ffffL);
        items.write(Opcode.END.code());
      } else {
        item(list, items);
      }
    }
    tableSection.bytes.writeBytes(type.toByteArray());
    tableSection.bytes.write(wide ? 5 : 1);
    tableSection.bytes.unsigned(count);
    tableSection.bytes.unsigned(count);
    BinaryWriter segment = elementSection.bytes;
    elementSection.count++;
    segment.unsigned(6);
    segment.unsigned(table);
    zero(wide, segment);
    segment.writeBytes(type.toByteArray());
    segment.unsigned(count);
    segment.writeBytes(items.toByteArray());
  }

  private static void zero(boolean wide, BinaryWriter to) {
    to.write(wide ? Opcode.I64_CONST.code() : Opcode.I32_CONST.code());
    to.write(0);
    to.write(Opcode.END.code());
  }

  private void memory(Cursor cursor) {
    cursor.skipIdentifier();
    int index = memoryIndex;
    if (inline(cursor, memories, index)) {
      return;
    }
    memoryIndex++;
    memorySection.count++;
    boolean wideData =
        cursor.isWord("i64") && !(cursor.peekSecond() instanceof Node.Word)
            || cursor.isWord("i32") && !(cursor.peekSecond() instanceof Node.Word);
    if (!wideData && !cursor.isList("data") && !cursor.isList("pagesize")) {
      memoryType(cursor, memorySection.bytes);
      cursor.expectEnd();
      return;
    }
    boolean wide = wide(cursor);
    int pageSizeLog2 = pageSize(cursor);
    Cursor list = cursor.takeList("data");
    if (list == null) {
      throw cursor.unexpected();
    }
    cursor.expectEnd();
    byte[] content = strings(list);
    int log2 = pageSizeLog2 < 0 ? 16 : pageSizeLog2;
    long pages = content.length + (1L << log2) - 1 >>> log2;
    memorySection.bytes.write(1 | (wide ? 4 : 0) | (pageSizeLog2 >= 0 ? 8 : 0));
    memorySection.bytes.unsigned(pages);
    memorySection.bytes.unsigned(pages);
    if (pageSizeLog2 >= 0) {
      memorySection.bytes.unsigned(pageSizeLog2);
    }
    dataSection.count++;
    dataSection.bytes.unsigned(index == 0 ? 0 : 2);
    if (index != 0) {
      dataSection.bytes.unsigned(index);
    }
    zero(wide, dataSection.bytes);
    dataSection.bytes.sized(content);
  }

  private static byte[] strings(Cursor cursor) {
    BinaryWriter content = new BinaryWriter();
    while (!cursor.atEnd()) {
      content.writeBytes(cursor.bytes());
    }
    return content.toByteArray();
  }

  private void global(Cursor cursor) {
    cursor.skipIdentifier();
    if (inline(cursor, globals, globalIndex)) {
      return;
    }
    globalIndex++;
    globalSection.count++;
    globalType(cursor, globalSection.bytes);
    expression(cursor, globalSection.bytes);
  }

  private void tag(Cursor cursor) {
    cursor.skipIdentifier();
    if (inline(cursor, tags, tagIndex)) {
      return;
    }
    tagIndex++;
    tagSection.count++;
    tagSection.bytes.write(0);
    tagSection.bytes.unsigned(types.use(cursor, true).index() & 0xffff_ffffL);
    cursor.expectEnd();
  }

  /** Reads all that is left as a constant expression. */
  private void expression(Cursor cursor, BinaryWriter to) {
    new InstructionParser(this, new IndexSpace("local"), InstructionParser.NO_FUNCTION).body(cursor, to);
  }

  // Segments.

  /** Reads {@code (item expr)} or a single folded instruction. */
  private void item(Cursor cursor, BinaryWriter to) {
    if (!(cursor.peek() instanceof ListNode list)) {
      throw cursor.unexpected();
    }
    if (list.head().equals("item")) {
      cursor.take();
      expression(cursor.over(list, 1), to);
    } else {
      single(cursor, to);
    }
  }

  /** Reads one folded instruction as a constant expression. */
  private void single(Cursor cursor, BinaryWriter to) {
    int at = cursor.at();
    Node node = cursor.take();
    expression(new Cursor(source, List.of(node), 0, at), to);
  }

  /** Reads {@code (offset expr)} or a single folded instruction. */
  private void offset(Cursor cursor, BinaryWriter to) {
    Cursor list = cursor.takeList("offset");
    if (list != null) {
      expression(list, to);
    } else if (cursor.peek() instanceof ListNode) {
      single(cursor, to);
    } else {
      throw cursor.unexpected();
    }
  }

  private void element(Cursor cursor) {
    cursor.skipIdentifier();
    elementSection.count++;
    boolean declarative = cursor.takeWord("declare");
    int table = 0;
    boolean named = false;
    boolean ofFirstVersion = false;
    Cursor use = cursor.takeList("table");
    if (use != null) {
      table = tables.read(use);
      use.expectEnd();
      named = true;
    } else if (!declarative && cursor.isIndex() && cursor.peekSecond() instanceof ListNode) {
      table = tables.read(cursor); // what the first version wrote: functions follow without a keyword
      named = true;
      ofFirstVersion = true;
    }
    boolean active = !declarative && (named || cursor.peek() instanceof ListNode list && !list.head().equals("ref"));
    BinaryWriter offset = new BinaryWriter();
    if (active) {
      offset(cursor, offset);
    }
    BinaryWriter type = new BinaryWriter();
    BinaryWriter items = new BinaryWriter();
    int count = 0;
    boolean indices =
        cursor.takeWord("func") || active && (!named || ofFirstVersion) && !TypeParser.isReferenceType(cursor);
    if (indices) {
      for (; !cursor.atEnd(); count++) {
        if (!cursor.isIndex()) {
          throw cursor.unexpected();
        }
        items.unsigned(functions.read(cursor) & 0xffff_ffffL);
      }
    } else {
      types.referenceType(cursor, type);
      for (; !cursor.atEnd(); count++) {
        item(cursor, items);
      }
    }
    boolean plain = active && table == 0 && (indices || isFuncref(type));
    int flags = (indices ? 0 : 4) | (declarative ? 3 : active ? plain ? 0 : 2 : 1);
    BinaryWriter to = elementSection.bytes;
    to.unsigned(flags);
    if (active && !plain) {
      to.unsigned(table & 0xffff_ffffL);
    }
    to.writeBytes(offset.toByteArray());
    if (!plain) {
      if (indices) {
        to.write(0);
      } else {
        to.writeBytes(type.toByteArray());
      }
    }
    to.unsigned(count);
    to.writeBytes(items.toByteArray());
  }

  private static boolean isFuncref(BinaryWriter type) {
    return type.size() == 1 && type.toByteArray()[0] == 0x70;
  }

  private void data(Cursor cursor) {
    cursor.skipIdentifier();
    dataSection.count++;
    BinaryWriter to = dataSection.bytes;
    Cursor use = cursor.takeList("memory");
    int memory = 0;
    boolean named = use != null;
    if (use != null) {
      memory = memories.read(use);
      use.expectEnd();
    } else if (cursor.isIndex()) {
      memory = memories.read(cursor);
      named = true;
    }
    if (named || cursor.peek() instanceof ListNode) {
      to.unsigned(memory == 0 ? 0 : 2);
      if (memory != 0) {
        to.unsigned(memory & 0xffff_ffffL);
      }
      offset(cursor, to);
    } else {
      to.unsigned(1);
    }
    to.sized(strings(cursor));
  }

  // The result.

  private byte[] write() {
    BinaryWriter all = new BinaryWriter();
    all.littleEndian(0x6D73_6100L, 4);
    all.littleEndian(1, 4);
    Section typeSection = new Section();
    typeSection.count = types.groupCount();
    types.write(typeSection.bytes);
    customs.before("first", all);
    section("type", 1, typeSection, all);
    section("import", 2, importSection, all);
    section("func", 3, functionSection, all);
    section("table", 4, tableSection, all);
    section("memory", 5, memorySection, all);
    section("tag", 13, tagSection, all);
    section("global", 6, globalSection, all);
    section("export", 7, exportSection, all);
    customs.before("start", all);
    if (start >= 0) {
      BinaryWriter content = new BinaryWriter();
      content.unsigned(start);
      all.write(8);
      all.sized(content.toByteArray());
    }
    customs.after("start", all);
    section("elem", 9, elementSection, all);
    customs.before("datacount", all);
    if (usesData) {
      BinaryWriter content = new BinaryWriter();
      content.unsigned(dataSection.count);
      all.write(12);
      all.sized(content.toByteArray());
    }
    customs.after("datacount", all);
    section("code", 10, codeSection, all);
    section("data", 11, dataSection, all);
    names(all);
    customs.after("last", all);
    return all.toByteArray();
  }

  /** Writes a section, if it holds anything, with the custom ones around it. */
  private void section(String keyword, int id, Section section, BinaryWriter to) {
    customs.before(keyword, to);
    if (section.count > 0) {
      BinaryWriter content = new BinaryWriter();
      content.unsigned(section.count);
      content.writeBytes(section.bytes.toByteArray());
      to.write(id);
      to.sized(content.toByteArray());
    }
    customs.after(keyword, to);
  }

  /** Notes a hint for a branch, at an offset from the beginning of the function's locals. */
  void hint(int function, int offset, boolean likely) {
    customs.hint(function, offset, likely);
  }

  // The name section.

  private void names(BinaryWriter to) {
    BinaryWriter content = new BinaryWriter();
    content.name("name");
    int empty = content.size();
    if (name != null) {
      BinaryWriter module = new BinaryWriter();
      module.name(name);
      content.write(0);
      content.sized(module.toByteArray());
    }
    names(1, functions.names(), content);
    indirect(2, localNames, content);
    names(4, types.types.names(), content);
    names(5, tables.names(), content);
    names(6, memories.names(), content);
    names(7, globals.names(), content);
    names(8, elements.names(), content);
    names(9, datas.names(), content);
    Map<Integer, Map<Integer, String>> fields = new TreeMap<>();
    types.fields.forEach((type, space) -> {
      if (!space.names().isEmpty()) {
        fields.put(type, space.names());
      }
    });
    indirect(10, fields, content);
    names(11, tags.names(), content);
    if (content.size() > empty) {
      to.write(0);
      to.sized(content.toByteArray());
    }
  }

  private static void map(Map<Integer, String> names, BinaryWriter to) {
    to.unsigned(names.size());
    new TreeMap<>(names).forEach((index, text) -> {
      to.unsigned(index);
      to.name(text);
    });
  }

  private static void names(int id, Map<Integer, String> names, BinaryWriter to) {
    if (!names.isEmpty()) {
      BinaryWriter content = new BinaryWriter();
      map(names, content);
      to.write(id);
      to.sized(content.toByteArray());
    }
  }

  private static void indirect(int id, Map<Integer, Map<Integer, String>> names, BinaryWriter to) {
    if (!names.isEmpty()) {
      BinaryWriter content = new BinaryWriter();
      content.unsigned(names.size());
      names.forEach((index, inner) -> {
        content.unsigned(index);
        map(inner, content);
      });
      to.write(id);
      to.sized(content.toByteArray());
    }
  }
}
