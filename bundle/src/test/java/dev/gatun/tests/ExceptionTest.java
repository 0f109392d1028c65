package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Tag;
import dev.gatun.TagType;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exceptions between wasm, other instances and Java, deep stacks, and what must not be caught. */
final class ExceptionTest {
  private static final int THROW = 0x08;
  private static final int THROW_REF = 0x0A;
  private static final int TRY_TABLE = 0x1F;
  private static final int CATCH = 0;
  private static final int CATCH_REF = 1;
  private static final int CATCH_ALL = 2;
  private static final int EQZ = 0x45;
  private static final int ADD = 0x6A;
  private static final int SUB = 0x6B;

  private static final FuncType TO_INT = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private final Engine engine = Engine.builder().limits(Limits.builder().stack(64 << 20).build()).build();
  private final Store store = engine.newStore();

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(ModuleBuilder module, Imports imports) {
    try (Module compiled = engine.compile(module.build())) {
      return store.instantiate(compiled, imports);
    }
  }

  private static Imports host(Tag tag, HostFunction function) {
    return Imports.builder().define("host", "tag", tag).function("host", "call", TO_INT, function).build();
  }

  /** Calls a function with parameter 0; gives what it returns, or what an exception with the tag carries. */
  private static Code catching(int tag, int function) {
    Code code = new Code().block('i').blockType(TRY_TABLE, 'i').raw(1, CATCH, tag, 0);
    return code.localGet(0).call(function).end().end();
  }

  /** Calls a function with parameter 0; gives what it returns, or -1 for any exception. */
  private static Code catchingAll(int function) {
    Code code = new Code().block(Code.EMPTY).blockType(TRY_TABLE, 'i').raw(1, CATCH_ALL, 0);
    return code.localGet(0).call(function).end().ret().end().i32(-1);
  }

  /** Imports tag 0 and function 0 of the host; "catch" and "catchAll" call it, "throw" throws its parameter. */
  private static ModuleBuilder module() {
    ModuleBuilder module = new ModuleBuilder();
    module.importTag("host", "tag", "i:");
    module.importFunction("host", "call", "i:i");
    module.function("catch", "i:i", catching(0, 0));
    module.function("catchAll", "i:i", catchingAll(0));
    module.function("throw", "i:i", new Code().localGet(0).op(THROW, 0));
    return module;
  }

  private Tag tag() {
    return Tag.create(store, new TagType(List.of(ValType.I32)));
  }

  @Test
  void whatNothingCatchesArrivesInJava() {
    Tag tag = tag();
    ModuleBuilder module = module();
    module.function("outer", "i:i", new Code().localGet(0).call(3));
    Instance instance = instantiate(module, host(tag, call -> {}));
    ThrownException thrown = assertThrows(ThrownException.class, () -> instance.function("outer").call(7));
    assertSame(tag, thrown.tag());
    assertEquals(1, thrown.size());
    assertEquals(7, thrown.value(0));
    assertEquals(List.of(3, 4), thrown.backtrace().stream().map(frame -> frame.functionIndex()).toList());
    assertEquals("throw", thrown.getStackTrace()[0].getMethodName());
  }

  @Test
  void aHostFunctionThrowsIntoWasm() {
    Tag tag = tag();
    Instance instance =
        instantiate(
            module(),
            host(
                tag,
                call -> {
                  throw new ThrownException(tag, call.i32(0) + 1);
                }));
    assertEquals(8, instance.function("catch").call(7));
    assertEquals(-1, instance.function("catchAll").call(7));
  }

  @Test
  void anotherTagIsNotCaught() {
    Tag tag = tag();
    ThrownException[] thrown = {new ThrownException(tag(), 1)};
    Instance instance =
        instantiate(
            module(),
            host(
                tag,
                call -> {
                  throw thrown[0];
                }));
    assertSame(thrown[0], assertThrows(ThrownException.class, () -> instance.function("catch").call(7)));
    assertEquals(-1, instance.function("catchAll").call(7));
    try (Store other = engine.newStore()) {
      thrown[0] = new ThrownException(Tag.create(other, tag.type()), 1);
      assertSame(thrown[0], assertThrows(ThrownException.class, () -> instance.function("catchAll").call(7)));
    }
  }

  @Test
  void anExceptionPassesThroughHostFrames() {
    Tag tag = tag();
    AtomicReference<Func> inner = new AtomicReference<>();
    Instance instance = instantiate(module(), host(tag, call -> call.result((int) inner.get().call(call.i32(0) + 1))));
    inner.set(instance.function("throw"));
    assertEquals(8, instance.function("catch").call(7));
    assertEquals(-1, instance.function("catchAll").call(7));
  }

