package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.RejectedModuleException;
import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, they are a module or a {@link RejectedModuleException}: never another exception. */
class HostileInputTest {
  /** A module that has every section and every instruction. */
  private static byte[] everything() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.type("il:li");
    builder.importFunction("env", "print", "i:");
    builder.importGlobal("env", "base", 'i', false);
    builder.importTable("env", "t", 'c', 1, ModuleBuilder.NO_MAXIMUM);
    builder.memory(1, 2);
    builder.table('c', 10, 20);
    builder.table('x', 10, 20);
    int global = builder.global('i', true, new Code().globalGet(0).i32(5).raw(0x6A));
    for (Opcode opcode : Opcode.values()) {
      if (opcode.hasFixedType() && opcode.feature().isSupported()) {
        builder.function(":", fixed(opcode));
      }
    }
    Code code = new Code().locals(3, 'i').locals(2, 'l').locals(1, 'x');
    code.blockType(0x02, Code.EMPTY).loop(Code.EMPTY).localGet(0).iff('i').i32(1).otherwise().i32(2).end().localSet(1);
    code.localGet(0).brTable(0, 1, 1).end().end();
    code.localGet(0).localTee(2).brIf(0).localGet(1).call(0).globalGet(global).globalSet(global);
    code.i32(1).i32(2).callIndirect(1, 0);
    code.localGet(3).localGet(4).localGet(0).raw(0x1B, 0x1A).localGet(5).localGet(5).i32(0).raw(0x1C, 1, 0x6F, 0x1A);
    code.i32(0).i32(0).op(0x25, 1).op(0x26, 1).localGet(5).raw(0xD1).drop().op(0xD0, 0x6F).drop().op(0xD2, 1).drop();
    code.localGet(5).i32(1).misc(15, 2).drop().i32(0).localGet(5).i32(1).misc(17, 2).raw(0x0F);
    builder.type(":");
    int function = builder.function("all", ":", code);
    builder.start(function);
    builder.elements(new Code().i32(0), function).passiveElements(function).declareElements(1);
    builder.passiveElements('x', new Code().op(0xD0, 0x6F));
    builder.withDataCount().data(new Code().i32(3), new byte[] {1, 2, 3}).passiveData(new byte[5]);
    Bytes names = new Bytes().add(0).sized(new Bytes().name("everything"));
    names.add(1).sized(new Bytes().unsigned(1).unsigned(function).name("all of it"));
    return builder.custom("name", names).build();
  }

  private static Code fixed(Opcode opcode) {
    Code code = new Code();
    for (int i = 0; i < opcode.operandCount(); i++) {
      switch (opcode.operand(i)) {
        case ValueType.I32 -> code.i32(1);
        case ValueType.I64 -> code.i64(1);
        case ValueType.F32 -> code.f32(1);
        case ValueType.V128 -> code.prefixed(0xFD, 12).raw(new int[16]);
        default -> code.f64(1);
      }
    }
    if (opcode.code() < 256) {
      code.raw(opcode.code());
    } else {
      code.prefixed(opcode.code() >> 16, opcode.code() & 0xFFFF);
    }
    if (opcode.shape() == Shape.ATOMIC && opcode.immediates() == Immediates.MEMORY_ARGUMENT) {
      code.raw(opcode.naturalAlignment(), 0);
      return opcode.result() == ValueType.BOTTOM ? code : code.drop();
    }
    int zeros = switch (opcode.immediates()) {
      case NONE -> 0;
      case MEMORY_ARGUMENT, DATA_MEMORY, ELEMENT_TABLE, TABLE_TABLE, MEMORY_MEMORY -> 2;
      case F32 -> 4;
      case F64 -> 8;
      case MEMORY_LANE -> 3;
      case SHUFFLE, V128 -> 16;
      default -> 1;
    };
    code.raw(new int[zeros]);
    return opcode.result() == ValueType.BOTTOM ? code : code.drop();
  }

  /** Loads a module, and uses all of what is made of it. */
  private static boolean isAccepted(byte[] bytes) {
    WasmModule module;
    try {
      module = ModuleDecoder.decode(bytes);
      ModuleValidator.validate(module);
    } catch (RejectedModuleException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, e.getMessage());
      return false;
    }
    module.name();
    for (int i = 0; i < module.functionCount(); i++) {
      module.functionName(i);
      if (i >= module.importedFunctions()) {
        FunctionFacts facts = module.facts(i);
        for (int control = 0; control < facts.controls(); control++) {
          assertTrue(facts.endOffset(control) > facts.elseOffset(control));
          assertTrue(facts.codeStart() + facts.endOffset(control) < module.bodyEnd(i));
        }
      }
    }
    return true;
  }

  @Test
  void everythingIsValid() {
    ModuleValidator.validate(ModuleDecoder.decode(everything()));
    assertTrue(isAccepted(everything()));
  }

  @Test
  void everyPrefixIsRefusedOrAModule() {
    byte[] module = everything();
    int accepted = 0;
    for (int length = 0; length < module.length; length++) {
      if (isAccepted(Arrays.copyOf(module, length))) {
        accepted++;
      }
    }
    // Where one of the sections at the two ends is just complete.
    assertTrue(accepted <= 5, "accepted " + accepted);
  }

  @Test
  void aBitFlippedAnywhereIsNoReasonToCrash() {
    byte[] module = everything();
    Random random = new Random(42);
    int accepted = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] flipped = module.clone();
      int bit = random.nextInt(8 * module.length);
      flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
      accepted += isAccepted(flipped) ? 1 : 0;
    }
    assertTrue(accepted > 100 && accepted < 9_900, "accepted " + accepted);
  }

  @Test
  void bytesReplacedByTheWorstOnesAreNoReasonToCrash() {
    byte[] module = everything();
    int[] worst = {0x00, 0x0B, 0x40, 0x7F, 0x80, 0xFF, 0xFC, 0x05, 0x0E};
    for (int i = 8; i < module.length; i++) {
      for (int value : worst) {
        byte[] changed = module.clone();
        changed[i] = (byte) value;
        isAccepted(changed);
        if (i + 5 < module.length && value == 0xFF) {
          Arrays.fill(changed, i, i + 4, (byte) 0xFF);
          changed[i + 4] = 0x0F;
          isAccepted(changed);
        }
      }
    }
  }

  @Test
  void manyFunctionsOfManyLocalsDoNotExhaustMemory() {
    Bytes functions = new Bytes().unsigned(20_000);
    Bytes bodies = new Bytes().unsigned(20_000);
    Bytes body = new Bytes().sized(new Bytes().add(1).unsigned(50_000).add(0x7F, 0x0B));
    for (int i = 0; i < 20_000; i++) {
      functions.add(0);
      bodies.add(body);
    }
    byte[] bytes = new Bytes().add(0, 'a', 's', 'm', 1, 0, 0, 0).add(1, 4, 1, 0x60, 0, 0)
        .add(3).sized(functions).add(10).sized(bodies).toArray();
    // Kept in full, the facts would take 12 GB.
    WasmModule module = ModuleDecoder.decode(bytes);
    ModuleValidator.validate(module);
    assertEquals(50_000, module.facts(19_999).locals());
  }

  @Test
  void deepNestingInAConstantExpressionIsNoReasonToCrash() {
    Bytes expression = new Bytes();
    for (int i = 0; i < 300_000; i++) {
      expression.add(0x02, 0x40);
    }
    Bytes section = new Bytes().unsigned(1).add(0x7F, 0).add(expression);
    byte[] bytes = new Bytes().add(0, 'a', 's', 'm', 1, 0, 0, 0).add(6).sized(section).toArray();
    RejectedModuleException e =
        assertThrows(RejectedModuleException.class, () -> ModuleDecoder.decode(bytes));
    assertEquals("unexpected end of section or function", e.reason());
  }
}
