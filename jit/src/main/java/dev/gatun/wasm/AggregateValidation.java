package dev.gatun.wasm;

/**
 * Validates the instructions on structures, arrays and i31, and the casts (specification, 3.4.6 to 3.4.8), on the
 * operands of a {@link Validator}.
 */
final class AggregateValidation {
  private final Validator validator;
  private final WasmModule module;
  private final BinaryReader reader;

  AggregateValidation(Validator validator) {
    this.validator = validator;
    this.module = validator.module;
    this.reader = validator.reader;
  }

  /** Validates an instruction, whose opcode has been read. */
  void validate(Opcode opcode) {
    switch (opcode) {
      case STRUCT_NEW -> {
        int type = reader.readU32();
        StructType struct = structType(type);
        for (int i = struct.fields().size() - 1; i >= 0; i--) {
          validator.pop(struct.fields().get(i).unpacked());
        }
        pushNew(type);
      }
      case STRUCT_NEW_DEFAULT -> {
        int type = reader.readU32();
        for (FieldType field : structType(type).fields()) {
          requireDefault(field);
        }
        pushNew(type);
      }
      case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> {
        int type = reader.readU32();
        FieldType field = field(type);
        checkPacked(opcode, field, opcode != Opcode.STRUCT_GET);
        validator.pop(nullable(type));
        validator.push(field.unpacked());
      }
      case STRUCT_SET -> {
        int type = reader.readU32();
        FieldType field = field(type);
        requireMutable(field, "field");
        validator.pop(field.unpacked());
        validator.pop(nullable(type));
      }
      case ARRAY_NEW -> {
        int type = reader.readU32();
        FieldType element = element(type);
        validator.pop(ValueType.I32);
        validator.pop(element.unpacked());
        pushNew(type);
      }
      case ARRAY_NEW_DEFAULT -> {
        int type = reader.readU32();
        requireDefault(element(type));
        validator.pop(ValueType.I32);
        pushNew(type);
      }
      case ARRAY_NEW_FIXED -> {
        int type = reader.readU32();
        FieldType element = element(type);
        int count = reader.readU32();
        if (Integer.compareUnsigned(count, ImplementationLimits.FIXED_ARRAY) > 0) {
          throw reader.malformed("too many operands of array.new_fixed",
              Integer.toUnsignedString(count) + ", the limit is " + ImplementationLimits.FIXED_ARRAY, reader.position);
        }
        for (int i = 0; i < count; i++) {
          validator.pop(element.unpacked());
        }
        pushNew(type);
      }
      case ARRAY_NEW_DATA -> {
        int type = reader.readU32();
        requireNumeric(element(type));
        validator.checkData(reader.readU32());
        validator.pop(ValueType.I32);
        validator.pop(ValueType.I32);
        pushNew(type);
      }
      case ARRAY_NEW_ELEM -> {
        int type = reader.readU32();
        checkElementSegment(element(type));
        validator.pop(ValueType.I32);
        validator.pop(ValueType.I32);
        pushNew(type);
      }
      case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> {
        int type = reader.readU32();
        FieldType element = element(type);
        checkPacked(opcode, element, opcode != Opcode.ARRAY_GET);
        validator.pop(ValueType.I32);
        validator.pop(nullable(type));
        validator.push(element.unpacked());
      }
      case ARRAY_SET -> {
        int type = reader.readU32();
        FieldType element = mutableElement(type);
        validator.pop(element.unpacked());
        validator.pop(ValueType.I32);
        validator.pop(nullable(type));
      }
      case ARRAY_LEN -> {
        validator.pop(ValueType.ARRAYREF);
        validator.push(ValueType.I32);
      }
      case ARRAY_FILL -> {
        int type = reader.readU32();
        FieldType element = mutableElement(type);
        validator.pop(ValueType.I32);
        validator.pop(element.unpacked());
        validator.pop(ValueType.I32);
        validator.pop(nullable(type));
      }
      case ARRAY_COPY -> copy();
      case ARRAY_INIT_DATA -> {
        int type = reader.readU32();
        requireNumeric(mutableElement(type));
        validator.checkData(reader.readU32());
        popInit(type);
      }
      case ARRAY_INIT_ELEM -> {
        int type = reader.readU32();
        checkElementSegment(mutableElement(type));
        popInit(type);
      }
      case REF_TEST, REF_TEST_NULL -> {
        int type = readCastType(opcode == Opcode.REF_TEST_NULL);
        validator.pop(ValueType.top(type));
        validator.push(ValueType.I32);
      }
      case REF_CAST, REF_CAST_NULL -> {
        int type = readCastType(opcode == Opcode.REF_CAST_NULL);
        validator.pop(ValueType.top(type));
        validator.push(type);
      }
      case ANY_CONVERT_EXTERN -> convert(ValueType.EXTERNREF, ValueType.ANYREF);
      case EXTERN_CONVERT_ANY -> convert(ValueType.ANYREF, ValueType.EXTERNREF);
      case REF_I31 -> {
        validator.pop(ValueType.I32);
        validator.push(ValueType.nonNull(ValueType.I31REF));
      }
      case I31_GET_S, I31_GET_U -> {
        validator.pop(ValueType.I31REF);
        validator.push(ValueType.I32);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void copy() {
    int destination = reader.readU32();
    int source = reader.readU32();
    FieldType to = mutableElement(destination);
    FieldType from = element(source);
    if (to.isPacked() || from.isPacked()) {
      if (to.storage() != from.storage()) {
        throw validator.mismatch(to.storage(), from.storage());
      }
    } else {
      validator.checkElementType(to.storage(), from.storage());
    }
    validator.pop(ValueType.I32);
    validator.pop(ValueType.I32);
    validator.pop(nullable(source));
    validator.pop(ValueType.I32);
    validator.pop(nullable(destination));
  }

  private void convert(int from, int to) {
    int found = validator.popReference();
    if (!ValueType.matches(found, from)) {
      throw validator.mismatch(from, found);
    }
    validator.push(ValueType.isNullable(found) ? to : ValueType.nonNull(to));
  }

  private void popInit(int type) {
    validator.pop(ValueType.I32);
    validator.pop(ValueType.I32);
    validator.pop(ValueType.I32);
    validator.pop(nullable(type));
  }

  private int readCastType(boolean nullable) {
    int type = reader.readHeapType();
    return nullable ? type : ValueType.nonNull(type);
  }

  private void pushNew(int type) {
    validator.push(ValueType.nonNull(nullable(type)));
  }

  private int nullable(int type) {
    return ValueType.reference(module.types[type].id());
  }

  private StructType structType(int index) {
    if (composite(index) instanceof StructType type) {
      return type;
    }
    throw validator.invalid("type mismatch", "type " + index + " is not a structure type");
  }

  private FieldType element(int index) {
    if (composite(index) instanceof ArrayType type) {
      return type.element();
    }
    throw validator.invalid("type mismatch", "type " + index + " is not an array type");
  }

  private FieldType mutableElement(int index) {
    FieldType element = element(index);
    requireMutable(element, "array");
    return element;
  }

  private CompositeType composite(int index) {
    if (Integer.compareUnsigned(index, module.types.length) >= 0) {
      throw validator.unknown("type", index);
    }
    return module.types[index].composite();
  }

  /** Reads the index of a field of a structure type. */
  private FieldType field(int type) {
    StructType struct = structType(type);
    int index = reader.readU32();
    if (Integer.compareUnsigned(index, struct.fields().size()) >= 0) {
      throw validator.unknown("field", index);
    }
    return struct.fields().get(index);
  }

  private void requireMutable(FieldType field, String what) {
    if (!field.mutable()) {
      throw validator.invalid("immutable " + what, "its type is " + field);
    }
  }

  private void requireDefault(FieldType field) {
    if (!field.isDefaultable()) {
      throw validator.invalid("type mismatch", "there is no default value of " + module.typeName(field.storage()));
    }
  }

  private void requireNumeric(FieldType field) {
    if (!field.isPacked() && ValueType.isReference(field.storage())) {
      throw validator.invalid("array type is not numeric or vector", module.typeName(field.storage()));
    }
  }

  private void checkPacked(Opcode opcode, FieldType field, boolean expected) {
    if (field.isPacked() != expected) {
      throw validator.invalid("type mismatch",
          opcode + (expected ? " takes i8 and i16, found " : " does not take ") + ValueType.name(field.storage()));
    }
  }

  private void checkElementSegment(FieldType element) {
    int segment = reader.readU32();
    validator.checkElement(segment);
    validator.checkElementType(element.storage(), module.elements[segment].type());
  }
}
