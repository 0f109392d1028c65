package dev.gatun.text;

import dev.gatun.text.Node.ListNode;
import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Instructions of one function or constant expression (specification, 6.5), flat and folded. */
final class InstructionParser {
  /** By name; where several opcodes have one, the first. */
  private static final Map<String, Opcode> BY_NAME = new HashMap<>();

  static {
    for (Opcode opcode : Opcode.values()) {
      BY_NAME.putIfAbsent(opcode.text(), opcode);
    }
  }

  private final ModuleParser module;
  private final TypeParser types;
  private final IndexSpace locals;

  /** The index of the function, or {@link #NO_FUNCTION}. */
  private final int function;

  /** Identifiers of the structures around, innermost last; null where there is none. */
  private final List<@Nullable String> labels = new ArrayList<>();

  /** For constant expressions. */
  static final int NO_FUNCTION = -1;

  InstructionParser(ModuleParser module, IndexSpace locals, int function) {
    this.module = module;
    this.function = function;
    this.types = module.types;
    this.locals = locals;
  }

  /** Reads all that is left as instructions, and ends them. */
  void body(Cursor cursor, BinaryWriter to) {
    sequence(cursor, to);
    cursor.expectEnd();
    to.write(Opcode.END.code());
  }

  /** Reads instructions up to the end of the list or a word that ends a structure. */
  private void sequence(Cursor cursor, BinaryWriter to) {
    while (!cursor.atEnd()) {
      if (cursor.isWord("end")
          || cursor.isWord("else")
          || cursor.isWord("catch")
          || cursor.isWord("catch_all")
          || cursor.isWord("delegate")) {
        return;
      }
      int hint = takeHint(cursor);
      if (cursor.peek() instanceof ListNode list) {
        cursor.take();
        folded(cursor.over(list, 0), to, hint);
      } else {
        flat(cursor, to, hint);
      }
    }
  }

  // Hints for branches: nothing, or whether the branch is likely.

  private static final int NO_HINT = -1;
  private static final int LIKELY = 1;

  private int takeHint(Cursor cursor) {
    Cursor annotation = cursor.takeAnnotation(CustomSections.BRANCH_HINT);
    if (annotation == null) {
      return NO_HINT;
    }
    if (function == NO_FUNCTION) {
      throw annotation.malformed("@metadata.code.branch_hint annotation: not in a function");
    }
    byte[] hint = annotation.bytes();
    annotation.expectEnd();
    if (hint.length != 1 || hint[0] < 0 || hint[0] > LIKELY) {
      throw cursor.malformed("@metadata.code.branch_hint annotation: must be \"\\00\" or \"\\01\"");
    }
    if (cursor.peek() instanceof Node.Annotation) {
      throw cursor.malformed("@metadata.code.branch_hint annotation: duplicate annotation");
    }
    return hint[0];
  }

  private static void checkHint(Opcode opcode, int hint, Cursor cursor) {
    if (hint != NO_HINT && opcode != Opcode.IF && opcode != Opcode.BR_IF) {
      throw cursor.malformed("@metadata.code.branch_hint annotation: invalid target " + opcode.text());
    }
  }

  /** Notes the hint for the branch that is written next. */
  private void note(int hint, BinaryWriter to) {
    if (hint != NO_HINT) {
      module.hint(function, to.size(), hint == LIKELY);
    }
  }

  private static Opcode opcode(Cursor cursor) {
    Opcode opcode = cursor.peek() instanceof Node.Word word && !word.isIdentifier() ? BY_NAME.get(word.text()) : null;
    if (opcode == null) {
      throw cursor.peek() instanceof Node.Word word && !word.isIdentifier()
          ? cursor.malformed("unknown operator " + word.text())
          : cursor.unexpected();
    }
    cursor.take();
    return opcode;
  }

  private static void write(Opcode opcode, BinaryWriter to) {
    if (opcode.code() < 256) {
      to.write(opcode.code());
    } else {
      to.write(opcode.code() >> 16);
      to.unsigned(opcode.code() & 0xFFFF);
    }
  }

  // Structures.

  private void open(@Nullable String label) {
    labels.add(label);
  }

  private void close() {
    labels.remove(labels.size() - 1);
  }

