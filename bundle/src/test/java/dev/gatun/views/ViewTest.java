package dev.gatun.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.BindingException;
import dev.gatun.Export;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.Table;
import dev.gatun.Trap;
import dev.gatun.V128;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Views of numbers, vectors and references, and what is wrong with interfaces that do not fit. */
final class ViewTest {
  private static final String NUMBERS =
      """
      (module $numbers
        (memory (export "memory") 1)
        (table (export "table") 3 funcref)
        (global (export "counter") (mut i32) (i32.const 7))
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "mix") (param i32 i64 f32 f64) (result f64)
          (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
                   (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
        (func (export "float") (param f32) (result f32) (f32.neg (local.get 0)))
        (func (export "negate") (param i64) (result i64) (i64.sub (i64.const 0) (local.get 0)))
        (func (export "is-even") (param i32) (result i32)
          (i32.and (i32.xor (local.get 0) (i32.const -1)) (i32.const 1)))
        (func (export "truth") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 256)))
        (func (export "vector") (param i32 v128 i32) (result v128)
          (i32x4.add (local.get 1) (i32x4.splat (i32.add (local.get 0) (local.get 2)))))
        (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
        (func (export "extern") (param externref) (result externref) (local.get 0))
        (func (export "function") (param funcref) (result funcref) (local.get 0))
        (func (export "both") (param i32 f64) (result i32 f64) (local.get 0) (local.get 1))
        (func (export "trap") unreachable)
        (func (export "set") (param i32) (global.set 0 (local.get 0))))
      """;

  /** Two results. */
  record Swapped(long first, int second) {}

  record Both(boolean flag, double number) {}

  interface Numbers {
    int add(int a, int b);

    double mix(int a, long b, float c, double d);

    @Export("float")
    float negated(float a);

    long negate(long a);

    @Export("is-even")
    boolean isEven(int a);

    boolean truth(boolean a);

    V128 vector(int a, V128 b, int c);

    Object[] swap(int a, long b);

    @Export("swap")
    Swapped swapped(int a, long b);

    Both both(boolean flag, double number);

    @Nullable Object extern(@Nullable Object value);

    @Export("extern")
    String sameText(String text);

    @Nullable Func function(@Nullable Func func);

    @Export("function")
    Object functionAsObject(Object func);

    void trap();

    void set(int value);

    Memory memory();

    Table table();

    @Export("counter")
    Global counter();

    default int twice(int a) {
      return add(a, a);
    }

    static int thrice(int a) {
      return 3 * a;
    }

    @Override
    String toString();

    @Override
    boolean equals(@Nullable Object other);
  }

  @Test
  void methodsCallExports() {
    try (Instance instance = Guest.instance(NUMBERS)) {
      Numbers view = instance.as(Numbers.class);
      assertEquals(5, view.add(2, 3));
      assertEquals(1 - 2 + 0.5 + 4, view.mix(1, -2, 0.5f, 4));
      assertEquals(-1.5f, view.negated(1.5f));
      assertEquals(Long.MIN_VALUE + 1, view.negate(Long.MAX_VALUE));
      assertTrue(view.isEven(4));
      assertFalse(view.isEven(5));
      assertTrue(view.truth(true));
      assertFalse(view.truth(false));
      assertEquals(new V128(0x0000_0006_0000_0005L, 0x0000_0008_0000_0007L),
          view.vector(2, new V128(0x0000_0002_0000_0001L, 0x0000_0004_0000_0003L), 2));
      assertArrayEquals(new Object[] {9L, 8}, view.swap(8, 9));
      assertEquals(new Swapped(9, 8), view.swapped(8, 9));
      assertEquals(new Both(true, 0.25), view.both(true, 0.25));
      assertEquals(new Both(false, -1), view.both(false, -1));
      Object token = new Object();
      assertSame(token, view.extern(token));
      assertNull(view.extern(null));
      String text = new String("text");
      assertSame(text, view.sameText(text));
      Func add = instance.function("add");
      assertSame(add, view.function(add));
      assertNull(view.function(null));
      assertSame(add, view.functionAsObject(add));
      assertSame(instance.memory("memory"), view.memory());
      assertSame(instance.table("table"), view.table());
      view.set(-4);
      assertEquals(-4, view.counter().get());
      assertEquals(6, view.twice(3));
      assertEquals(6, Numbers.thrice(2));
    }
  }

  @Test
  void thePublicInterfacesOfTheJdkAreBoundByLookup() {
    try (Instance instance = Guest.instance(
        "(func (export \"applyAsInt\") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))")) {
      assertEquals(3, instance.as(IntBinaryOperator.class).applyAsInt(5, 2));
      assertEquals(4, instance.as(MethodHandles.lookup(), IntBinaryOperator.class).applyAsInt(5, 1));
    }
  }

  @Test
  void viewsAreObjects() {
    try (Module module = Guest.module(NUMBERS);
        Instance one = module.instantiate();
        Instance other = module.instantiate()) {
      Numbers view = one.as(Numbers.class);
      Numbers again = one.as(Numbers.class);
      Numbers others = other.as(Numbers.class);
      assertEquals("Numbers of an instance of 'numbers'", view.toString());
      assertNotSame(view, again);
      assertNotEquals(view, again);
      assertEquals(view, view);
      assertEquals(System.identityHashCode(view), view.hashCode());
      assertSame(view.getClass(), others.getClass());
      assertTrue(view.getClass().isHidden());
      view.set(1);
      others.set(2);
      assertEquals(1, again.counter().get());
      assertEquals(2, others.counter().get());
    }
  }

