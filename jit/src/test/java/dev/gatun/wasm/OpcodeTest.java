package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.MalformedModuleException;
import dev.gatun.UnsupportedFeatureException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpcodeTest {
  @Test
  void everyOpcodeIsFoundByItsCodeAndNoOtherIs() {
    int found = 0;
    for (int code = 0; code < 256; code++) {
      Opcode opcode = Opcode.of(code);
      if (opcode != null) {
        assertEquals(code, opcode.code());
        found++;
      }
    }
    for (int prefix = 0; prefix < 256; prefix++) {
      if (!Opcode.isPrefix(prefix)) {
        continue;
      }
      for (int number = -1; number < 1000; number++) {
        Opcode opcode = Opcode.of(prefix, number);
        if (opcode != null) {
          assertEquals(prefix << 16 | number, opcode.code());
          found++;
        }
      }
      assertNull(Opcode.of(prefix, Integer.MIN_VALUE));
      assertNull(Opcode.of(prefix));
    }
    assertEquals(Opcode.values().length, found);
  }

  @Test
  void namesAreThoseOfTheConstantsAndUniqueButForSelect() {
    Set<String> names = new HashSet<>();
    for (Opcode opcode : Opcode.values()) {
      switch (opcode) {
        case SELECT_TYPED -> assertEquals("select", opcode.text());
        case REF_TEST_NULL -> assertEquals("ref.test", opcode.text());
        case REF_CAST_NULL -> assertEquals("ref.cast", opcode.text());
        default -> assertEquals(opcode.name(), opcode.text().replace('.', '_').toUpperCase(Locale.ROOT));
      }
      if (opcode != Opcode.SELECT_TYPED && opcode != Opcode.REF_TEST_NULL && opcode != Opcode.REF_CAST_NULL) {
        assertTrue(names.add(opcode.text()), opcode.text());
      }
    }
  }

  @Test
  void instructionsOfOneShapeHaveTheOperandsOfThatShape() {
    for (Opcode opcode : Opcode.values()) {
      switch (opcode.shape()) {
        case CONSTANT -> assertSignature(opcode, 0, true);
        case UNARY -> assertSignature(opcode, 1, true);
        case TEST -> {
          assertSignature(opcode, 1, true);
          assertEquals(ValueType.I32, opcode.result());
        }
        case BINARY -> {
          assertSignature(opcode, 2, true);
          assertEquals(opcode.operand(0), opcode.operand(1));
          assertEquals(opcode.operand(0), opcode.result());
        }
        case COMPARE -> {
          assertSignature(opcode, 2, true);
          assertEquals(opcode.operand(0), opcode.operand(1));
          assertEquals(ValueType.I32, opcode.result());
        }
        case LOAD -> {
          assertSignature(opcode, 1, true);
          assertEquals(ValueType.I32, opcode.operand(0));
        }
        case STORE -> {
          assertSignature(opcode, 2, false);
          assertEquals(ValueType.I32, opcode.operand(0));
        }
        default -> {}
      }
    }
  }

  private static void assertSignature(Opcode opcode, int operands, boolean result) {
    assertTrue(opcode.hasFixedType(), opcode.text());
    assertEquals(operands, opcode.operandCount(), opcode.text());
    assertEquals(result, opcode.result() != ValueType.BOTTOM, opcode.text());
  }

  @Test
  void numericInstructionsOperateOnTheTypesInTheirNames() {
    for (Opcode opcode : Opcode.values()) {
      String text = opcode.text();
      if (!text.matches("[if](32|64)\\..*") || !opcode.hasFixedType()) {
        continue;
      }
      String type = text.substring(0, 3);
      switch (opcode.shape()) {
        case COMPARE, TEST -> assertEquals(type, ValueType.name(opcode.operand(0)), text);
        case STORE -> assertEquals(type, ValueType.name(opcode.operand(1)), text);
        case ATOMIC -> {
          if (opcode.operandCount() > 1) {
            assertEquals(type, ValueType.name(opcode.operand(1)), text);
          }
          if (!text.contains("store")) {
            assertEquals(type, ValueType.name(opcode.result()), text);
          }
        }
        case UNARY -> {
          assertEquals(type, ValueType.name(opcode.result()), text);
          String source = text.replaceFirst(".*_([if](32|64)).*", "$1");
          assertEquals(source.length() == 3 ? source : type, ValueType.name(opcode.operand(0)), text);
        }
        default -> assertEquals(type, ValueType.name(opcode.result()), text);
      }
      assertEquals(text.endsWith("_s"), opcode.isSigned(), text);
    }
  }

  @Test
  void loadsAndStoresAccessTheBytesInTheirNames() {
    for (Opcode opcode : Opcode.values()) {
      boolean accesses =
          opcode.immediates() == Immediates.MEMORY_ARGUMENT || opcode.immediates() == Immediates.MEMORY_LANE;
      assertEquals(accesses, opcode.width() > 0, opcode.text());
      if (accesses) {
        String bits = opcode.text().replaceFirst(".*(load|store|rmw|wait)(\\d*).*", "$2");
        if (bits.isEmpty()) {
          bits = opcode.text().replaceFirst("^.(\\d+)\\..*", "$1");
        }
        int expected = switch (opcode) {
          case MEMORY_ATOMIC_NOTIFY -> 4;
          case V128_LOAD8X8_S, V128_LOAD8X8_U, V128_LOAD16X4_S, V128_LOAD16X4_U, V128_LOAD32X2_S, V128_LOAD32X2_U -> 8;
          default -> Integer.parseInt(bits) / 8;
        };
        assertEquals(expected, opcode.width(), opcode.text());
        assertEquals(opcode.width(), 1 << opcode.naturalAlignment(), opcode.text());
        assertTrue(opcode.mayTrap(), opcode.text());
      }
    }
  }

  @Test
  void traitsAreOfTheRightInstructions() {
    assertTrue(Opcode.I32_ADD.commutes());
    assertTrue(Opcode.F64_MUL.commutes());
    assertFalse(Opcode.I64_SUB.commutes());
    assertFalse(Opcode.F32_COPYSIGN.commutes());
    assertTrue(Opcode.I32_DIV_U.mayTrap());
    assertTrue(Opcode.I64_TRUNC_F32_S.mayTrap());
    assertFalse(Opcode.I64_TRUNC_SAT_F32_S.mayTrap());
    assertFalse(Opcode.F32_DIV.mayTrap());
    assertTrue(Opcode.CALL.calls());
    assertTrue(Opcode.CALL_INDIRECT.calls());
    assertTrue(Opcode.MEMORY_GROW.calls());
    assertFalse(Opcode.MEMORY_SIZE.calls());
    for (Opcode opcode : Opcode.values()) {
      if (opcode.commutes()) {
        assertEquals(2, opcode.operandCount(), opcode.text());
      }
    }
  }

  @Test
  void everyFirstByteIsAnInstructionOrRefused() {
    for (int code = 0; code < 256; code++) {
      byte[] bytes = {(byte) code, (byte) 0xFF, 0x7F};
      BinaryReader reader = new BinaryReader(bytes);
      Opcode opcode = Opcode.of(code);
      if (opcode != null) {
        if (opcode.feature().isSupported()) {
          assertSame(opcode, Instructions.read(reader));
          assertEquals(1, reader.position);
        } else {
          assertThrows(UnsupportedFeatureException.class, () -> Instructions.read(reader), "byte " + code);
        }
      } else {
        assertThrows(MalformedModuleException.class, () -> Instructions.read(reader), "byte " + code);
      }
    }
  }

  @Test
  void anUnknownOpcodeIsNamed() {
    BinaryReader reader = new BinaryReader(new byte[] {0x27});
    assertEquals("illegal opcode 27 at offset 0x0",
        assertThrows(MalformedModuleException.class, () -> Instructions.read(reader)).getMessage());
    BinaryReader prefixed = new BinaryReader(new byte[] {(byte) 0xFC, (byte) 0x80, 1});
    assertEquals("illegal opcode fc 80 at offset 0x0",
        assertThrows(MalformedModuleException.class, () -> Instructions.read(prefixed)).getMessage());
  }

  @Test
  void immediatesAreSkippedToTheirEnd() {
    byte[] bytes = new byte[24];
    for (Opcode opcode : Opcode.values()) {
      BinaryReader reader = new BinaryReader(bytes);
      Instructions.skipImmediates(reader, opcode);
      int expected = switch (opcode.immediates()) {
        case NONE -> 0;
        case BLOCK_TYPE, LABEL, FUNCTION, LOCAL, GLOBAL, TABLE, MEMORY, DATA, ELEMENT -> 1;
        case HEAP_TYPE, VALUE_TYPES, I32, I64 -> 1;
        case LANE, ORDER, TYPE, TAG -> 1;
        case LABEL_TABLE, TYPE_TABLE, TABLE_TABLE, MEMORY_ARGUMENT, MEMORY_MEMORY, DATA_MEMORY, ELEMENT_TABLE -> 2;
        case TYPE_FIELD, TYPE_COUNT, TYPE_DATA, TYPE_ELEMENT, TYPE_TYPE, TRY_TABLE -> 2;
        case MEMORY_LANE -> 3;
        case CAST -> 4;
        case SHUFFLE, V128 -> 16;
        case F32 -> 4;
        case F64 -> 8;
      };
      assertEquals(expected, reader.position, opcode.text());
    }
  }
}
