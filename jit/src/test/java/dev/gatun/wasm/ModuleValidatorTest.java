package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.RejectedModuleException;
import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import org.junit.jupiter.api.Test;

class ModuleValidatorTest {
  private static final int EMPTY = Code.EMPTY;

  private static void validate(ModuleBuilder builder) {
    ModuleValidator.validate(ModuleDecoder.decode(builder.build()));
  }

  private static <E extends RejectedModuleException> E rejected(Class<E> kind, ModuleBuilder builder) {
    return assertThrows(kind, () -> validate(builder));
  }

  private static void assertInvalid(String message, ModuleBuilder builder) {
    assertEquals(message, rejected(InvalidModuleException.class, builder).getMessage());
  }

  /** A module with one of everything and a function that is exported as "main". */
  private static ModuleBuilder withBody(String signature, Code body) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.type(":");
    builder.importGlobal("env", "g", 'i', false);
    builder.memory(1, 1);
    builder.table('c', 1, 1);
    builder.table('x', 1, 1);
    builder.function("main", signature, body);
    return builder;
  }

  /** Checks the reason and the detail of what is wrong with a body. */
  private static void assertBody(String reason, String detail, String signature, Code body) {
    InvalidModuleException e = rejected(InvalidModuleException.class, withBody(signature, body));
    String message = e.getMessage();
    assertEquals(reason, e.reason());
    assertEquals(0, e.functionIndex());
    assertEquals("main", e.functionName());
    assertEquals("code", e.section());
    String place = " at offset 0x" + Long.toHexString(e.offset()) + " in function 0 'main'";
    assertEquals(reason + place + (detail.isEmpty() ? "" : ": " + detail), message);
  }

  private static void assertValid(String signature, Code body) {
    validate(withBody(signature, body));
  }

  @Test
  void anErrorNamesPlaceFunctionAndTypes() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.function(":", new Code());
    builder.function("main", ":i", new Code().i64(1).i32(2).raw(0x6A));
    byte[] module = builder.build();
    InvalidModuleException e = assertThrows(
        InvalidModuleException.class, () -> ModuleValidator.validate(ModuleDecoder.decode(module)));
    assertEquals("type mismatch at offset 0x2d in function 1 'main': expected i32, found i64", e.getMessage());
    assertEquals(0x6A, module[(int) e.offset()]);
    assertEquals(1, e.functionIndex());
  }

  @Test
  void operandsMustBeThereAndOfTheRightType() {
    assertBody("type mismatch", "expected i32, found nothing on the stack", ":", new Code().raw(0x45, 0x1A));
    assertBody("type mismatch", "expected an operand, found nothing on the stack", ":", new Code().drop());
    assertBody("type mismatch", "expected f32, found f64", ":", new Code().f64(1).raw(0x8B, 0x1A));
    assertBody("type mismatch", "expected i32, found nothing on the stack", ":",
        new Code().i32(1).block(EMPTY).raw(0x45).end());
    assertBody("type mismatch", "1 more operands than results at the end of the block", ":", new Code().i32(1));
    assertBody("type mismatch", "expected i32, found nothing on the stack", ":i", new Code());
    assertBody("type mismatch", "expected i64, found i32", ":l", new Code().i32(1));
  }

  @Test
  void codeThatCannotBeReachedTakesOperandsOfAnyType() {
    assertValid(":i", new Code().unreachable());
    assertValid(":i", new Code().unreachable().raw(0x6A));
    assertValid(":i", new Code().i32(1).ret().raw(0x1A, 0x1B));
    assertValid(":", new Code().br(0).raw(0x7C, 0x1A));
    assertValid("i:", new Code().block(EMPTY).localGet(0).brTable(0, 1).end());
    assertBody("type mismatch", "expected i32, found i64", ":", new Code().unreachable().i64(1).raw(0x45, 0x1A));
    assertBody("type mismatch", "expected i32, found nothing on the stack", ":",
        new Code().unreachable().block(EMPTY).raw(0x45, 0x1A).end());
  }

  @Test
  void blocksTakeParametersAndLeaveResults() {
    ModuleBuilder builder = new ModuleBuilder();
    int swap = builder.type("il:li");
    builder.function("il:li", new Code().localGet(0).localGet(1)
        .blockType(0x02, ~swap).localSet(1).localSet(0).localGet(1).localGet(0).end());
    builder.function("i:i", new Code().localGet(0).localGet(0)
        .blockType(0x04, ~builder.type("i:i")).i32(1).raw(0x6A).otherwise().i32(2).raw(0x6B).end());
    builder.function("i:i", new Code().localGet(0).blockType(0x03, ~builder.type("i:i")).br(0).end());
    validate(builder);
    assertBody("type mismatch", "an if without else must have the types of its parameters as results", ":i",
        new Code().i32(1).iff('i').i32(2).end());
    assertBody("unknown type 9", "", ":", new Code().blockType(0x02, ~9).end());
    MalformedModuleException e = rejected(MalformedModuleException.class, withBody(":", new Code().raw(0x02, 0x41)));
    assertEquals("malformed block type", e.reason());
  }

  @Test
  void branchesCarryWhatTheirLabelTakes() {
    assertValid(":i", new Code().block('i').i32(1).br(0).end());
    assertValid(":i", new Code().block('i').i32(1).i32(2).brIf(0).end());
    assertBody("type mismatch", "expected i32, found i64", ":i", new Code().block('i').i64(1).br(0).end());
    assertBody("unknown label 2", "", ":", new Code().block(EMPTY).br(2).end());
    assertBody("type mismatch", "labels of one br_table carry 1 and 0 values", ":",
        new Code().block(EMPTY).block('i').i32(1).i32(0).brTable(0, 1).end().drop().end());
    assertBody("type mismatch", "expected i64, found i32", ":",
        new Code().block('l').block('i').i32(1).i32(0).brTable(0, 1).end().drop().unreachable().end().drop());
  }

  @Test
  void indicesMustExist() {
    assertBody("unknown local 2", "", "i:", new Code().locals(1, 'l').localGet(2).drop());
    assertBody("unknown global 1", "", ":", new Code().globalGet(1).drop());
    assertBody("immutable global", "global 0 is set", ":", new Code().i32(0).globalSet(0));
    assertBody("unknown function 1", "", ":", new Code().call(1));
    assertBody("unknown type 4", "", ":", new Code().i32(0).callIndirect(4, 0));
    assertBody("unknown table 2", "", ":", new Code().i32(0).callIndirect(0, 2));
    assertBody("type mismatch", "expected funcref, found externref", ":", new Code().i32(0).callIndirect(0, 1));
    assertBody("unknown memory 1", "", ":", new Code().op(0x3F, 1).drop());
    assertBody("unknown elem segment 0", "", ":", new Code().misc(13, 0));
    assertBody("unknown label 4294967295", "", ":", new Code().op(0x0C, 0xFFFFFFFFL));
    MalformedModuleException e = rejected(MalformedModuleException.class, withBody(":", new Code().misc(9, 0)));
    assertEquals("data count section required", e.reason());
    assertBody("unknown data segment 3", "", ":", new Code().misc(9, 3), true);
  }

  private static void assertBody(String reason, String detail, String signature, Code body, boolean dataCount) {
    ModuleBuilder builder = withBody(signature, body).passiveData(new byte[1]);
    assertEquals(reason,
        rejected(InvalidModuleException.class, dataCount ? builder.withDataCount() : builder).reason());
    assertEquals("", detail);
  }

  @Test
  void memoryAccessesAreChecked() {
    assertValid(":", new Code().i32(0).memory(0x29, 3, 0xFFFFFFFFL).drop());
    assertBody("alignment must not be larger than natural", "2^3 bytes, at most 2^2 are natural", ":",
        new Code().i32(0).memory(0x28, 3, 0).drop());
    assertBody("offset out of range", "4294967296, at most 2^32-1", ":",
        new Code().i32(0).memory(0x28, 2, 1L << 32).drop());
    MalformedModuleException e =
        rejected(MalformedModuleException.class, withBody(":", new Code().i32(0).memory(0x28, 128, 0).drop()));
    assertEquals("malformed memop flags", e.reason());
    assertEquals("unknown memory 1",
        rejected(InvalidModuleException.class, withBody(":", new Code().i32(0).op(0x28, 66, 1, 0).drop())).reason());
    ModuleBuilder none = new ModuleBuilder();
    none.function(":", new Code().i32(0).memory(0x28, 2, 0).drop());
    assertEquals("unknown memory 0", rejected(InvalidModuleException.class, none).reason());
  }

  @Test
  void referencesAndTablesAreTyped() {
    assertValid("x:i", new Code().localGet(0).raw(0xD1));
    assertBody("type mismatch", "expected a reference, found i32", ":i", new Code().i32(0).raw(0xD1));
    assertBody("type mismatch", "expected externref, found funcref", ":",
        new Code().i32(0).op(0xD0, 0x70).op(0x26, 1));
    assertBody("type mismatch", "select without a type takes numbers and vectors, found a reference", "x:",
        new Code().localGet(0).localGet(0).i32(0).raw(0x1B, 0x1A));
    assertValid("x:", new Code().localGet(0).localGet(0).i32(0).raw(0x1C, 1, 0x6F, 0x1A));
    assertBody("invalid result arity", "select has one type, found 0", ":", new Code().raw(0x1C, 0));
    assertBody("type mismatch", "expected funcref, found externref", ":",
        new Code().i32(0).i32(0).i32(0).misc(14, 0, 1));
    assertValid(":", new Code().op(0xD2, 0).drop());
    ModuleBuilder undeclared = new ModuleBuilder();
    undeclared.function(":", new Code().op(0xD2, 0).drop());
    assertInvalid("undeclared function reference at offset 0x17 in function 0: function 0 occurs in no element"
        + " segment, global or export", undeclared);
    undeclared.declareElements(0);
    validate(undeclared);
  }

  @Test
  void constantExpressionsMayAddAndReadEarlierGlobals() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.importGlobal("env", "base", 'i', false);
    int sum = builder.global('i', false, new Code().globalGet(0).i32(4).raw(0x6A).i32(3).raw(0x6C));
    builder.global('i', true, new Code().globalGet(sum));
    builder.global('l', false, new Code().i64(7).i64(5).raw(0x7D));
    builder.global('x', false, new Code().op(0xD0, 0x6F));
    validate(builder);
    builder.global('i', false, new Code().globalGet(5));
    assertEquals("unknown global 5", rejected(InvalidModuleException.class, builder).reason());
  }

  @Test
  void constantExpressionsMayDoNothingElse() {
    ModuleBuilder nop = new ModuleBuilder();
    nop.global('i', false, new Code().raw(0x01).i32(0));
    assertInvalid("constant expression required at offset 0xd in the global section: found nop", nop);
    ModuleBuilder block = new ModuleBuilder();
    block.global('i', false, new Code().block('i').i32(0).end());
    assertEquals("constant expression required", rejected(InvalidModuleException.class, block).reason());
    ModuleBuilder mutable = new ModuleBuilder();
    mutable.importGlobal("env", "g", 'i', true);
    mutable.global('i', false, new Code().globalGet(0));
    assertEquals("constant expression required", rejected(InvalidModuleException.class, mutable).reason());
    ModuleBuilder wrong = new ModuleBuilder();
    wrong.global('i', false, new Code().f32(0));
    assertInvalid("type mismatch at offset 0x12 in the global section: expected i32, found f32", wrong);
    ModuleBuilder two = new ModuleBuilder();
    two.global('i', false, new Code().i32(0).i32(0));
    assertInvalid(
        "type mismatch at offset 0x11 in the global section: 1 more operands than results at the end of the block",
        two);
    ModuleBuilder few = new ModuleBuilder();
    few.global('i', false, new Code().i32(0).raw(0x6A));
    assertInvalid("type mismatch at offset 0xf in the global section: expected i32, found nothing on the stack", few);
  }

  @Test
  void exportsStartAndSegmentsAreChecked() {
    ModuleBuilder twice = withBody(":", new Code()).export("main", ModuleBuilder.MEMORY, 0);
    assertEquals("duplicate export name", rejected(InvalidModuleException.class, twice).reason());
    ModuleBuilder unknown = withBody(":", new Code()).export("m", ModuleBuilder.MEMORY, 1);
    assertEquals("unknown memory 1", rejected(InvalidModuleException.class, unknown).reason());
    ModuleBuilder start = withBody("i:", new Code()).start(0);
    InvalidModuleException e = rejected(InvalidModuleException.class, start);
    assertEquals("start function", e.reason());
    assertTrue(e.getMessage().endsWith("expected the type (func), found (func (param i32))"), e.getMessage());
    assertEquals("unknown function 9",
        rejected(InvalidModuleException.class, withBody(":", new Code()).start(9)).reason());
    assertEquals("unknown function 9",
        rejected(InvalidModuleException.class, withBody(":", new Code()).passiveElements(9)).reason());
    assertEquals("unknown table 7",
        rejected(InvalidModuleException.class, withBody(":", new Code()).elementsOf(7, new Code().i32(0))).reason());
    assertEquals("type mismatch",
        rejected(InvalidModuleException.class, withBody(":", new Code()).elementsOf(1, new Code().i32(0), 0)).reason());
    ModuleBuilder data = new ModuleBuilder().data(new Code().i32(0), new byte[1]);
    assertEquals("unknown memory 0", rejected(InvalidModuleException.class, data).reason());
  }

  @Test
  void bodiesMustEndWhereTheyEnd() {
    MalformedModuleException junk =
        rejected(MalformedModuleException.class, withBody(":", new Code().raw(0x0B, 0x01)));
    assertEquals("unexpected content after the end of the function", junk.reason());
    MalformedModuleException open = rejected(MalformedModuleException.class, withBody(":", new Code().block(EMPTY)));
    assertEquals("unexpected end of section or function", open.reason());
    MalformedModuleException lonely = rejected(MalformedModuleException.class, withBody(":", new Code().otherwise()));
    assertEquals("else without if", lonely.reason());
    assertEquals("main", lonely.functionName());
  }

  @Test
  void whatExceedsALimitIsRefused() {
    Code calls = new Code();
    ModuleBuilder builder = new ModuleBuilder();
    Code thousand = new Code();
    for (int i = 0; i < 1000; i++) {
      thousand.i32(0);
    }
    builder.function(":" + "i".repeat(1000), thousand);
    for (int i = 0; i < 1001; i++) {
      calls.call(0);
    }
    builder.function(":", calls.unreachable());
    assertEquals("too many operands", rejected(MalformedModuleException.class, builder).reason());

    Code deep = new Code();
    for (int i = 0; i < ImplementationLimits.CONTROL_DEPTH; i++) {
      deep.block(EMPTY);
    }
    Code tooDeep = new Code().block(EMPTY);
    for (int i = 0; i < ImplementationLimits.CONTROL_DEPTH; i++) {
      deep.end();
      tooDeep.block(EMPTY);
    }
    assertValid(":", deep);
    assertEquals("control structures nested too deep",
        rejected(MalformedModuleException.class, withBody(":", tooDeep)).reason());

    assertValid("i:", new Code().locals(ImplementationLimits.LOCALS - 1, 'i'));
    assertEquals("too many locals",
        rejected(MalformedModuleException.class, withBody("i:", new Code().locals(ImplementationLimits.LOCALS, 'i')))
            .reason());
    Code overflow = new Code().locals(0x7FFFFFFF, 'i').locals(0x7FFFFFFF, 'i').locals(3, 'i');
    assertEquals("too many locals", rejected(MalformedModuleException.class, withBody(":", overflow)).reason());

    int[] labels = new int[ImplementationLimits.BRANCH_TABLE_LABELS + 1];
    assertValid(":", new Code().i32(0).brTable(labels));
    assertEquals("too many labels of br_table",
        rejected(MalformedModuleException.class, withBody(":", new Code().i32(0).brTable(new int[labels.length + 1])))
            .reason());
  }

  @Test
  void ofManyErrorsTheFirstFunctionIsReportedWhateverTheThreadsDo() {
    ModuleBuilder builder = new ModuleBuilder();
    Code good = new Code();
    for (int i = 0; i < 200; i++) {
      good.i32(i).drop();
    }
    for (int i = 0; i < 3000; i++) {
      boolean bad = i == 1234 || i == 1235 || i == 1300 || i > 2000 && i % 3 == 0;
      builder.function(":", bad ? new Code().drop() : good);
    }
    byte[] module = builder.build();
    assertTrue(module.length > 1 << 20, "large enough for several threads");
    for (int i = 0; i < 50; i++) {
      InvalidModuleException e = assertThrows(
          InvalidModuleException.class, () -> ModuleValidator.validate(ModuleDecoder.decode(module)));
      assertEquals(1234, e.functionIndex());
    }
  }

  @Test
  void anInterruptedThreadValidatesAndStaysInterrupted() {
    ModuleBuilder builder = new ModuleBuilder();
    Code good = new Code();
    for (int i = 0; i < 20_000; i++) {
      good.i32(i).drop();
    }
    for (int i = 0; i < 20; i++) {
      builder.function(":", good);
    }
    Thread.currentThread().interrupt();
    validate(builder);
    assertTrue(Thread.interrupted());
  }

  @Test
  void functionsThatCanBeReferredToAreNumbered() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.importFunction("env", "f", ":");
    builder.table('c', 3, 3);
    builder.function("exported", ":", new Code());
    builder.function(":", new Code());
    int element = builder.function(":", new Code());
    int global = builder.function(":", new Code());
    builder.global('c', false, new Code().op(0xD2, global));
    builder.elements(new Code().i32(0), 0, element);
    WasmModule module = ModuleDecoder.decode(builder.build());
    ModuleValidator.validate(module);
    assertEquals(3, module.referenceCount());
    assertEquals(java.util.List.of(-1, 0, -1, 1, 2),
        java.util.Arrays.stream(module.referenceIndex()).boxed().toList());
  }

  @Test
  void aModuleErrorNamesItsSection() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.custom("name", new Bytes());
    builder.export("x", ModuleBuilder.TABLE, 0);
    InvalidModuleException e = rejected(InvalidModuleException.class, builder);
    assertEquals("export", e.section());
    assertEquals(-1, e.functionIndex());
    assertNull(e.functionName());
    assertEquals("unknown table 0 at offset 0xb in the export section", e.getMessage());
  }
}
