package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.RejectedModuleException;
import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleDecoderTest {
  private static Bytes preamble() {
    return new Bytes().add(0, 'a', 's', 'm', 1, 0, 0, 0);
  }

  /** A module of one section. */
  private static byte[] section(int id, int... contents) {
    return preamble().add(id).sized(new Bytes().add(contents)).toArray();
  }

  private static void assertRejected(
      Class<? extends RejectedModuleException> kind, String message, byte[] module) {
    assertEquals(message, assertThrows(kind, () -> ModuleDecoder.decode(module)).getMessage());
  }

  private static void assertMalformed(String message, byte[] module) {
    assertRejected(MalformedModuleException.class, message, module);
  }

  @Test
  void theEmptyModuleIsAModule() {
    WasmModule module = ModuleDecoder.decode(preamble().toArray());
    assertEquals(0, module.functionCount());
    assertEquals(-1, module.start());
    assertNull(module.name());
  }

  @Test
  void everyPartIsWhereTheModuleSays() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.importFunction("env", "f", "i:l");
    builder.importMemory("env", "m", 1, 2);
    builder.importTable("env", "t", 'x', 3, ModuleBuilder.NO_MAXIMUM);
    builder.importGlobal("env", "g", 'd', true);
    builder.table('c', 5, 6);
    builder.global('i', false, new Code().i32(42));
    int f = builder.function("run", ":", new Code().locals(2, 'i'));
    builder.start(f).elements(new Code().i32(0), 0, f).passiveData(new byte[] {7, 8, 9});
    builder.custom("extra", new Bytes().add(1, 2));
    byte[] bytes = builder.build();
    WasmModule module = ModuleDecoder.decode(bytes);

    assertEquals(2, module.functionCount());
    assertEquals(1, module.importedFunctions());
    assertEquals("(func (param i32) (result i64))", module.functionType(0).toString());
    WasmModule.Import first = module.imports()[0];
    assertEquals(new WasmModule.Import("env", "f", ExternKind.FUNCTION, 0), first);
    assertEquals(new WasmModule.Limits(1, 2), module.memories()[0].limits());
    assertEquals(1, module.importedMemories());
    assertEquals(ValueType.EXTERNREF, module.tables()[0].type());
    assertEquals(new WasmModule.Limits(3, WasmModule.Limits.UNBOUNDED), module.tables()[0].limits());
    assertEquals(ValueType.FUNCREF, module.tables()[1].type());
    assertNull(module.globals()[0].value());
    WasmModule.ConstantExpression value = module.globals()[1].value();
    assertArrayEquals(new byte[] {0x41, 42, 0x0B}, Arrays.copyOfRange(bytes, value.start(), value.end()));
    assertEquals("run", module.exports()[0].name());
    assertEquals(f, module.start());
    assertArrayEquals(new int[] {0, f}, module.elements()[0].functions());
    WasmModule.DataSegment data = module.data()[0];
    assertEquals(WasmModule.SegmentMode.PASSIVE, data.mode());
    assertEquals(8, bytes[data.start() + 1]);
    assertEquals(3, data.length());
    WasmModule.CustomSection custom = module.customSections()[0];
    assertEquals("extra", custom.name());
    assertEquals(2, custom.end() - custom.start());
    assertArrayEquals(new byte[] {1, 2, 0x7F, 0x0B},
        Arrays.copyOfRange(bytes, module.bodyStart(f), module.bodyEnd(f)));
  }

  @Test
  void elementExpressionsThatAreFunctionsComeAsFunctions() {
    ModuleBuilder builder = new ModuleBuilder();
    int f = builder.function(":", new Code());
    builder.passiveElements('c', new Code().op(0xD2, f), new Code().op(0xD2, f));
    builder.passiveElements('c', new Code().op(0xD2, f), new Code().op(0xD0, 0x70));
    WasmModule module = ModuleDecoder.decode(builder.build());
    assertArrayEquals(new int[] {f, f}, module.elements()[0].functions());
    assertNull(module.elements()[0].items());
    assertNull(module.elements()[1].functions());
    assertEquals(2, module.elements()[1].length());
    assertEquals(2, module.elements()[1].items().length);
  }

  @Test
  void thePreambleIsChecked() {
    assertMalformed("unexpected end at offset 0x3: a module starts with 00 61 73 6d", new byte[] {0, 'a', 's'});
    assertMalformed("magic header not detected at offset 0x0: a module starts with 00 61 73 6d",
        new byte[] {0, 'a', 's', 'n', 1, 0, 0, 0});
    assertMalformed("unexpected end at offset 0x6: the version is expected", new byte[] {0, 'a', 's', 'm', 1, 0});
    assertMalformed("unknown binary version at offset 0x4: version 1 is expected",
        new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0});
    assertMalformed("unknown binary version at offset 0x4: this is a component, not a module",
        new byte[] {0, 'a', 's', 'm', 0x0D, 0, 1, 0});
  }

  @Test
  void sectionsAreCheckedAsAWhole() {
    assertMalformed("malformed section id at offset 0x8: 14", section(14));
    assertMalformed("length out of bounds at offset 0x9: 5 bytes, but only 1 are left",
        preamble().add(1, 5, 0).toArray());
    assertMalformed("section size mismatch at offset 0xb in the type section:"
        + " 1 bytes are left at the end of the section", section(1, 0, 0));
    String order =
        "unexpected content after last section at offset 0xb: the type section is out of order or comes twice";
    assertMalformed(order, preamble().add(2, 1, 0).add(1, 1, 0).toArray());
    assertMalformed(order, preamble().add(1, 1, 0).add(1, 1, 0).toArray());
    assertMalformed("unexpected end of section or function at offset 0xa in the type section:"
        + " 1 types announced, but only 0 bytes are left", section(1, 1));
    assertMalformed("unexpected end of section or function at offset 0xc in the type section", section(1, 1, 0x60));
    assertMalformed(
        "function and code section have inconsistent lengths at offset 0x12: 1 functions, but 0 bodies",
        preamble().add(1, 4, 1, 0x60, 0, 0).add(3, 2, 1, 0).toArray());
    assertMalformed("data count and data section have inconsistent lengths at offset 0xb: 1 announced, but 0 found",
        section(12, 1));
  }

  @Test
  void whatAnEntryConsistsOfIsChecked() {
    assertMalformed(
        "malformed type at offset 0xb in the type section: a function type starts with 60, a structure with 5f, an"
            + " array with 5e",
        section(1, 1, 0x61, 0, 0));
    assertMalformed("malformed value type at offset 0xd in the type section: 0x55", section(1, 1, 0x60, 1, 0x55, 0));
    assertMalformed("malformed import kind at offset 0xd in the import section: 5", section(2, 1, 0, 0, 5));
    assertMalformed("malformed export kind at offset 0xc in the export section: 9", section(7, 1, 0, 9, 0));
    assertMalformed("malformed reference type at offset 0xb in the table section: 0x7f", section(4, 1, 0x7F, 0, 0));
    assertMalformed("malformed limits flags at offset 0xc in the table section: 0x2", section(4, 1, 0x70, 2, 0));
    assertMalformed("malformed limits flags at offset 0xb in the memory section: 0x10", section(5, 1, 0x10, 0));
    assertMalformed("malformed mutability at offset 0xc in the global section: 2", section(6, 1, 0x7F, 2, 0x0B));
    assertMalformed("malformed elements segment kind at offset 0xb in the element section: 8", section(9, 1, 8, 0));
    assertMalformed("malformed element kind at offset 0xc in the element section: 1", section(9, 1, 1, 1, 0));
    assertMalformed("malformed data segment kind at offset 0xb in the data section: 3", section(11, 1, 3, 0));
    assertMalformed("malformed UTF-8 encoding at offset 0xb in the custom section", section(0, 1, 0xFF));
    assertMalformed("illegal opcode 27 at offset 0xd in the global section", section(6, 1, 0x7F, 0, 0x27, 0x0B));
  }

  @Test
  void whatContradictsItselfIsInvalid() {
    assertRejected(InvalidModuleException.class,
        "unknown type 3 at offset 0xb in the function section", section(3, 1, 3));
    assertRejected(InvalidModuleException.class,
        "unknown type 0 at offset 0xe in the import section", section(2, 1, 0, 0, 0, 0));
    assertRejected(InvalidModuleException.class,
        "size minimum must not be greater than maximum at offset 0xd in the memory section: 2 > 1",
        section(5, 1, 1, 2, 1));
    assertRejected(InvalidModuleException.class,
        "memory size must be at most 65536 pages (4 GiB) at offset 0xc in the memory section: found 65537",
        section(5, 1, 0, 0x81, 0x80, 0x04));
    assertRejected(InvalidModuleException.class,
        "table size must be at most 2^32-1 at offset 0xd in the table section: found 4294967296",
        section(4, 1, 0x70, 0, 0x80, 0x80, 0x80, 0x80, 0x10));
  }

  @Test
  void whatExceedsALimitIsRefused() {
    int[] params = new int[1004];
    Arrays.fill(params, 3, 1004, 0x7F);
    byte[] tooMany = preamble()
        .add(1).sized(new Bytes().add(1, 0x60).unsigned(1001).add(new byte[1001]).add(0)).toArray();
    assertMalformed("too many parameters at offset 0xd in the type section: 1001, the limit is 1000", tooMany);
    byte[] results = preamble()
        .add(1).sized(new Bytes().add(1, 0x60, 0).unsigned(1001).add(new byte[1001])).toArray();
    assertMalformed("too many results at offset 0xe in the type section: 1001, the limit is 1000", results);
    assertMalformed("too many types at offset 0xa in the type section: 1000001, the limit is 1000000",
        preamble().add(1).sized(new Bytes().unsigned(1_000_001)).toArray());
    assertMalformed("too many data segments at offset 0xa in the data count section: 100001, the limit is 100000",
        preamble().add(12).sized(new Bytes().unsigned(100_001)).toArray());
    Bytes body = new Bytes().add(new byte[ImplementationLimits.BODY_BYTES + 1]);
    byte[] large = preamble().add(1, 4, 1, 0x60, 0, 0).add(3, 2, 1, 0)
        .add(10).sized(new Bytes().add(1).sized(body)).toArray();
    MalformedModuleException e =
        assertThrows(MalformedModuleException.class, () -> ModuleDecoder.decode(large));
    assertEquals("function body too large", e.reason());
  }

  @Test
  void announcedCountsAreNotBelieved() {
    for (int id : List.of(1, 2, 3, 4, 5, 6, 7, 9, 10, 11)) {
      byte[] module = preamble().add(id).sized(new Bytes().unsigned(90)).toArray();
      assertThrows(MalformedModuleException.class, () -> ModuleDecoder.decode(module), "section " + id);
    }
  }
}
