package dev.gatun.text;

import dev.gatun.text.Node.ListNode;
import dev.gatun.wasm.BinaryWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types (specification, 6.4): reads them, and collects the type section. */
final class TypeParser {
  final IndexSpace types = new IndexSpace("type");

  /** The fields of each structure type. */
  final Map<Integer, IndexSpace> fields = new HashMap<>();

  /** The groups of the type section, each in the binary format. */
  private final List<byte[]> groups = new ArrayList<>();

  /** By type index: the function type that it is, or null. */
  private final List<@Nullable Signature> signatures = new ArrayList<>();

  /** Whether a type is final, without supertype, and alone in its group: what a signature without a type stands for. */
  private final List<Boolean> plain = new ArrayList<>();

  /** The types of parameters and results, each in the binary format. */
  record Signature(List<byte[]> params, List<byte[]> results) {
    boolean isSame(Signature other) {
      return isSame(params, other.params) && isSame(results, other.results);
    }

    private static boolean isSame(List<byte[]> a, List<byte[]> b) {
      boolean same = a.size() == b.size();
      for (int i = 0; same && i < a.size(); i++) {
        same = Arrays.equals(a.get(i), b.get(i));
      }
      return same;
    }
  }

  /**
   * What stands where a function type is wanted.
   *
   * @param index of the type
   * @param names identifiers of the parameters, null where there is none
   */
  record TypeUse(int index, Signature signature, List<@Nullable String> names) {}

  private static final Map<String, Integer> HEAP_TYPES = Map.ofEntries(
      Map.entry("func", 0x70), Map.entry("extern", 0x6F), Map.entry("any", 0x6E), Map.entry("eq", 0x6D),
      Map.entry("i31", 0x6C), Map.entry("struct", 0x6B), Map.entry("array", 0x6A), Map.entry("exn", 0x69),
      Map.entry("none", 0x71), Map.entry("noextern", 0x72), Map.entry("nofunc", 0x73), Map.entry("noexn", 0x74));

  private static final Map<String, Integer> REFERENCE_TYPES = Map.ofEntries(
      Map.entry("funcref", 0x70), Map.entry("externref", 0x6F), Map.entry("anyref", 0x6E), Map.entry("eqref", 0x6D),
      Map.entry("i31ref", 0x6C), Map.entry("structref", 0x6B), Map.entry("arrayref", 0x6A), Map.entry("exnref", 0x69),
      Map.entry("nullref", 0x71), Map.entry("nullexternref", 0x72), Map.entry("nullfuncref", 0x73),
      Map.entry("nullexnref", 0x74));

  private static final Map<String, Integer> NUMBER_TYPES =
      Map.of("i32", 0x7F, "i64", 0x7E, "f32", 0x7D, "f64", 0x7C, "v128", 0x7B);

  // Value types.

  /** Whether a value type comes next. */
  static boolean isValueType(Cursor cursor) {
    return cursor.isList("ref")
        || cursor.peek() instanceof Node.Word word
            && (NUMBER_TYPES.containsKey(word.text()) || REFERENCE_TYPES.containsKey(word.text()));
  }

  byte[] valueType(Cursor cursor) {
    BinaryWriter bytes = new BinaryWriter();
    if (cursor.peek() instanceof Node.Word word && NUMBER_TYPES.get(word.text()) instanceof Integer code) {
      cursor.take();
      bytes.write(code);
    } else {
      referenceType(cursor, bytes);
    }
    return bytes.toByteArray();
  }

  /** Whether a reference type comes next. */
  static boolean isReferenceType(Cursor cursor) {
    return cursor.isList("ref")
        || cursor.peek() instanceof Node.Word word && REFERENCE_TYPES.containsKey(word.text());
  }

  void referenceType(Cursor cursor, BinaryWriter to) {
    Cursor list = cursor.takeList("ref");
    if (list != null) {
      boolean nullable = list.takeWord("null");
      to.write(nullable ? 0x63 : 0x64);
      heapType(list, to);
      list.expectEnd();
    } else if (cursor.peek() instanceof Node.Word word && REFERENCE_TYPES.get(word.text()) instanceof Integer code) {
      cursor.take();
      to.write(code);
    } else {
      throw cursor.unexpected();
    }
  }

  void heapType(Cursor cursor, BinaryWriter to) {
    if (cursor.peek() instanceof Node.Word word && HEAP_TYPES.get(word.text()) instanceof Integer code) {
      cursor.take();
      to.write(code);
    } else if (cursor.isIndex()) {
      to.signed(types.read(cursor) & 0xffff_ffffL);
    } else {
      throw cursor.unexpected();
    }
  }