  /** After {@code end} or {@code else}, the identifier of the structure may be repeated. */
  private static void repeatLabel(Cursor cursor, @Nullable String label) {
    Node node = cursor.peek();
    if (node instanceof Node.Word word && word.isIdentifier()) {
      if (!word.text().equals(label)) {
        throw cursor.malformed("mismatching label " + word.text());
      }
      cursor.take();
    }
  }

  private void flat(Cursor cursor, BinaryWriter to, int hint) {
    Opcode opcode = opcode(cursor);
    checkHint(opcode, hint, cursor);
    note(hint, to);
    switch (opcode) {
      case BLOCK, LOOP, IF, TRY, TRY_TABLE -> structure(opcode, cursor, to);
      case ELSE, END, CATCH, CATCH_ALL, DELEGATE -> throw cursor.malformed("unexpected token " + opcode.text());
      default -> plain(opcode, cursor, to);
    }
  }

  private void structure(Opcode opcode, Cursor cursor, BinaryWriter to) {
    String label = cursor.takeIdentifier();
    write(opcode, to);
    if (opcode == Opcode.TRY_TABLE) {
      tryTableHead(cursor, to);
      open(label);
    } else {
      open(label);
      types.blockType(cursor, to);
    }
    sequence(cursor, to);
    if (opcode == Opcode.IF && cursor.takeWord("else")) {
      repeatLabel(cursor, label);
      to.write(Opcode.ELSE.code());
      sequence(cursor, to);
    }
    if (opcode == Opcode.TRY) {
      for (boolean last = false; !last && (cursor.isWord("catch") || cursor.isWord("catch_all")); ) {
        last = cursor.isWord("catch_all");
        handler(cursor, to);
        repeatLabel(cursor, label);
        sequence(cursor, to);
      }
      if (cursor.takeWord("delegate")) {
        close();
        to.write(Opcode.DELEGATE.code());
        to.unsigned(label(cursor));
        return;
      }
    }
    if (!cursor.takeWord("end")) {
      throw cursor.unexpected();
    }
    repeatLabel(cursor, label);
    close();
    to.write(Opcode.END.code());
  }

  private void handler(Cursor cursor, BinaryWriter to) {
    if (cursor.takeWord("catch")) {
      to.write(Opcode.CATCH.code());
      to.unsigned(module.tags.read(cursor) & 0xffff_ffffL);
    } else {
      cursor.take();
      to.write(Opcode.CATCH_ALL.code());
    }
  }

  /** Block type and handlers of try_table, whose labels do not count itself. */
  private void tryTableHead(Cursor cursor, BinaryWriter to) {
    types.blockType(cursor, to);
    BinaryWriter handlers = new BinaryWriter();
    int count = 0;
    while (cursor.peek() instanceof ListNode list && list.head().startsWith("catch")) {
      cursor.take();
      Cursor handler = cursor.over(list, 1);
      int kind = switch (list.head()) {
        case "catch" -> Instructions.CATCH;
        case "catch_ref" -> Instructions.CATCH_REF;
        case "catch_all" -> Instructions.CATCH_ALL;
        case "catch_all_ref" -> Instructions.CATCH_ALL_REF;
        default -> throw cursor.malformed("unexpected token " + list.head());
      };
      handlers.write(kind);
      if (kind <= Instructions.CATCH_REF) {
        handlers.unsigned(module.tags.read(handler) & 0xffff_ffffL);
      }
      handlers.unsigned(label(handler));
      handler.expectEnd();
      count++;
    }
    to.unsigned(count);
    to.writeBytes(handlers.toByteArray());
  }

  /** A folded instruction: a list, from its first word on. */
  private void folded(Cursor cursor, BinaryWriter to, int hint) {
    Opcode opcode = opcode(cursor);
    checkHint(opcode, hint, cursor);
    switch (opcode) {
      case BLOCK, LOOP -> {
        open(cursor.takeIdentifier());
        write(opcode, to);
        types.blockType(cursor, to);
        sequence(cursor, to);
        cursor.expectEnd();
        close();
        to.write(Opcode.END.code());
      }
      case TRY_TABLE -> {
        String label = cursor.takeIdentifier();
        write(opcode, to);
        tryTableHead(cursor, to);
        open(label);
        sequence(cursor, to);
        cursor.expectEnd();
        close();
        to.write(Opcode.END.code());
      }
      case IF -> foldedIf(cursor, to, hint);
      case TRY -> foldedTry(cursor, to);
      case ELSE, END, CATCH, CATCH_ALL, DELEGATE -> throw cursor.malformed("unexpected token " + opcode.text());
      default -> {
        BinaryWriter instruction = new BinaryWriter();
        plain(opcode, cursor, instruction);
        operands(cursor, to);
        cursor.expectEnd();
        note(hint, to);
        to.writeBytes(instruction.toByteArray());
      }
    }
  }

