package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Instructions on references, structures, arrays and i31. */
final class Aggregates {
  /** Elements of arrays that are made at once, at most. */
  private static final int LENGTH = 15;

  private final Body body;
  private final Types types;
  private final Choices choices;

  Aggregates(Body body) {
    this.body = body;
    this.types = body.types;
    this.choices = body.choices;
  }

  boolean produce(Opcode opcode, int wanted, int depth) {
    return switch (opcode) {
      case REF_NULL -> {
        if (!ValueType.isNullable(wanted)) {
          yield false;
        }
        refNull(body.has(Feature.GC) && choices.oneIn(3) ? types.bottom(wanted) : wanted);
        yield true;
      }
      case REF_FUNC -> refFunc(wanted);
      case REF_AS_NON_NULL -> {
        body.expression(ValueType.heap(wanted), depth - 1);
        body.op(opcode);
        yield true;
      }
      case REF_IS_NULL -> {
        body.expression(body.anyReference(), depth - 1);
        body.op(opcode);
        yield true;
      }
      case REF_EQ -> {
        body.expression(ValueType.EQREF, depth - 1);
        body.expression(ValueType.EQREF, depth - 1);
        body.op(opcode);
        yield true;
      }
      case REF_I31 -> {
        if (!types.matches(ValueType.nonNull(ValueType.I31REF), wanted)) {
          yield false;
        }
        body.expression(ValueType.I32, depth - 1);
        body.op(opcode);
        yield true;
      }
      case I31_GET_S, I31_GET_U -> {
        body.expression(ValueType.I31REF, depth - 1);
        body.op(opcode);
        yield true;
      }
      case ANY_CONVERT_EXTERN -> {
        if (ValueType.heap(wanted) != ValueType.ANYREF) {
          yield false;
        }
        body.expression(ValueType.isNullable(wanted) ? ValueType.EXTERNREF : ValueType.nonNull(ValueType.EXTERNREF),
            depth - 1);
        body.op(opcode);
        yield true;
      }
      case EXTERN_CONVERT_ANY -> {
        if (ValueType.heap(wanted) != ValueType.EXTERNREF) {
          yield false;
        }
        body.expression(ValueType.isNullable(wanted) ? ValueType.ANYREF : ValueType.nonNull(ValueType.ANYREF),
            depth - 1);
        body.op(opcode);
        yield true;
      }
      case REF_TEST, REF_TEST_NULL, REF_CAST, REF_CAST_NULL -> cast(opcode, wanted, depth);
      case STRUCT_NEW, STRUCT_NEW_DEFAULT -> newStruct(opcode, wanted, depth);
      case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> structGet(opcode, wanted, depth);
      case STRUCT_SET -> structSet(opcode, depth);
      case ARRAY_NEW, ARRAY_NEW_DEFAULT, ARRAY_NEW_FIXED, ARRAY_NEW_DATA, ARRAY_NEW_ELEM ->
          newArray(opcode, wanted, depth);
      case ARRAY_LEN -> {
        body.expression(ValueType.ARRAYREF, depth - 1);
        body.op(opcode);
        yield true;
      }
      default -> useArray(opcode, wanted, depth);
    };
  }

  private void refNull(int type) {
    body.op(Opcode.REF_NULL);
    Types.writeHeapType(body.code, type);
  }

  private void type(Opcode opcode, int index) {
    body.op(opcode, index);
  }

  /** A reference of a type, made without operands that are trees themselves. */
  void leaf(int wanted) {
    int heap = ValueType.heap(wanted);
    if (ValueType.isNullable(wanted) && choices.oneIn(3)) {
      refNull(wanted);
      return;
    }
    boolean made =
        switch (types.top(wanted)) {
          case ValueType.FUNCREF -> refFunc(wanted);
          case ValueType.EXTERNREF -> heap == ValueType.EXTERNREF && body.has(Feature.GC) && anyAsExtern();
          case ValueType.ANYREF -> object(wanted, false);
          default -> false;
        };
    if (!made) {
      refNull(heap);
      if (!ValueType.isNullable(wanted)) {
        // There is none, or none at hand.
        body.op(Opcode.REF_AS_NON_NULL);
      }
    }
  }

  private boolean anyAsExtern() {
    body.i32(choices.i32());
    body.op(Opcode.REF_I31);
    body.op(Opcode.EXTERN_CONVERT_ANY);
    return true;
  }