  /** A reference type as what {@code ref.test} and the like take: whether it is nullable, and its heap type. */
  boolean castType(Cursor cursor, BinaryWriter heap) {
    Cursor list = cursor.takeList("ref");
    if (list != null) {
      boolean nullable = list.takeWord("null");
      heapType(list, heap);
      list.expectEnd();
      return nullable;
    }
    referenceType(cursor, heap);
    return true;
  }

  // Definitions.

  /** Gives the types of a field of the module their indices. */
  void declare(ListNode field, Cursor cursor) {
    if (field.head().equals("rec")) {
      Cursor group = cursor.over(field, 1);
      group.takeIdentifier();
      while (!group.atEnd()) {
        if (!group.isList("type")) {
          throw group.unexpected();
        }
        declareType(cursor.over((ListNode) group.take(), 1));
      }
    } else {
      declareType(cursor.over(field, 1));
    }
  }

  private void declareType(Cursor type) {
    int index = types.add(type);
    Cursor composite = type;
    if (type.isList("sub")) {
      Cursor sub = type.takeList("sub");
      composite = sub == null ? type : sub;
      composite.takeWord("final");
      while (composite.isIndex()) {
        composite.take();
      }
    }
    Cursor struct = composite.takeList("struct");
    if (struct != null) {
      IndexSpace names = new IndexSpace("field");
      while (!struct.atEnd()) {
        Cursor field = struct.takeList("field");
        if (field == null) {
          throw struct.unexpected();
        }
        if (field.isIdentifier()) {
          names.add(field);
        } else {
          for (; !field.atEnd(); field.take()) {
            names.add(null, field);
          }
        }
      }
      fields.put(index, names);
    }
  }

  /** Reads a field of the module that {@link #declare} has seen. */
  void define(ListNode field, Cursor cursor) {
    Cursor list = cursor.over(field, 1);
    BinaryWriter bytes = new BinaryWriter();
    if (field.head().equals("rec")) {
      list.takeIdentifier();
      BinaryWriter members = new BinaryWriter();
      int count = 0;
      for (; !list.atEnd(); count++) {
        defineType(cursor.over((ListNode) list.take(), 1), members, false);
      }
      bytes.write(0x4E);
      bytes.unsigned(count);
      bytes.writeBytes(members.toByteArray());
      if (count == 1) {
        plain.set(plain.size() - 1, bytes.size() > 2 && bytes.toByteArray()[2] == 0x60);
      }
    } else {
      defineType(list, bytes, true);
    }
    groups.add(bytes.toByteArray());
  }

  private void defineType(Cursor type, BinaryWriter to, boolean alone) {
    type.skipIdentifier();
    Cursor sub = type.takeList("sub");
    if (sub == null) {
      composite(type, to, alone);
      type.expectEnd();
      return;
    }
    boolean isFinal = sub.takeWord("final");
    BinaryWriter supertypes = new BinaryWriter();
    int count = 0;
    for (; sub.isIndex(); count++) {
      supertypes.unsigned(types.read(sub) & 0xffff_ffffL);
    }
    boolean written = !isFinal || count > 0;
    if (written) {
      to.write(isFinal ? 0x4F : 0x50);
      to.unsigned(count);
      to.writeBytes(supertypes.toByteArray());
    }
    composite(sub, to, alone && !written);
    sub.expectEnd();
    type.expectEnd();
  }

  private void composite(Cursor cursor, BinaryWriter to, boolean isPlain) {
    if (!(cursor.peek() instanceof ListNode list)) {
      throw cursor.unexpected();
    }
    Cursor inside = cursor.over(list, 1);
    Signature signature = null;
    switch (list.head()) {
      case "func" -> {
        List<@Nullable String> names = new ArrayList<>();
        signature = signature(inside, names, true);
        function(signature, to);
      }
      case "struct" -> {
        BinaryWriter all = new BinaryWriter();
        int count = 0;
        while (!inside.atEnd()) {
          Cursor field = inside.takeList("field");
          if (field == null) {
            throw inside.unexpected();
          }
          boolean named = field.isIdentifier();
          field.skipIdentifier();
          while (!field.atEnd()) {
            fieldType(field, all);
            count++;
            if (named) {
              field.expectEnd();
            }
          }
        }
        to.write(0x5F);
        to.unsigned(count);
        to.writeBytes(all.toByteArray());
      }
      case "array" -> {
        to.write(0x5E);
        fieldType(inside, to);
      }
      default -> throw cursor.unexpected();
    }
    inside.expectEnd();
    cursor.take();
    signatures.add(signature);
    plain.add(isPlain);
  }