  private void operands(Cursor cursor, BinaryWriter to) {
    for (int hint = takeHint(cursor); cursor.peek() instanceof ListNode list; hint = takeHint(cursor)) {
      cursor.take();
      folded(cursor.over(list, 0), to, hint);
    }
  }

  private void foldedIf(Cursor cursor, BinaryWriter to, int hint) {
    String label = cursor.takeIdentifier();
    BinaryWriter head = new BinaryWriter();
    write(Opcode.IF, head);
    types.blockType(cursor, head);
    while (!cursor.isList("then")) {
      int ofCondition = takeHint(cursor);
      if (!(cursor.peek() instanceof ListNode list)) {
        break;
      }
      cursor.take();
      folded(cursor.over(list, 0), to, ofCondition);
    }
    note(hint, to);
    to.writeBytes(head.toByteArray());
    Cursor then = cursor.takeList("then");
    if (then == null) {
      throw cursor.unexpected();
    }
    open(label);
    sequence(then, to);
    then.expectEnd();
    Cursor otherwise = cursor.takeList("else");
    if (otherwise != null) {
      to.write(Opcode.ELSE.code());
      sequence(otherwise, to);
      otherwise.expectEnd();
    }
    cursor.expectEnd();
    close();
    to.write(Opcode.END.code());
  }

  private void foldedTry(Cursor cursor, BinaryWriter to) {
    String label = cursor.takeIdentifier();
    write(Opcode.TRY, to);
    open(label);
    types.blockType(cursor, to);
    Cursor body = cursor.takeList("do");
    if (body == null) {
      throw cursor.unexpected();
    }
    sequence(body, to);
    body.expectEnd();
    Cursor delegate = cursor.takeList("delegate");
    if (delegate != null) {
      close();
      to.write(Opcode.DELEGATE.code());
      to.unsigned(label(delegate));
      delegate.expectEnd();
      cursor.expectEnd();
      return;
    }
    for (boolean last = false; !last && (cursor.isList("catch") || cursor.isList("catch_all")); ) {
      last = cursor.isList("catch_all");
      Cursor handler = cursor.over((ListNode) cursor.take(), 0);
      handler(handler, to);
      sequence(handler, to);
      handler.expectEnd();
    }
    cursor.expectEnd();
    close();
    to.write(Opcode.END.code());
  }

  /** Reads a label: a number, or the identifier of a structure around, of several the innermost. */
  private long label(Cursor cursor) {
    if (cursor.isIdentifier()) {
      String identifier = ((Node.Word) java.util.Objects.requireNonNull(cursor.peek())).text();
      for (int i = labels.size() - 1; i >= 0; i--) {
        if (identifier.equals(labels.get(i))) {
          cursor.take();
          return labels.size() - 1L - i;
        }
      }
      throw cursor.malformed("unknown label " + identifier);
    }
    return cursor.unsigned32();
  }

  // Plain instructions.

  private void index(IndexSpace space, Cursor cursor, BinaryWriter to) {
    to.unsigned(space.read(cursor) & 0xffff_ffffL);
  }

  private void optionalIndex(IndexSpace space, Cursor cursor, BinaryWriter to) {
    if (cursor.isIndex()) {
      index(space, cursor, to);
    } else {
      to.unsigned(0);
    }
  }

  /** Reads the immediates of an instruction, whose name has been taken, and writes it. */
  private void plain(Opcode opcode, Cursor cursor, BinaryWriter to) {
    switch (opcode) {
      case SELECT -> select(cursor, to);
      case REF_TEST, REF_CAST -> cast(opcode, cursor, to);
      default -> {
        write(opcode, to);
        immediates(opcode, cursor, to);
      }
    }
  }

