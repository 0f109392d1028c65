package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ValType;
import dev.gatun.testing.Bytes;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Wasm calls by reference without looking at the function's type, so Java may not hand it another. */
final class TypedReferenceTest {
  private static final int I32 = 0x7F;
  private static final int REF = 0x64;
  private static final int CALL = 0x10;
  private static final int CALL_REF = 0x14;

  /**
   * Types: 0 is (i32) -> i32, 1 is () -> (ref 0), 2 is (ref 0) -> i32, 3 is () -> i32. Imports "give" of type 1 from
   * "host". Exports "call", which gives 41 to its argument; "increment"; "given", which gives 5 to what "give" returns.
   */
  private static final byte[] MODULE =
      new Bytes()
          .add(0, 'a', 's', 'm', 1, 0, 0, 0)
          .add(1)
          .sized(
              new Bytes()
                  .add(4)
                  .add(0x60, 1, I32, 1, I32)
                  .add(0x60, 0, 1, REF, 0)
                  .add(0x60, 1, REF, 0, 1, I32)
                  .add(0x60, 0, 1, I32))
          .add(2)
          .sized(new Bytes().add(1).name("host").name("give").add(0, 1))
          .add(3)
          .sized(new Bytes().add(3, 2, 0, 3))
          .add(7)
          .sized(new Bytes().add(3).name("call").add(0, 1).name("increment").add(0, 2).name("given").add(0, 3))
          .add(10)
          .sized(
              new Bytes()
                  .add(3)
                  .sized(new Bytes().add(0, 0x41, 41, 0x20, 0, CALL_REF, 0, 0x0B))
                  .sized(new Bytes().add(0, 0x20, 0, 0x41, 1, 0x6A, 0x0B))
                  .sized(new Bytes().add(0, 0x41, 5, CALL, 0, CALL_REF, 0, 0x0B)))
          .toArray();

  @Test
  void argumentsMustBeOfTheParametersType() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(MODULE);
        Instance instance = module.instantiate(host(module, call -> {}))) {
      Func call = instance.function("call");
      assertEquals(42, call.call(instance.function("increment")));
      assertThrows(ClassCastException.class, () -> call.call(instance.function("given")));
      assertThrows(ClassCastException.class, () -> call.call(call));
      assertThrows(NullPointerException.class, () -> call.call((Object) null));
      assertEquals(42, call.call(instance.function("increment")));
    }
  }

  @Test
  void resultsOfHostFunctionsMustBeOfTheirType() {
    AtomicReference<HostFunction> give = new AtomicReference<>();
    try (Engine engine = Engine.create();
        Module module = engine.compile(MODULE);
        Instance instance = module.instantiate(host(module, call -> give.get().call(call)))) {
      Func given = instance.function("given");
      Func increment = instance.function("increment");
      give.set(call -> call.result(0, ValType.FUNCREF, increment));
      assertEquals(6, given.call());
      give.set(call -> call.result(0, ValType.FUNCREF, given));
      assertThrows(ClassCastException.class, given::call);
      give.set(call -> call.result(0, ValType.FUNCREF, null));
      assertThrows(NullPointerException.class, given::call);
      give.set(call -> {});
      assertThrows(IllegalStateException.class, given::call);
      // Bits are no reference.
      give.set(call -> call.result(0x1234_5678L));
      assertThrows(IllegalStateException.class, given::call);
      give.set(call -> call.result(0, ValType.FUNCREF, increment));
      assertEquals(6, given.call());
    }
  }

  private static Imports host(Module module, HostFunction give) {
    return Imports.builder()
        .function("host", "give", (FuncType) module.imports().get(0).type(), give)
        .build();
  }
}