  @Test
  void whatIsThrownAgainIsTheSame() {
    ModuleBuilder module = new ModuleBuilder();
    module.importTag("host", "tag", "i:");
    module.importFunction("host", "call", "i:i");
    int both = module.type(":ie");
    Code code = new Code().block(~both).blockType(TRY_TABLE, Code.EMPTY).raw(1, CATCH_REF, 0, 0);
    module.function("again", ":i", code.i32(5).call(0).drop().end().unreachable().end().op(THROW_REF));
    Tag tag = tag();
    Instance instance =
        instantiate(
            module,
            host(
                tag,
                call -> {
                  throw new ThrownException(tag, call.i32(0));
                }));
    ThrownException thrown = assertThrows(ThrownException.class, () -> instance.function("again").call());
    assertSame(tag, thrown.tag());
    assertEquals(5, thrown.value(0));
  }

  @Test
  void otherExceptionsOfTheHostPass() {
    Exception failure = new Exception("of the host");
    Instance instance = instantiate(module(), host(tag(), call -> ExceptionTest.<RuntimeException>raise(failure)));
    assertSame(failure, assertThrows(Exception.class, () -> instance.function("catchAll").call(7)));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void trapsPass() {
    ModuleBuilder module = new ModuleBuilder();
    int trap = module.function("i:i", new Code().unreachable());
    int forever = module.function("forever", "i:i", new Code().localGet(0).call(1));
    module.function("trap", "i:i", catchingAll(trap));
    module.function("exhaust", "i:i", catchingAll(forever));
    Instance instance = instantiate(module, Imports.none());
    for (int i = 0; i < 3; i++) {
      Trap unreachable = assertThrows(Trap.class, () -> instance.function("trap").call(1));
      assertEquals(Trap.Kind.UNREACHABLE, unreachable.kind());
      Trap exhausted = assertThrows(Trap.class, () -> instance.function("exhaust").call(1));
      assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, exhausted.kind());
    }
  }