  @Test
  void trapsPassAndTheViewGoesOn() {
    try (Instance instance = Guest.instance(NUMBERS)) {
      Numbers view = instance.as(Numbers.class);
      Trap trap = assertThrows(Trap.class, view::trap);
      assertEquals(Trap.Kind.UNREACHABLE, trap.kind());
      assertEquals(5, view.add(2, 3));
    }
  }

  interface Throwing {
    void call(int which) throws IOException;
  }

  @Test
  void exceptionsOfHostFunctionsPass() {
    IOException thrown = new IOException("checked");
    Imports imports =
        Imports.builder()
            .function(
                "env",
                "throw",
                new FuncType(List.of(), List.of()),
                call -> ViewTest.<RuntimeException>unchecked(thrown))
            .build();
    try (Instance instance = Guest.instance(
        "(import \"env\" \"throw\" (func $throw)) (func (export \"call\") (param i32) (call $throw))", imports)) {
      Throwing view = instance.as(Throwing.class);
      assertSame(thrown, assertThrows(IOException.class, () -> view.call(1)));
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  interface Closeable extends AutoCloseable {
    int add(int a, int b);

    @Override
    void close();
  }

  @Test
  void closingAViewClosesTheInstance() {
    Instance instance = Guest.instance(NUMBERS);
    Closeable view = instance.as(Closeable.class);
    try (view) {
      assertEquals(5, view.add(2, 3));
    }
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> view.add(2, 3));
    assertEquals("the store is closed", e.getMessage());
    view.close();
  }

  @Test
  void aSecondThreadIsRefused() throws Exception {
    Throwable[] thrown = new Throwable[1];
    Numbers[] view = new Numbers[1];
    Imports imports =
        Imports.builder()
            .function(
                "env",
                "out",
                new FuncType(List.of(), List.of()),
                call -> {
                  Thread other =
                      new Thread(
                          () -> thrown[0] = assertThrows(IllegalStateException.class, () -> view[0].add(1, 2)));
                  other.start();
                  try {
                    other.join();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                })
            .build();
    String text = NUMBERS.replace("(module $numbers", "(module $numbers (import \"env\" \"out\" (func $out))")
        .replace("\"trap\") unreachable", "\"trap\") (call $out)");
    try (Instance instance = Guest.instance(text, imports)) {
      view[0] = instance.as(Numbers.class);
      view[0].trap();
      assertTrue(thrown[0].getMessage().contains("one thread at a time"), thrown[0].getMessage());
    }
  }

  // Mistakes.

  interface Mistaken {
    int add(long a, int b);

    int absent(int a);

    void negate(long a);

    char mix(int a);

    Swapped both(int a, double b);

    @Export("counter")
    int count();

    @Export("add")
    int right(int a, int b);
  }

  @Test
  void allMistakesAreReportedWithBothSignatures() {
    try (Instance instance = Guest.instance(NUMBERS)) {
      BindingException e = assertThrows(BindingException.class, () -> instance.as(Mistaken.class));
      assertEquals(
          List.of(
              "int absent(int) is (func (param i32) (result i32)); the module exports no 'absent', but memory table"
                  + " counter add mix float negate is-even truth vector swap extern function both trap set",
              "int add(long, int) is (func (param i64 i32) (result i32)); the module exports 'add' (func"
                  + " (param i32 i32) (result i32))",
              "Swapped(long, int) both(int, double) is (func (param i32 f64) (result i64 i32)); the module exports"
                  + " 'both' (func (param i32 f64) (result i32 f64))",
              "int count; the module exports 'counter' (global (mut i32)), which a method without parameters that"
                  + " returns Global stands for",
              "char mix(int) is nothing in wasm (char stands for no type; int, long, float, double and boolean do);"
                  + " the module exports 'mix' (func (param i32 i64 f32 f64) (result f64))",
              "void negate(long) is (func (param i64)); the module exports 'negate' (func (param i64) (result i64))"),
          e.mistakes());
      String head = Mistaken.class.getName() + " does not fit the module 'numbers':\n  int absent(int) is";
      assertTrue(e.getMessage().startsWith(head), e.getMessage());
      for (String mistake : e.mistakes()) {
        assertTrue(e.getMessage().contains(mistake));
      }
      // Nothing wrong is remembered.
      assertThrows(BindingException.class, () -> instance.as(Mistaken.class));
      assertEquals(5, instance.as(Numbers.class).add(2, 3));
    }
  }

  sealed interface Sealed permits Only {}

  record Only() implements Sealed {}

  @Test
  void onlyInterfacesAreBound() {
    try (Instance instance = Guest.instance(NUMBERS)) {
      assertThrows(IllegalArgumentException.class, () -> instance.as(Object.class));
      assertThrows(IllegalArgumentException.class, () -> instance.as(Sealed.class));
      assertThrows(IllegalArgumentException.class, () -> instance.as(Override.class));
    }
  }
}
