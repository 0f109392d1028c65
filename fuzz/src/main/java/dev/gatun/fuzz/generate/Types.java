package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * The type section of a module that is being made. Value types are codes as in {@link ValueType}, except that a
 * reference to a defined type has its index in this module in place of the number of a definition.
 */
final class Types {
  /** A field: a storage type and whether it can be set. */
  record Field(int type, boolean mutable) {}

  /** What a definition defines. */
  sealed interface Composite {}

  record Struct(List<Field> fields) implements Composite {}

  record Array(Field element) implements Composite {}

  record Function(List<Integer> params, List<Integer> results) implements Composite {}

  /** A definition; the index of its supertype is -1 if it has none. */
  record Definition(Composite composite, int supertype, boolean isFinal) {}

  private final List<Definition> definitions = new ArrayList<>();

  /** For each group of types that may refer to each other, the index behind its last one. */
  private final List<Integer> groupEnds = new ArrayList<>();

  int count() {
    return definitions.size();
  }

  Definition definition(int index) {
    return definitions.get(index);
  }

  Composite composite(int index) {
    return definitions.get(index).composite();
  }

  /** Adds a group of definitions; they may refer to each other by the indices they get. */
  void addGroup(List<Definition> group) {
    definitions.addAll(group);
    groupEnds.add(definitions.size());
  }

  /** The index of a plain function type, which is added if there is none. */
  int function(List<Integer> params, List<Integer> results) {
    Function wanted = new Function(List.copyOf(params), List.copyOf(results));
    for (int i = 0; i < definitions.size(); i++) {
      Definition known = definitions.get(i);
      if (known.isFinal() && known.supertype() < 0 && known.composite().equals(wanted) && standsAlone(i)) {
        return i;
      }
    }
    addGroup(List.of(new Definition(wanted, -1, true)));
    return definitions.size() - 1;
  }

  private boolean standsAlone(int index) {
    int start = 0;
    for (int end : groupEnds) {
      if (index < end) {
        return end - start == 1;
      }
      start = end;
    }
    return false;
  }

  Function functionType(int index) {
    return (Function) composite(index);
  }

  /** Whether a value of a type may stand where another is expected, as far as the declared supertypes say. */
  boolean matches(int type, int expected) {
    if (type == expected) {
      return true;
    }
    if (!ValueType.isReference(type) || !ValueType.isReference(expected)
        || ValueType.isNullable(type) && !ValueType.isNullable(expected)) {
      return false;
    }
    return heapMatches(ValueType.heap(type), ValueType.heap(expected));
  }

  private boolean heapMatches(int type, int expected) {
    if (type == expected) {
      return true;
    }
    if (!ValueType.isIndexed(type)) {
      if (ValueType.isIndexed(expected)) {
        return type == bottom(expected);
      }
      return ValueType.matches(type, expected);
    }
    if (ValueType.isIndexed(expected)) {
      for (int i = ValueType.typeId(type); i >= 0; i = definitions.get(i).supertype()) {
        if (i == ValueType.typeId(expected)) {
          return true;
        }
      }
      return false;
    }
    return ValueType.matches(abstractType(ValueType.typeId(type)), expected);
  }

  /** The abstract type right above a defined one. */
  int abstractType(int index) {
    return switch (composite(index)) {
      case Struct struct -> ValueType.STRUCTREF;
      case Array array -> ValueType.ARRAYREF;
      case Function function -> ValueType.FUNCREF;
    };
  }

  /** The topmost type above a reference type. */
  int top(int type) {
    int heap = ValueType.heap(type);
    return ValueType.top(ValueType.isIndexed(heap) ? abstractType(ValueType.typeId(heap)) : heap);
  }

  /** The type below a reference type that has null alone. */
  int bottom(int type) {
    return switch (top(type)) {
      case ValueType.FUNCREF -> ValueType.NULLFUNCREF;
      case ValueType.EXTERNREF -> ValueType.NULLEXTERNREF;
      case ValueType.EXNREF -> ValueType.NULLEXNREF;
      default -> ValueType.NULLREF;
    };
  }

  /** The type of the values that are kept in a field: i32 for the packed ones. */
  static int unpacked(int storage) {
    return isPacked(storage) ? ValueType.I32 : storage;
  }

  static boolean isPacked(int storage) {
    return storage == ValueType.I8 || storage == ValueType.I16;
  }

  static boolean isDefaultable(int type) {
    return !ValueType.isReference(type) || ValueType.isNullable(type);
  }

  /** Whether all fields or elements of a struct or array have a default. */
  boolean isDefaultable(Composite composite) {
    return switch (composite) {
      case Struct struct -> struct.fields().stream().allMatch(field -> isDefaultable(field.type()));
      case Array array -> isDefaultable(array.element().type());
      case Function function -> false;
    };
  }

  /** Writes a value or storage type. */
  static void writeType(BinaryWriter out, int type) {
    if (!ValueType.isReference(type)) {
      out.write(type);
      return;
    }
    int heap = ValueType.heap(type);
    if (ValueType.isNullable(type) && !ValueType.isIndexed(heap)) {
      out.write(heap);
    } else {
      out.write(ValueType.isNullable(type) ? 0x63 : 0x64);
      writeHeapType(out, heap);
    }
  }

  /** Writes what a reference type refers to. */
  static void writeHeapType(BinaryWriter out, int type) {
    int heap = ValueType.heap(type);
    if (ValueType.isIndexed(heap)) {
      out.signed(ValueType.typeId(heap));
    } else {
      out.write(heap);
    }
  }

  private static void writeTypes(BinaryWriter out, List<Integer> types) {
    out.unsigned(types.size());
    for (int type : types) {
      writeType(out, type);
    }
  }

  private static void writeField(BinaryWriter out, Field field) {
    writeType(out, field.type());
    out.write(field.mutable() ? 1 : 0);
  }

  private static void write(BinaryWriter out, Definition definition) {
    if (!definition.isFinal() || definition.supertype() >= 0) {
      out.write(definition.isFinal() ? 0x4F : 0x50);
      if (definition.supertype() >= 0) {
        out.unsigned(1);
        out.unsigned(definition.supertype());
      } else {
        out.unsigned(0);
      }
    }
    switch (definition.composite()) {
      case Function function -> {
        out.write(0x60);
        writeTypes(out, function.params());
        writeTypes(out, function.results());
      }
      case Struct struct -> {
        out.write(0x5F);
        out.unsigned(struct.fields().size());
        for (Field field : struct.fields()) {
          writeField(out, field);
        }
      }
      case Array array -> {
        out.write(0x5E);
        writeField(out, array.element());
      }
    }
  }

  /** Writes the contents of the section. */
  void write(BinaryWriter out) {
    out.unsigned(groupEnds.size());
    int start = 0;
    for (int end : groupEnds) {
      if (end - start != 1) {
        out.write(0x4E);
        out.unsigned(end - start);
      }
      for (int i = start; i < end; i++) {
        write(out, definitions.get(i));
      }
      start = end;
    }
  }
}