  private void select(Cursor cursor, BinaryWriter to) {
    if (!cursor.isList("result")) {
      write(Opcode.SELECT, to);
      return;
    }
    BinaryWriter all = new BinaryWriter();
    int count = 0;
    for (Cursor result = cursor.takeList("result"); result != null; result = cursor.takeList("result")) {
      for (; !result.atEnd(); count++) {
        all.writeBytes(types.valueType(result));
      }
    }
    write(Opcode.SELECT_TYPED, to);
    to.unsigned(count);
    to.writeBytes(all.toByteArray());
  }

  private void cast(Opcode opcode, Cursor cursor, BinaryWriter to) {
    BinaryWriter heap = new BinaryWriter();
    boolean nullable = types.castType(cursor, heap);
    if (nullable) {
      write(opcode == Opcode.REF_TEST ? Opcode.REF_TEST_NULL : Opcode.REF_CAST_NULL, to);
    } else {
      write(opcode, to);
    }
    to.writeBytes(heap.toByteArray());
  }

  private void immediates(Opcode opcode, Cursor cursor, BinaryWriter to) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case LABEL -> to.unsigned(label(cursor));
      case LABEL_TABLE -> {
        BinaryWriter all = new BinaryWriter();
        int count = 0;
        do {
          all.unsigned(label(cursor));
          count++;
        } while (cursor.isIndex());
        to.unsigned(count - 1L);
        to.writeBytes(all.toByteArray());
      }
      case FUNCTION -> index(module.functions, cursor, to);
      case TYPE_TABLE -> {
        BinaryWriter table = new BinaryWriter();
        optionalIndex(module.tables, cursor, table);
        to.unsigned(types.use(cursor, false).index() & 0xffff_ffffL);
        to.writeBytes(table.toByteArray());
      }
      case LOCAL -> index(locals, cursor, to);
      case GLOBAL -> index(module.globals, cursor, to);
      case TABLE -> optionalIndex(module.tables, cursor, to);
      case MEMORY -> optionalIndex(module.memories, cursor, to);
      case DATA -> {
        module.usesData = true;
        index(module.datas, cursor, to);
      }
      case ELEMENT -> index(module.elements, cursor, to);
      case TAG -> index(module.tags, cursor, to);
      case TYPE -> index(types.types, cursor, to);
      case MEMORY_MEMORY -> two(module.memories, cursor, to);
      case TABLE_TABLE -> two(module.tables, cursor, to);
      case DATA_MEMORY -> {
        module.usesData = true;
        segment(module.datas, module.memories, cursor, to);
      }
      case ELEMENT_TABLE -> segment(module.elements, module.tables, cursor, to);
      case TYPE_FIELD -> {
        int type = types.types.read(cursor);
        to.unsigned(type & 0xffff_ffffL);
        IndexSpace fields = types.fields.get(type);
        index(fields == null ? new IndexSpace("field") : fields, cursor, to);
      }
      case TYPE_COUNT -> {
        index(types.types, cursor, to);
        to.unsigned(cursor.unsigned32());
      }
      case TYPE_DATA -> {
        module.usesData = true;
        index(types.types, cursor, to);
        index(module.datas, cursor, to);
      }
      case TYPE_ELEMENT -> {
        index(types.types, cursor, to);
        index(module.elements, cursor, to);
      }
      case TYPE_TYPE -> {
        index(types.types, cursor, to);
        index(types.types, cursor, to);
      }
      case CAST -> branchOnCast(cursor, to);
      case HEAP_TYPE -> types.heapType(cursor, to);
      case MEMORY_ARGUMENT -> memoryArgument(opcode, cursor, to, cursor.isIndex());
      case MEMORY_LANE -> {
        // A number may be the lane alone: it is a memory's if more than the lane follows.
        boolean memory = cursor.isIdentifier() || cursor.isNumber() && isArgumentOrNumber(cursor.peekSecond());
        memoryArgument(opcode, cursor, to, memory);
        to.write((int) cursor.integer(8, true, "lane index"));
      }
      case LANE -> to.write((int) cursor.integer(8, true, "lane index"));
      case SHUFFLE -> {
        for (int i = 0; i < 16; i++) {
          if (!cursor.isNumber()) {
            throw cursor.malformed("invalid lane length");
          }
          to.write((int) cursor.integer(8, true, "lane index"));
        }
      }
      case I32 -> to.signed((int) cursor.integer(32, false, "i32 constant"));
      case I64 -> to.signed(cursor.integer(64, false, "i64 constant"));
      case F32 -> to.littleEndian(cursor.floating(false), 4);
      case F64 -> to.littleEndian(cursor.floating(true), 8);
      case V128 -> vector(cursor, to);
      case ORDER -> to.write(0);
      case BLOCK_TYPE, TRY_TABLE, VALUE_TYPES -> throw new AssertionError(opcode);
    }
  }

  private static boolean isArgumentOrNumber(@Nullable Node node) {
    return node instanceof Node.Word word
        && (word.text().startsWith("offset=")
            || word.text().startsWith("align=")
            || Numbers.looksLikeNumber(word.text()));
  }

  private void two(IndexSpace space, Cursor cursor, BinaryWriter to) {
    if (cursor.isIndex()) {
      index(space, cursor, to);
      index(space, cursor, to);
    } else {
      to.unsigned(0);
      to.unsigned(0);
    }
  }

  /** A segment, before which a memory or table may be named. */
  private void segment(IndexSpace segments, IndexSpace targets, Cursor cursor, BinaryWriter to) {
    boolean both =
        cursor.peekSecond() instanceof Node.Word word
            && (word.isIdentifier() || Character.isDigit(word.text().charAt(0)));
    int target = both ? targets.read(cursor) : 0;
    index(segments, cursor, to);
    to.unsigned(target & 0xffff_ffffL);
  }

  private void branchOnCast(Cursor cursor, BinaryWriter to) {
    long label = label(cursor);
    BinaryWriter from = new BinaryWriter();
    BinaryWriter target = new BinaryWriter();
    boolean fromNullable = types.castType(cursor, from);
    boolean toNullable = types.castType(cursor, target);
    to.write((fromNullable ? 1 : 0) | (toNullable ? 2 : 0));
    to.unsigned(label);
    to.writeBytes(from.toByteArray());
    to.writeBytes(target.toByteArray());
  }

  private void memoryArgument(Opcode opcode, Cursor cursor, BinaryWriter to, boolean named) {
    int memory = named ? module.memories.read(cursor) : 0;
    long offset = 0;
    int alignment = opcode.naturalAlignment();
    String text = argument(cursor, "offset=");
    if (text != null) {
      offset = value(cursor, text, 64, "offset");
    }
    text = argument(cursor, "align=");
    if (text != null) {
      long bytes = value(cursor, text, 64, "alignment");
      if (Long.bitCount(bytes) != 1) {
        throw cursor.malformed("alignment must be a power of two");
      }
      alignment = Long.numberOfTrailingZeros(bytes);
    }
    if (memory != 0) {
      to.unsigned(alignment | Instructions.MEMORY_INDEX_FOLLOWS);
      to.unsigned(memory & 0xffff_ffffL);
    } else {
      to.unsigned(alignment);
    }
    to.unsigned(offset);
  }

  private static @Nullable String argument(Cursor cursor, String prefix) {
    if (cursor.peek() instanceof Node.Word word && word.text().startsWith(prefix)) {
      cursor.take();
      return word.text().substring(prefix.length());
    }
    return null;
  }

  private static long value(Cursor cursor, String text, int bits, String what) {
    java.math.BigInteger value = text.startsWith("+") || text.startsWith("-") ? null : Numbers.integer(text);
    if (value == null) {
      throw cursor.malformed("unknown operator " + text);
    }
    if (!Numbers.fits(value, bits)) {
      throw cursor.malformed(what + " out of range");
    }
    return value.longValue();
  }

  private static void vector(Cursor cursor, BinaryWriter to) {
    String shape = cursor.keyword();
    int lanes = switch (shape) {
      case "i8x16" -> 16;
      case "i16x8" -> 8;
      case "i32x4", "f32x4" -> 4;
      case "i64x2", "f64x2" -> 2;
      default -> throw cursor.malformed("unknown operator " + shape);
    };
    for (int i = 0; i < lanes; i++) {
      if (cursor.atEnd() || !(cursor.peek() instanceof Node.Word)) {
        throw cursor.malformed("wrong number of lane literals");
      }
      long bits = shape.startsWith("f")
          ? cursor.floating(lanes == 2)
          : cursor.integer(128 / lanes, false, "constant");
      to.littleEndian(bits, 16 / lanes);
    }
  }
}
