package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The frame that makes a tail call is gone, whoever is called and however many arguments it takes. */
final class TailCallTest {
  private static final int STEPS = 10_000_000;

  private static final int THROW = 0x08;
  private static final int TRY_TABLE = 0x1F;
  private static final int CALL = 0x10;
  private static final int RETURN_CALL = 0x12;
  private static final int RETURN_CALL_INDIRECT = 0x13;
  private static final int CALL_REF = 0x14;
  private static final int RETURN_CALL_REF = 0x15;
  private static final int REF_FUNC = 0xD2;
  private static final int REF_NULL = 0xD0;
  private static final int EQZ = 0x45;
  private static final int ADD = 0x6A;
  private static final int SUB = 0x6B;
  private static final int LOAD = 0x28;
  private static final int STORE = 0x36;

  /** Small, so that what grows by a few bytes for each step ends soon. */
  private static final Engine ENGINE = Engine.builder().limits(Limits.builder().stack(256 << 10).build()).build();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Instance instantiate(Store store, ModuleBuilder module, Imports imports) {
    try (Module compiled = ENGINE.compile(module.build())) {
      return store.instantiate(compiled, imports);
    }
  }

  enum How {
    DIRECT,
    TABLE,
    REFERENCE
  }

  /** Instructions that leave a call of a function, which is in table 0 at its index, as the last thing to do. */
  private static Code tailCall(ModuleBuilder module, Code code, How how, String signature, int function) {
    return switch (how) {
      case DIRECT -> code.op(RETURN_CALL, function);
      case TABLE -> code.i32(function).op(RETURN_CALL_INDIRECT, module.type(signature), 0);
      case REFERENCE -> code.op(REF_FUNC, function).op(RETURN_CALL_REF, module.type(signature));
    };
  }