  @Test
  void aHandlerNearTheEndOfTheStackGoesOnUntilItIsExhausted() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag(":");
    int thrower = module.function("i:i", new Code().op(THROW, 0));
    // down(n) catches what thrower throws, then calls down(n + 1).
    Code down = new Code().block(Code.EMPTY).blockType(TRY_TABLE, Code.EMPTY).raw(1, CATCH_ALL, 0);
    down.localGet(0).call(thrower).drop().end().end().localGet(0).i32(1).op(ADD).call(1);
    module.function("down", "i:i", down);
    try (Engine small = Engine.builder().limits(Limits.builder().stack(256 << 10).build()).build();
        Module compiled = small.compile(module.build());
        Store here = small.newStore()) {
      Instance instance = here.instantiate(compiled, Imports.none());
      Trap exhausted = assertThrows(Trap.class, () -> instance.function("down").call(0));
      assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, exhausted.kind());
    }
  }

  @Test
  @Timeout(60)
  void manyFramesAreUnwound() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag("i:");
    // down(n) throws 42 at 0, else it adds 1 to what down(n - 1) gives.
    Code down = new Code().localGet(0).op(EQZ).iff(Code.EMPTY).i32(42).op(THROW, 0).end();
    module.function("i:i", down.localGet(0).i32(1).op(SUB).call(0).i32(1).op(ADD));
    module.function("catch", "i:i", catching(0, 0));
    module.export("down", ModuleBuilder.FUNCTION, 0);
    Instance instance = instantiate(module, Imports.none());
    for (int i = 0; i < 20; i++) {
      assertEquals(42, instance.function("catch").call(100_000));
    }
    assertThrows(ThrownException.class, () -> instance.function("down").call(100_000));
  }

  /** Catches in a loop: what a throw leaves on the stack would exhaust it. */
  @Test
  @Timeout(60)
  void throwingLeavesNothingBehind() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag("i:");
    module.function("i:i", new Code().localGet(0).op(THROW, 0));
    Code loop = new Code().locals(1, 'i').loop(Code.EMPTY);
    loop.block('i').blockType(TRY_TABLE, 'i').raw(1, CATCH, 0, 0).localGet(0).call(0).end().end();
    loop.localGet(1).op(ADD).localSet(1);
    loop.localGet(0).i32(1).op(SUB).localTee(0).brIf(0).end().localGet(1);
    module.function("sum", "i:i", loop);
    Instance instance = instantiate(module, Imports.none());
    int n = 100_000;
    assertEquals(n * (n + 1) / 2, instance.function("sum").call(n));
  }

  /** Java and wasm take turns; each run of wasm adds 1 to what comes from inside and throws it on. */
  @Test
  @Timeout(60)
  void nestedRunsAreUnwoundOneByOne() {
    Tag tag = tag();
    ModuleBuilder module = module();
    Code step = new Code().block('i').blockType(TRY_TABLE, 'i').raw(1, CATCH, 0, 0);
    step.localGet(0).call(0).end().end().i32(1).op(ADD).op(THROW, 0);
    module.function("step", "i:i", step);
    AtomicReference<Instance> self = new AtomicReference<>();
    Instance instance =
        instantiate(
            module,
            host(
                tag,
                call -> {
                  int n = call.i32(0);
                  call.result((int) self.get().function(n == 0 ? "throw" : "step").call(n == 0 ? 1000 : n - 1));
                }));
    self.set(instance);
    for (int i = 0; i < 500; i++) {
      assertEquals(1040, instance.function("catch").call(40));
    }
  }

  @Test
  void instancesHaveTagsOfTheirOwn() {
    ModuleBuilder thrower = new ModuleBuilder();
    thrower.tag("i:");
    thrower.export("tag", ModuleBuilder.TAG, 0);
    thrower.function("call", "i:i", new Code().localGet(0).op(THROW, 0));
    Instance first = instantiate(thrower, Imports.none());
    Instance second = instantiate(thrower, Imports.none());
    Tag firstTag = (Tag) first.export("tag").orElseThrow();
    Tag secondTag = (Tag) second.export("tag").orElseThrow();
    assertNotSame(firstTag, secondTag);
    Func call = first.function("call");
    Imports own = Imports.builder().define("host", "tag", firstTag).define("host", "call", call).build();
    Imports mixed = Imports.builder().define("host", "tag", secondTag).define("host", "call", call).build();
    assertEquals(3, instantiate(module(), own).function("catch").call(3));
    Instance other = instantiate(module(), mixed);
    assertSame(firstTag, assertThrows(ThrownException.class, () -> other.function("catch").call(3)).tag());
    assertEquals(-1, other.function("catchAll").call(3));
  }

  @Test
  void exceptionsPassIndirectCalls() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag("i:");
    module.table('c', 1, 1);
    module.elements(new Code().i32(0), 0);
    module.function("i:i", new Code().localGet(0).op(THROW, 0));
    Code code = new Code().block('i').blockType(TRY_TABLE, 'i').raw(1, CATCH, 0, 0);
    code.localGet(0).i32(0).callIndirect(module.type("i:i"), 0).end().end();
    module.function("catch", "i:i", code);
    assertEquals(9, instantiate(module, Imports.none()).function("catch").call(9));
  }

  @Test
  void aStartFunctionThrows() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag("i:");
    module.start(module.function(":", new Code().i32(11).op(THROW, 0)));
    ThrownException thrown = assertThrows(ThrownException.class, () -> instantiate(module, Imports.none()));
    assertEquals(11, thrown.value(0));
  }

  @Test
  @Timeout(60)
  void anEndlessLoopOfThrowsIsInterrupted() throws InterruptedException {
    ModuleBuilder module = new ModuleBuilder();
    module.tag(":");
    Code forever = new Code().loop(Code.EMPTY).block(Code.EMPTY).blockType(TRY_TABLE, Code.EMPTY).raw(1, CATCH_ALL, 0);
    module.function("forever", ":", forever.op(THROW, 0).end().end().br(0).end());
    Instance instance = instantiate(module, Imports.none());
    Thread interrupter = new Thread(store::interrupt);
    interrupter.start();
    Trap trap = assertThrows(Trap.class, () -> instance.function("forever").call());
    assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
    interrupter.join();
  }

  /** A branch before the handler has put the zero of a local, which occurs later only, into a register. */
  @Test
  void aHandlerDoesNotTakeZerosFromRegisters() {
    ModuleBuilder module = new ModuleBuilder();
    module.tag(":");
    Code code = new Code().locals(1, 'i').block(Code.EMPTY).localGet(0).brIf(0);
    code.block(Code.EMPTY).blockType(TRY_TABLE, Code.EMPTY).raw(1, CATCH_ALL, 0);
    code.op(THROW, 0).end().end().localGet(0).op(EQZ).brIf(0);
    code.i32(5).localGet(1).op(ADD).localSet(1).end();
    module.function("late", "i:i", code.localGet(1).localGet(1).op(ADD));
    assertEquals(0, instantiate(module, Imports.none()).function("late").call(0));
  }

  @Test
  void valuesOfEveryTypeArrive() {
    List<ValType> types =
        List.of(ValType.I32, ValType.F64, ValType.I64, ValType.F32, ValType.EXTERNREF, ValType.FUNCREF);
    Tag tag = Tag.create(store, new TagType(types));
    ModuleBuilder module = new ModuleBuilder();
    module.importTag("host", "tag", "idlfxc:");
    Code code = new Code();
    for (int i = 0; i < 6; i++) {
      code.localGet(i);
    }
    module.function("throw", "idlfxc:", code.op(THROW, 0));
    Instance instance = instantiate(module, Imports.builder().define("host", "tag", tag).build());
    Object object = new Object();
    Func function = instance.function("throw");
    ThrownException thrown =
        assertThrows(ThrownException.class, () -> function.call(1, 2.5, 3L, 4.5f, object, function));
    assertEquals(1, thrown.value(0));
    assertEquals(2.5, thrown.value(1));
    assertEquals(3L, thrown.value(2));
    assertEquals(4.5f, thrown.value(3));
    assertSame(object, thrown.value(4));
    assertSame(function, thrown.value(5));
    assertThrows(IllegalArgumentException.class, () -> new ThrownException(tag, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> thrown.value(6));
    assertTrue(thrown.getMessage().contains("2.5"), thrown.getMessage());
  }
}
