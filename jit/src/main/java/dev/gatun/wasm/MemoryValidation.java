package dev.gatun.wasm;

import dev.gatun.wasm.WasmModule.TableDescription;

/**
 * Validates the instructions on whole memories and on tables (specification, 3.4.9 and 3.4.10), on the operands of a
 * {@link Validator}.
 */
final class MemoryValidation {
  private final Validator validator;
  private final WasmModule module;
  private final BinaryReader reader;

  MemoryValidation(Validator validator) {
    this.validator = validator;
    this.module = validator.module;
    this.reader = validator.reader;
  }

  /** Validates an instruction on a whole memory, whose opcode has been read. */
  void memory(Opcode opcode) {
    switch (opcode) {
      case MEMORY_SIZE -> validator.push(validator.readMemory());
      case MEMORY_GROW -> {
        int type = validator.readMemory();
        validator.pop(type);
        validator.push(type);
      }
      case MEMORY_FILL -> {
        int type = validator.readMemory();
        validator.pop(type);
        validator.pop(ValueType.I32);
        validator.pop(type);
      }
      case MEMORY_COPY -> {
        int destination = validator.readMemory();
        popCopy(destination, validator.readMemory());
      }
      case MEMORY_INIT -> {
        int segment = reader.readU32();
        int type = validator.readMemory();
        validator.checkData(segment);
        validator.pop(ValueType.I32);
        validator.pop(ValueType.I32);
        validator.pop(type);
      }
      case DATA_DROP -> validator.checkData(reader.readU32());
      default -> throw new AssertionError(opcode);
    }
  }

  /** Pops the operands of a copy: destination, source and length, which is of the narrower type. */
  private void popCopy(int destination, int source) {
    validator.pop(destination == ValueType.I64 ? source : destination);
    validator.pop(source);
    validator.pop(destination);
  }

  /** Validates an instruction on a table, whose opcode has been read. */
  void table(Opcode opcode) {
    switch (opcode) {
      case TABLE_GET -> {
        TableDescription table = module.tables[validator.readTable()];
        validator.pop(table.indexType());
        validator.push(table.type());
      }
      case TABLE_SET -> {
        TableDescription table = module.tables[validator.readTable()];
        validator.pop(table.type());
        validator.pop(table.indexType());
      }
      case TABLE_SIZE -> validator.push(module.tables[validator.readTable()].indexType());
      case TABLE_GROW -> {
        TableDescription table = module.tables[validator.readTable()];
        validator.pop(table.indexType());
        validator.pop(table.type());
        validator.push(table.indexType());
      }
      case TABLE_FILL -> {
        TableDescription table = module.tables[validator.readTable()];
        validator.pop(table.indexType());
        validator.pop(table.type());
        validator.pop(table.indexType());
      }
      case TABLE_COPY -> {
        TableDescription destination = module.tables[validator.readTable()];
        TableDescription source = module.tables[validator.readTable()];
        validator.checkElementType(destination.type(), source.type());
        popCopy(destination.indexType(), source.indexType());
      }
      case TABLE_INIT -> {
        int segment = reader.readU32();
        TableDescription table = module.tables[validator.readTable()];
        validator.checkElement(segment);
        validator.checkElementType(table.type(), module.elements[segment].type());
        validator.pop(ValueType.I32);
        validator.pop(ValueType.I32);
        validator.pop(table.indexType());
      }
      case ELEM_DROP -> validator.checkElement(reader.readU32());
      default -> throw new AssertionError(opcode);
    }
  }
}