  @ParameterizedTest
  @EnumSource
  void mutualRecursionNeedsNoStack(How how) {
    ModuleBuilder module = new ModuleBuilder();
    module.table('c', 2, 2);
    module.elements(new Code().i32(0), 0, 1);
    for (int even = 1; even >= 0; even--) {
      Code code = new Code().localGet(0).op(EQZ).iff('i').i32(even).otherwise().localGet(0).i32(1).op(SUB);
      module.function(even == 1 ? "even" : "odd", "i:i", tailCall(module, code, how, "i:i", even).end());
    }
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, module, Imports.none());
      assertEquals(1, instance.function("even").call(STEPS));
      assertEquals(0, instance.function("odd").call(STEPS));
    }
  }

  /** One function takes three arguments, the other thirty: the area of arguments grows and shrinks at each step. */
  @ParameterizedTest
  @EnumSource
  void moreArgumentsThanTheCallerHasNeedNoStack(How how) {
    String many = "i".repeat(15) + "d".repeat(15) + ":i";
    ModuleBuilder module = new ModuleBuilder();
    module.table('c', 2, 2);
    module.elements(new Code().i32(0), 0, 1);
    // few(n, a, b) calls many(n, a, b, a + 1, 4, 5, ..., 0.0, 1.0, ...), which calls few(n - 1, 13th, 14th).
    Code few = new Code().localGet(0).op(EQZ).iff('i').localGet(1).localGet(2).op(SUB).otherwise();
    few.localGet(0).localGet(1).localGet(2).localGet(1).i32(1).op(ADD);
    for (int i = 4; i < 15; i++) {
      few.i32(i);
    }
    for (int i = 0; i < 15; i++) {
      few.f64(i);
    }
    module.function("few", "iii:i", tailCall(module, few, how, many, 1).end());
    Code back = new Code().localGet(0).i32(1).op(SUB).localGet(12).localGet(13);
    module.function(many, tailCall(module, back, how, "iii:i", 0));
    try (Store store = ENGINE.newStore()) {
      assertEquals(-1, instantiate(store, module, Imports.none()).function("few").call(STEPS / 10, 100, 7));
    }
  }

  /**
   * Two instances that call each other: the first through the table, the second through an import. Either finds its own
   * globals and memory again after a plain call of its own function, which may come back from the other instance.
   */
  @Test
  void mutualRecursionOfTwoInstancesNeedsNoStack() {
    ModuleBuilder first = new ModuleBuilder();
    first.table('c', 1, 1);
    first.export("table", ModuleBuilder.TABLE, 0);
    Code even = new Code().localGet(0).op(EQZ).iff('i').i32(1).otherwise().localGet(0).i32(1).op(SUB);
    even.i32(0).op(RETURN_CALL_INDIRECT, first.type("i:i"), 0).end();
    addHome(first, first.function("even", "i:i", even), 100);

    ModuleBuilder second = new ModuleBuilder();
    int imported = second.importFunction("first", "even", "i:i");
    second.importTable("first", "table", 'c', 1, 1);
    Code odd = new Code().localGet(0).op(EQZ).iff('i').i32(0).otherwise().localGet(0).i32(1).op(SUB);
    int own = second.function("odd", "i:i", odd.op(RETURN_CALL, imported).end());
    second.elements(new Code().i32(0), own);
    addHome(second, own, 200);

    try (Store store = ENGINE.newStore()) {
      Instance a = instantiate(store, first, Imports.none());
      Instance b = instantiate(store, second, Imports.builder().instance("first", a).build());
      for (int n : new int[] {STEPS, STEPS + 1, 0, 1}) {
        assertEquals(1 - n % 2 + 101, a.function("home").call(n));
        assertEquals(n % 2 + 201, b.function("home").call(n));
      }
    }
  }

  /** A function "home" that calls another, and adds what the instance has in its global, and 1 by way of its memory. */
  private static void addHome(ModuleBuilder module, int callee, int own) {
    module.memory(1, 1);
    int global = module.global('i', true, new Code().i32(own));
    Code code = new Code().locals(1, 'i').localGet(0).call(callee).localSet(1);
    code.i32(64).i32(1).memory(STORE, 2, 0);
    code.localGet(1).globalGet(global).op(ADD).i32(64).memory(LOAD, 2, 0).op(ADD);
    module.function("home", "i:i", code);
  }

  @Test
  void hostFunctionsAreCalledByTheInstanceThatMadeTheTailCall() {
    String type = "i".repeat(9) + ":ii";
    ModuleBuilder inner = new ModuleBuilder();
    int host = inner.importFunction("host", "sum", type);
    Code pass = new Code();
    for (int i = 0; i < 9; i++) {
      pass.localGet(0);
    }
    inner.function("pass", "i:ii", pass.op(RETURN_CALL, host));
    ModuleBuilder outer = new ModuleBuilder();
    int imported = outer.importFunction("inner", "pass", "i:ii");
    outer.function("outer", "i:ii", new Code().localGet(0).call(imported));

    try (Store store = ENGINE.newStore()) {
      Instance[] expected = new Instance[1];
      FuncType sum = new FuncType(java.util.Collections.nCopies(9, ValType.I32), List.of(ValType.I32, ValType.I32));
      Imports imports =
          Imports.builder()
              .function(
                  "host",
                  "sum",
                  sum,
                  call -> {
                    assertSame(expected[0], call.instance());
                    int total = 0;
                    for (int i = 0; i < 9; i++) {
                      total += call.i32(i);
                    }
                    call.result(0, ValType.I32, total);
                    call.result(1, ValType.I32, -total);
                  })
              .build();
      Instance a = instantiate(store, inner, imports);
      Instance b = instantiate(store, outer, Imports.builder().instance("inner", a).build());
      expected[0] = a;
      assertEquals(List.of(27, -27), List.of((Object[]) a.function("pass").call(3)));
      assertEquals(List.of(36, -36), List.of((Object[]) b.function("outer").call(4)));
    }
  }

  /**
   * Thrown in a function of twenty arguments, past frames of fewer; a handler around a tail call is gone with its
   * frame.
   */
  @Test
  void exceptionsPassFramesThatAreGone() {
    String many = "i".repeat(20) + ":i";
    ModuleBuilder module = new ModuleBuilder();
    int tag = module.tag("i:");
    int thrower = module.function(many, new Code().localGet(19).op(THROW, tag));
    Code arguments = new Code();
    for (int i = 0; i < 20; i++) {
      arguments.localGet(0).i32(i).op(ADD);
    }
    int passing = module.function("i:i", arguments.op(RETURN_CALL, thrower));
    int guarded = module.function("i:i", catching(tag, new Code(), RETURN_CALL, passing).i32(5000).op(ADD));
    module.function("near", "i:i", catching(tag, new Code(), CALL, passing).i32(1000).op(ADD));
    module.function("far", "i:i", catching(tag, new Code(), CALL, guarded).i32(2000).op(ADD));
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, module, Imports.none());
      for (int i = 0; i < 3; i++) {
        assertEquals(1000 + 19 + i, instance.function("near").call(i));
        assertEquals(2000 + 19 + i, instance.function("far").call(i));
      }
    }
  }

  /** A call in a {@code try_table} that gives the number which an exception carries. */
  private static Code catching(int tag, Code code, int call, int function) {
    code.block('i').blockType(TRY_TABLE, 'i').raw(1, 0, tag, 0);
    return code.localGet(0).op(call, function).end().end();
  }

  @Test
  void anEndlessTailRecursionIsInterrupted() throws InterruptedException {
    ModuleBuilder module = new ModuleBuilder();
    module.function("forever", ":", new Code().op(RETURN_CALL, 0));
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, module, Imports.none());
      Thread interrupter = new Thread(store::interrupt);
      interrupter.start();
      Trap trap = assertThrows(Trap.class, () -> instance.function("forever").call());
      assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
      interrupter.join();
    }
  }

  @Test
  void aBacktraceLeavesOutWhoMadeTailCalls() {
    ModuleBuilder module = new ModuleBuilder();
    int end = module.function("end", "i:", new Code().unreachable());
    int middle = module.function("middle", ":", new Code().i32(1).op(RETURN_CALL, end));
    module.function("start", ":", new Code().call(middle));
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, module, Imports.none());
      Trap trap = assertThrows(Trap.class, () -> instance.function("start").call());
      List<String> names = new ArrayList<>();
      trap.backtrace().forEach(frame -> names.add(String.valueOf(frame.functionName())));
      assertEquals(List.of("end", "start"), names);
    }
  }

  @Test
  void aNullReferenceTrapsBeforeTheFrameIsGone() {
    for (int call : new int[] {CALL_REF, RETURN_CALL_REF}) {
      ModuleBuilder module = new ModuleBuilder();
      int type = module.type("ii:i");
      Code body = new Code().i32(1).i32(2);
      module.function("f", ":i", body.op(REF_NULL, type).op(call, type));
      try (Store store = ENGINE.newStore()) {
        Instance instance = instantiate(store, module, Imports.none());
        Trap trap = assertThrows(Trap.class, () -> instance.function("f").call());
        assertEquals(Trap.Kind.NULL_FUNCTION_REFERENCE, trap.kind());
        assertEquals("f", trap.backtrace().get(0).functionName());
      }
    }
  }

  @Test
  void randomChainsOfTailCallsDoWhatPlainCallsDo() {
    int cells = 0;
    for (int seed = 0; seed < 300; seed++) {
      CallChain chain = new CallChain(seed);
      CallChain.Outcome plain = chain.run(ENGINE, false);
      assertEquals(plain, chain.run(ENGINE, true), "seed " + seed);
      cells += chain.longestSignature() > 20 ? 1 : 0;
    }
    assertTrue(cells > 100, "few chains pass many arguments: " + cells);
  }
}