  /** An object; of the type with the lowest index if it is to be within another, which has a higher one. */
  private boolean object(int wanted, boolean lowest) {
    if (types.matches(ValueType.nonNull(ValueType.I31REF), wanted) && choices.oneIn(2)) {
      body.i32(choices.i32());
      body.op(Opcode.REF_I31);
      return true;
    }
    List<Integer> found = definitions(wanted, true, true);
    if (found.isEmpty()) {
      return false;
    }
    int index = lowest ? found.getFirst() : choices.of(found);
    boolean defaults = types.isDefaultable(types.composite(index));
    switch (types.composite(index)) {
      case Types.Struct struct -> {
        if (!defaults) {
          for (Types.Field field : struct.fields()) {
            field(Types.unpacked(field.type()));
          }
        }
        type(defaults ? Opcode.STRUCT_NEW_DEFAULT : Opcode.STRUCT_NEW, index);
      }
      case Types.Array array -> {
        if (defaults) {
          body.i32(choices.below(5));
          type(Opcode.ARRAY_NEW_DEFAULT, index);
        } else {
          type(Opcode.ARRAY_NEW_FIXED, index);
          body.code.unsigned(0);
        }
      }
      case Types.Function function -> throw new IllegalStateException("a function is no object");
    }
    return true;
  }

  /** A value of a field; null wherever that is one, so that trees of references end. */
  private void field(int type) {
    if (!ValueType.isReference(type)) {
      body.leaf(type);
    } else if (ValueType.isNullable(type) || !object(type, true)) {
      refNull(type);
      if (!ValueType.isNullable(type)) {
        body.op(Opcode.REF_AS_NON_NULL);
      }
    }
  }

  private boolean refFunc(int wanted) {
    int count = body.draft.referable;
    int from = choices.below(count);
    for (int i = 0; i < count; i++) {
      int function = (from + i) % count;
      if (types.matches(ValueType.nonNull(ValueType.reference(body.draft.functions.get(function))), wanted)
          || wanted == ValueType.FUNCREF) {
        body.op(Opcode.REF_FUNC, function);
        return true;
      }
    }
    return false;
  }

  /** A struct or array type whose values are of a type, or -1. */
  private int definition(int wanted, boolean structs, boolean arrays) {
    List<Integer> found = definitions(wanted, structs, arrays);
    return found.isEmpty() ? -1 : choices.of(found);
  }

