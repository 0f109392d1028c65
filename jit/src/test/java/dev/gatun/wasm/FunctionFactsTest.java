package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Offsets are worked out by hand beside the code. */
class FunctionFactsTest {
  private static final int EMPTY = Code.EMPTY;

  private static FunctionFacts facts(String signature, Code body) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.memory(1, 1);
    builder.table('c', 1, 1);
    builder.type(":");
    builder.function(signature, body);
    builder.function(":", new Code());
    WasmModule module = ModuleDecoder.decode(builder.build());
    ModuleValidator.validate(module);
    return module.facts(0);
  }

  private static void assertInterval(int start, int end, FunctionFacts facts, int local) {
    assertEquals(start, facts.start(local), "start of local " + local);
    assertEquals(end, facts.end(local), "end of local " + local);
  }

  @Test
  void anEmptyFunctionHasNothing() {
    FunctionFacts facts = facts("il:", new Code().locals(1, 'd'));
    assertEquals(3, facts.locals());
    assertEquals(0, facts.controls());
    assertEquals(0, facts.maxOperands());
    assertEquals(0, facts.maxControlDepth());
    assertFalse(facts.calls());
    assertFalse(facts.touchesMemory());
    assertFalse(facts.hasLoops());
    assertFalse(facts.isFunctionLabelTarget());
    for (int local = 0; local < 3; local++) {
      assertEquals(0, facts.weight(local));
      assertFalse(facts.isWritten(local));
      assertInterval(0, -1, facts, local);
    }
  }

  @Test
  void aStraightLineUsesLocalsFromTheFirstToTheLastOccurrence() {
    FunctionFacts facts = facts("i:", new Code().locals(2, 'i')
        .localGet(0) // 0
        .localSet(1) // 2
        .localGet(1) // 4
        .localTee(1) // 6
        .localGet(0) // 8
        .raw(0x6A, 0x1A)); // 10
    assertInterval(0, 8, facts, 0);
    assertInterval(2, 6, facts, 1);
    assertInterval(0, -1, facts, 2);
    assertEquals(2, facts.weight(0));
    assertEquals(3, facts.weight(1));
    assertFalse(facts.isWritten(0));
    assertTrue(facts.isWritten(1));
    assertEquals(2, facts.maxOperands());
  }

  @Test
  void aLoopKeepsItsLocalsAliveFromItsStartToItsEnd() {
    FunctionFacts facts = facts(":", new Code().locals(4, 'i')
        .i32(1).localSet(0) // 0, 2
        .loop(EMPTY) // 4
        .localGet(0).localSet(1) // 6, 8
        .loop(EMPTY) // 10
        .localGet(2).drop() // 12, 14
        .end() // 15
        .end() // 16
        .localGet(0).localSet(3)); // 17, 19
    assertInterval(2, 17, facts, 0);
    assertInterval(4, 16, facts, 1);
    assertInterval(4, 16, facts, 2);
    assertInterval(19, 19, facts, 3);
    assertEquals(1 + 8 + 1, facts.weight(0));
    assertEquals(8, facts.weight(1));
    assertEquals(64, facts.weight(2));
    assertTrue(facts.hasLoops());
    assertEquals(2, facts.maxControlDepth());
  }

  @Test
  void aLocalOfTwoLoopsLivesThroughBoth() {
    FunctionFacts facts = facts("i:", new Code().locals(1, 'i')
        .loop(EMPTY).localGet(0).localSet(1).end() // 0, 2, 4, 6
        .loop(EMPTY).localGet(1).drop().end() // 7, 9, 11, 12
        .loop(EMPTY).end()); // 13, 15
    assertInterval(0, 6, facts, 0);
    assertInterval(0, 12, facts, 1);
  }

  @Test
  void weightsStopGrowingAtFourLoopsAndAtTheirLimit() {
    Code code = new Code().locals(1, 'i');
    for (int i = 0; i < 6; i++) {
      code.loop(EMPTY);
    }
    code.localGet(0).drop();
    int many = Integer.MAX_VALUE / 4096 + 10;
    for (int i = 0; i < many; i++) {
      code.localGet(0).drop();
    }
    for (int i = 0; i < 6; i++) {
      code.end();
    }
    FunctionFacts facts = facts(":", code);
    assertEquals(Integer.MAX_VALUE, facts.weight(0));
    assertFalse(facts.isWritten(0));
    FunctionFacts once = facts(":", new Code().locals(1, 'i')
        .loop(EMPTY).loop(EMPTY).loop(EMPTY).loop(EMPTY).loop(EMPTY)
        .localGet(0).drop()
        .end().end().end().end().end());
    assertEquals(4096, once.weight(0));
  }

  @Test
  void controlStructuresSayWhereTheirPartsAre() {
    FunctionFacts facts = facts("i:", new Code()
        .block(EMPTY) // 0
        .localGet(0).iff(EMPTY) // 2, 4
        .raw(0x01) // 6
        .otherwise() // 7
        .raw(0x01) // 8
        .end() // 9
        .end() // 10
        .localGet(0).iff(EMPTY) // 11, 13
        .end()); // 15
    assertEquals(3, facts.controls());
    assertEquals(11, facts.endOffset(0));
    assertEquals(0, facts.elseOffset(0));
    assertEquals(10, facts.endOffset(1));
    assertEquals(8, facts.elseOffset(1));
    assertEquals(16, facts.endOffset(2));
    assertEquals(0, facts.elseOffset(2));
  }

  @Test
  void branchesMarkTheLabelsTheyGoTo() {
    FunctionFacts facts = facts("i:", new Code()
        .block(EMPTY).end()
        .block(EMPTY).br(0).end()
        .loop(EMPTY).localGet(0).brIf(0).end()
        .block(EMPTY).block(EMPTY).block(EMPTY).localGet(0).brTable(0, 2).end().end().end()
        .block(EMPTY).ret().end());
    boolean[] expected = {false, true, true, true, false, true, false};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], facts.isBranchTarget(i), "structure " + i);
    }
    assertFalse(facts.isFunctionLabelTarget());
    assertTrue(facts(":", new Code().block(EMPTY).br(1).end()).isFunctionLabelTarget());
    assertTrue(facts(":", new Code().br(0)).isFunctionLabelTarget());
  }

  @Test
  void callsAreSeenInEveryStructureAroundThem() {
    FunctionFacts facts = facts("i:", new Code()
        .block(EMPTY).block(EMPTY).call(1).end().end()
        .block(EMPTY).end()
        .localGet(0).iff(EMPTY).call(1).otherwise().end()
        .localGet(0).iff(EMPTY).otherwise().i32(0).callIndirect(0, 0).end()
        .block(EMPTY).i32(0).op(0x40, 0).drop().end());
    boolean[] expected = {true, true, false, true, true, true};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], facts.containsCall(i), "structure " + i);
    }
    assertTrue(facts.calls());
    assertTrue(facts.touchesMemory());
    assertFalse(facts(":", new Code().block(EMPTY).end()).calls());
  }

  @Test
  void writtenLocalsAreThoseSetInsideAtAnyDepth() {
    FunctionFacts facts = facts(":", new Code().locals(70, 'i')
        .block(EMPTY)
        .i32(0).localSet(0)
        .loop(EMPTY).i32(0).localTee(63).drop().i32(0).localSet(64).end()
        .i32(0).iff(EMPTY).i32(0).localSet(31).otherwise().i32(0).localSet(32).end()
        .localGet(5).drop()
        .end()
        .block(EMPTY).i32(0).localSet(1).end());
    assertEquals(1L | 1L << 63 | 1L << 31 | 1L << 32, facts.written(0));
    assertEquals(1L << 63, facts.written(1));
    assertEquals(1L << 31 | 1L << 32, facts.written(2));
    assertEquals(2, facts.written(3));
    assertTrue(facts.isWritten(64));
    assertFalse(facts.isWritten(5));
  }

  @Test
  void writtenLocalsFitFunctionsWithFewLocalsToo() {
    FunctionFacts few = facts(":", new Code().locals(32, 'i').block(EMPTY).i32(0).localSet(31).end()
        .block(EMPTY).end());
    assertEquals(1L << 31, few.written(0));
    assertEquals(0, few.written(1));
    assertEquals(2, few.controls());
    FunctionFacts none = facts(":", new Code().block(EMPTY).call(1).end());
    assertEquals(0, none.written(0));
    assertTrue(none.containsCall(0));
    assertEquals(1, none.controls());
  }

  @Test
  void unreachableCodeCountsLikeAnyOther() {
    FunctionFacts facts = facts(":", new Code().locals(2, 'i')
        .block(EMPTY) // 0
        .unreachable() // 2
        .block(EMPTY).localGet(0).drop().end() // 3, 5, 7, 8
        .loop(EMPTY).i32(0).localSet(1).call(1).br(1).end() // 9, 11, 13, 15, 17, 19
        .end() // 20
        .block(EMPTY).end()); // 21, 23
    assertEquals(4, facts.controls());
    assertEquals(9, facts.endOffset(1));
    assertEquals(20, facts.endOffset(2));
    assertEquals(24, facts.endOffset(3));
    assertInterval(5, 5, facts, 0);
    assertInterval(9, 19, facts, 1);
    assertEquals(8, facts.weight(1));
    assertEquals(2, facts.written(0));
    assertTrue(facts.containsCall(0));
    assertTrue(facts.isBranchTarget(0));
  }

  @Test
  void theDeepestStackCountsResultsOfCallsAndBlocks() {
    ModuleBuilder builder = new ModuleBuilder();
    int type = builder.type("i:iii");
    int three = builder.function("i:iii", new Code().localGet(0).localGet(0).localGet(0));
    int user = builder.function(":", new Code()
        .i32(1).i32(2).call(three).raw(0x6A, 0x6A, 0x1A, 0x1A));
    int block = builder.function(":", new Code()
        .i32(1).i32(2).blockType(0x02, ~type).call(three).end().raw(0x1A, 0x1A, 0x1A, 0x1A));
    WasmModule module = ModuleDecoder.decode(builder.build());
    ModuleValidator.validate(module);
    assertEquals(3, module.facts(three).maxOperands());
    assertEquals(4, module.facts(user).maxOperands());
    assertEquals(4, module.facts(block).maxOperands());
  }

  @Test
  void factsOfManyUnusedLocalsAreNotKeptButFoundAgain() {
    Code code = new Code().locals(40_000, 'l').localGet(39_999).drop();
    ModuleBuilder builder = new ModuleBuilder();
    builder.function(":", code);
    WasmModule module = ModuleDecoder.decode(builder.build());
    ModuleValidator.validate(module);
    assertTrue(Arrays.stream(module.facts).allMatch(java.util.Objects::isNull));
    assertInterval(0, 0, module.facts(0), 39_999);
    assertInterval(0, -1, module.facts(0), 39_998);
    assertEquals(1, module.facts(0).weight(39_999));
  }
}