  private void fieldType(Cursor cursor, BinaryWriter to) {
    Cursor mutable = cursor.takeList("mut");
    Cursor from = mutable == null ? cursor : mutable;
    if (from.takeWord("i8")) {
      to.write(0x78);
    } else if (from.takeWord("i16")) {
      to.write(0x77);
    } else {
      to.writeBytes(valueType(from));
    }
    if (mutable != null) {
      mutable.expectEnd();
    }
    to.write(mutable == null ? 0 : 1);
  }

  private static void function(Signature signature, BinaryWriter to) {
    to.write(0x60);
    to.unsigned(signature.params.size());
    signature.params.forEach(to::writeBytes);
    to.unsigned(signature.results.size());
    signature.results.forEach(to::writeBytes);
  }

  // Uses.

  /** Reads {@code (param ...)* (result ...)*}. */
  Signature signature(Cursor cursor, List<@Nullable String> names, boolean mayName) {
    List<byte[]> params = new ArrayList<>();
    List<byte[]> results = new ArrayList<>();
    for (Cursor param = cursor.takeList("param"); param != null; param = cursor.takeList("param")) {
      String identifier = param.isIdentifier() && mayName ? param.takeIdentifier() : null;
      if (identifier != null) {
        param.takeNameAnnotation();
        params.add(valueType(param));
        names.add(identifier);
        param.expectEnd();
      }
      while (!param.atEnd()) {
        params.add(valueType(param));
        names.add(null);
      }
    }
    for (Cursor result = cursor.takeList("result"); result != null; result = cursor.takeList("result")) {
      while (!result.atEnd()) {
        results.add(valueType(result));
      }
    }
    if (cursor.isList("param")) {
      throw cursor.unexpected();
    }
    return new Signature(params, results);
  }

  /** Reads {@code (type x)? (param ...)* (result ...)*}; without a type, one is found or added. */
  TypeUse use(Cursor cursor, boolean mayName) {
    Cursor type = cursor.takeList("type");
    int index = -1;
    if (type != null) {
      index = types.read(type);
      type.expectEnd();
    }
    boolean written = cursor.isList("param") || cursor.isList("result");
    List<@Nullable String> names = new ArrayList<>();
    Signature signature = signature(cursor, names, mayName);
    if (type == null) {
      return new TypeUse(find(signature), signature, names);
    }
    Signature known = index >= 0 && index < signatures.size() ? signatures.get(index) : null;
    if (!written) {
      return new TypeUse(index, known == null ? signature : known, names);
    }
    if (index < 0 || index >= signatures.size()) {
      throw cursor.malformed("unknown type");
    }
    if (known == null || !known.isSame(signature)) {
      throw cursor.malformed("inline function type");
    }
    return new TypeUse(index, signature, names);
  }

  /** The type that a signature without one stands for: the first that is it, or a new one. */
  int find(Signature signature) {
    for (int i = 0; i < signatures.size(); i++) {
      Signature known = signatures.get(i);
      if (known != null && plain.get(i) && known.isSame(signature)) {
        return i;
      }
    }
    BinaryWriter bytes = new BinaryWriter();
    function(signature, bytes);
    groups.add(bytes.toByteArray());
    signatures.add(signature);
    plain.add(true);
    return signatures.size() - 1;
  }

  /** Reads the type of a block to the binary format. */
  void blockType(Cursor cursor, BinaryWriter to) {
    boolean typed = cursor.isList("type");
    TypeUse use = null;
    if (typed) {
      use = use(cursor, false);
    } else {
      Signature signature = signature(cursor, new ArrayList<>(), false);
      if (signature.params.isEmpty() && signature.results.isEmpty()) {
        to.write(0x40);
        return;
      }
      if (signature.params.isEmpty() && signature.results.size() == 1) {
        to.writeBytes(signature.results.get(0));
        return;
      }
      use = new TypeUse(find(signature), signature, List.of());
    }
    to.signed(use.index & 0xffff_ffffL);
  }

  /** How many groups the type section has. */
  int groupCount() {
    return groups.size();
  }

  /** The content of the type section behind its count. */
  void write(BinaryWriter to) {
    groups.forEach(to::writeBytes);
  }
}