  private List<Integer> definitions(int wanted, boolean structs, boolean arrays) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < types.count(); i++) {
      boolean sort =
          switch (types.composite(i)) {
            case Types.Struct struct -> structs;
            case Types.Array array -> arrays;
            case Types.Function function -> false;
          };
      if (sort && types.matches(ValueType.nonNull(ValueType.reference(i)), wanted)) {
        found.add(i);
      }
    }
    return found;
  }

  private boolean cast(Opcode opcode, int wanted, int depth) {
    if (opcode == Opcode.REF_TEST || opcode == Opcode.REF_TEST_NULL) {
      int target = body.anyReference();
      if (types.top(target) == ValueType.EXNREF) {
        return false;
      }
      body.expression(References.above(body, target), depth - 1);
      body.op(opcode);
      Types.writeHeapType(body.code, target);
      return true;
    }
    if (types.top(wanted) == ValueType.EXNREF || ValueType.isNullable(wanted) != (opcode == Opcode.REF_CAST_NULL)) {
      return false;
    }
    body.expression(References.above(body, wanted), depth - 1);
    body.op(opcode);
    Types.writeHeapType(body.code, wanted);
    return true;
  }

  private boolean newStruct(Opcode opcode, int wanted, int depth) {
    int index = definition(wanted, true, false);
    if (index < 0) {
      return false;
    }
    Types.Struct struct = (Types.Struct) types.composite(index);
    if (opcode == Opcode.STRUCT_NEW_DEFAULT) {
      if (!types.isDefaultable(struct)) {
        return false;
      }
    } else {
      for (Types.Field field : struct.fields()) {
        body.expression(Types.unpacked(field.type()), depth - 1);
      }
    }
    type(opcode, index);
    return true;
  }

  private boolean structGet(Opcode opcode, int wanted, int depth) {
    boolean packed = opcode != Opcode.STRUCT_GET;
    List<int[]> found = new ArrayList<>();
    for (int i = 0; i < types.count(); i++) {
      if (types.composite(i) instanceof Types.Struct struct) {
        for (int f = 0; f < struct.fields().size(); f++) {
          int type = struct.fields().get(f).type();
          if (packed == Types.isPacked(type) && (packed || types.matches(type, wanted))) {
            found.add(new int[] {i, f});
          }
        }
      }
    }
    if (found.isEmpty()) {
      return false;
    }
    int[] chosen = choices.of(found);
    body.expression(ValueType.reference(chosen[0]), depth - 1);
    type(opcode, chosen[0]);
    body.code.unsigned(chosen[1]);
    return true;
  }

  private boolean structSet(Opcode opcode, int depth) {
    int index = definition(ValueType.STRUCTREF, true, false);
    if (index < 0) {
      return false;
    }
    List<Types.Field> fields = ((Types.Struct) types.composite(index)).fields();
    for (int tries = 0; tries < 4 && !fields.isEmpty(); tries++) {
      int field = choices.below(fields.size());
      if (fields.get(field).mutable()) {
        body.expression(ValueType.reference(index), depth - 1);
        body.expression(Types.unpacked(fields.get(field).type()), depth - 1);
        type(opcode, index);
        body.code.unsigned(field);
        return true;
      }
    }
    return false;
  }

  private void length(int depth) {
    masked(LENGTH, depth);
  }

  private void masked(int mask, int depth) {
    body.expression(ValueType.I32, depth);
    body.i32(mask);
    body.op(Opcode.I32_AND);
  }

  private void index(int depth) {
    if (choices.oneIn(20)) {
      body.expression(ValueType.I32, depth);
    } else {
      masked(3, depth);
    }
  }

  private boolean newArray(Opcode opcode, int wanted, int depth) {
    int index = definition(wanted, false, true);
    if (index < 0) {
      return false;
    }
    int element = ((Types.Array) types.composite(index)).element().type();
    switch (opcode) {
      case ARRAY_NEW -> {
        body.expression(Types.unpacked(element), depth - 1);
        length(depth - 1);
        type(opcode, index);
      }
      case ARRAY_NEW_DEFAULT -> {
        if (!Types.isDefaultable(element)) {
          return false;
        }
        length(depth - 1);
        type(opcode, index);
      }
      case ARRAY_NEW_FIXED -> {
        int count = choices.oneIn(10) ? choices.between(10, 30) : choices.below(6);
        for (int i = 0; i < count; i++) {
          body.expression(Types.unpacked(element), i < 4 ? depth - 1 : 0);
        }
        type(opcode, index);
        body.code.unsigned(count);
      }
      default -> {
        int segment = segment(opcode == Opcode.ARRAY_NEW_DATA, element);
        if (segment < 0) {
          return false;
        }
        index(depth - 1);
        index(depth - 1);
        type(opcode, index);
        body.code.unsigned(segment);
      }
    }
    return true;
  }

  /** A segment of data or elements that an array of such elements can be filled from, or -1. */
  private int segment(boolean ofData, int element) {
    if (ofData) {
      return ValueType.isReference(element) || body.draft.data.isEmpty() ? -1 : choices.below(body.draft.data.size());
    }
    for (int tries = 0; tries < 4 && !body.draft.elements.isEmpty(); tries++) {
      int segment = choices.below(body.draft.elements.size());
      if (types.matches(body.draft.elements.get(segment).type(), element)) {
        return segment;
      }
    }
    return -1;
  }

  /** An array type with such elements, or -1. */
  private int array(int element, boolean packed, boolean toSet) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < types.count(); i++) {
      if (types.composite(i) instanceof Types.Array array
          && (!toSet || array.element().mutable())
          && (element == Grammar.NOTHING
              || (packed ? Types.isPacked(array.element().type()) : types.matches(array.element().type(), element)))) {
        found.add(i);
      }
    }
    return found.isEmpty() ? -1 : choices.of(found);
  }

  private boolean useArray(Opcode opcode, int wanted, int depth) {
    boolean reads = opcode == Opcode.ARRAY_GET || opcode == Opcode.ARRAY_GET_S || opcode == Opcode.ARRAY_GET_U;
    int index = reads ? array(wanted, opcode != Opcode.ARRAY_GET, false) : array(Grammar.NOTHING, false, true);
    if (index < 0) {
      return false;
    }
    int element = ((Types.Array) types.composite(index)).element().type();
    int segment = 0;
    if (opcode == Opcode.ARRAY_INIT_DATA || opcode == Opcode.ARRAY_INIT_ELEM) {
      segment = segment(opcode == Opcode.ARRAY_INIT_DATA, element);
    }
    int from = index;
    if (opcode == Opcode.ARRAY_COPY && choices.oneIn(2)) {
      int other = array(element, Types.isPacked(element), false);
      from = other >= 0 && types.matches(((Types.Array) types.composite(other)).element().type(), element)
          ? other
          : index;
    }
    if (segment < 0) {
      return false;
    }
    body.expression(ValueType.reference(index), depth - 1);
    index(depth - 1);
    switch (opcode) {
      case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> type(opcode, index);
      case ARRAY_SET -> {
        body.expression(Types.unpacked(element), depth - 1);
        type(opcode, index);
      }
      case ARRAY_FILL -> {
        body.expression(Types.unpacked(element), depth - 1);
        index(depth - 1);
        type(opcode, index);
      }
      case ARRAY_COPY -> {
        body.expression(ValueType.reference(from), depth - 1);
        index(depth - 1);
        index(depth - 1);
        type(opcode, index);
        body.code.unsigned(from);
      }
      case ARRAY_INIT_DATA, ARRAY_INIT_ELEM -> {
        index(depth - 1);
        index(depth - 1);
        type(opcode, index);
        body.code.unsigned(segment);
      }
      default -> throw new IllegalStateException("unknown instruction on arrays: " + opcode.name());
    }
    return true;
  }
}
