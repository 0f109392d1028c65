package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ArrayReference;
import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.GlobalType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.StructReference;
import dev.gatun.Tag;
import dev.gatun.TagType;
import dev.gatun.ThrownException;
import dev.gatun.V128;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Vectors wherever a value can go: parameters, results, globals, exceptions, structs, arrays, and Java. */
class VectorTest {
  private static final Engine ENGINE = Engine.create();
  private static final V128 A = new V128(0x0706_0504_0302_0100L, 0x0f0e_0d0c_0b0a_0908L);
  private static final V128 B = new V128(0x8000_0000_0000_0001L, 0x7fff_ffff_ffff_fffeL);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Instance instantiate(Store store, String text, Imports imports) {
    Module module = ENGINE.compile(TextFormat.parse(text));
    return store.instantiate(module, imports);
  }

  private static Imports none() {
    return Imports.builder().build();
  }

  private static V128 sum(V128 left, V128 right) {
    return new V128(left.low() + right.low(), left.high() + right.high());
  }

  @Test
  void hostFunctionsTakeAndReturnVectorsAmongOtherTypes() {
    List<V128> seen = new ArrayList<>();
    FuncType type =
        new FuncType(List.of(ValType.I32, ValType.V128, ValType.F64, ValType.V128), List.of(ValType.V128));
    Imports imports =
        Imports.builder()
            .function("env", "mix", type, call -> {
              assertEquals(7, call.i32(0));
              assertEquals(2.5, call.f64(2));
              seen.add(call.v128(1));
              seen.add(call.v128(3));
              call.result(sum(call.v128(1), call.v128(3)));
            })
            .build();
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, """
          (module
            (import "env" "mix" (func $mix (param i32 v128 f64 v128) (result v128)))
            (func (export "f") (param v128 v128) (result v128)
              (v128.xor
                (call $mix (i32.const 7) (local.get 0) (f64.const 2.5) (local.get 1))
                (v128.const i64x2 0 0))))
          """, imports);
      assertEquals(sum(A, B), instance.function("f").call(A, B));
      assertEquals(List.of(A, B), seen);
    }
  }

  static V128 swap(V128 vector, long added) {
    return new V128(vector.high() + added, vector.low());
  }

  @Test
  void methodsOfJavaTakeAndReturnVectors() throws Throwable {
    MethodHandle swap =
        MethodHandles.lookup()
            .findStatic(VectorTest.class, "swap", MethodType.methodType(V128.class, V128.class, long.class));
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, """
          (module
            (import "env" "swap" (func $swap (param v128 i64) (result v128)))
            (func (export "f") (param v128) (result v128)
              (call $swap (call $swap (local.get 0) (i64.const 1)) (i64.const 2))))
          """, Imports.builder().function("env", "swap", swap).build());
      MethodHandle f = instance.function("f").methodHandle();
      assertEquals(new V128(A.low() + 2, A.high() + 1), (V128) f.invoke(A));
      assertThrows(NullPointerException.class, () -> instance.function("f").call((Object) null));
      assertThrows(ClassCastException.class, () -> instance.function("f").call(1L));
    }
  }

  @Test
  void moreVectorsThanRegistersArePassedAndReturned() {
    int count = 20;
    String types = "v128 i32 ".repeat(count);
    StringBuilder reversed = new StringBuilder();
    for (int i = count - 1; i >= 0; i--) {
      reversed.append("(local.get ").append(2 * i).append(") (local.get ").append(2 * i + 1).append(")\n");
    }
    List<ValType> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(ValType.V128);
      all.add(ValType.I32);
    }
    Imports imports =
        Imports.builder()
            .function("env", "host", new FuncType(all, all), call -> {
              for (int i = 0; i < count; i++) {
                call.result(2 * i, ValType.V128, sum(call.v128(2 * i), new V128(1, 0)));
                call.result(2 * i + 1, ValType.I32, call.i32(2 * i + 1) - 1);
              }
            })
            .build();
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, """
          (module
            (type $t (func (param TYPES) (result TYPES)))
            (import "env" "host" (func $host (type $t)))
            (table funcref (elem $reverse))
            (func $reverse (type $t) REVERSED)
            (func (export "direct") (type $t) REVERSED (call $reverse) (call $host))
            (func (export "indirect") (type $t) REVERSED (call_indirect (type $t) (i32.const 0)))
            (func (export "tail") (type $t) REVERSED (return_call $host)))
          """.replace("TYPES", types).replace("REVERSED", reversed), imports);
      Object[] values = new Object[2 * count];
      Random random = new Random(1);
      for (int i = 0; i < count; i++) {
        values[2 * i] = new V128(random.nextLong(), random.nextLong());
        values[2 * i + 1] = random.nextInt();
      }
      assertArrayEquals(values, (Object[]) instance.function("indirect").call(values));
      assertArrayEquals(changed(values), (Object[]) instance.function("direct").call(values));
      Object[] backward = new Object[2 * count];
      for (int i = 0; i < count; i++) {
        backward[2 * i] = values[2 * (count - 1 - i)];
        backward[2 * i + 1] = values[2 * (count - 1 - i) + 1];
      }
      assertArrayEquals(changed(backward), (Object[]) instance.function("tail").call(values));
    }
  }

  private static Object[] changed(Object[] values) {
    Object[] changed = values.clone();
    for (int i = 0; i < changed.length; i += 2) {
      changed[i] = sum((V128) changed[i], new V128(1, 0));
      changed[i + 1] = (int) changed[i + 1] - 1;
    }
    return changed;
  }

  @Test
  void globalsAreSharedBetweenModulesAndJava() {
    try (Store store = ENGINE.newStore()) {
      Global global = Global.create(store, new GlobalType(ValType.V128, true), A);
      Instance instance = instantiate(store, """
          (module
            (import "env" "g" (global $g (mut v128)))
            (global $own (export "own") (mut v128) (v128.const i64x2 5 6))
            (global $constant (export "constant") v128 (v128.const i64x2 7 8))
            (export "again" (global $g))
            (func (export "exchange") (local $old v128)
              (local.set $old (global.get $g))
              (global.set $g (i64x2.add (global.get $own) (global.get $constant)))
              (global.set $own (local.get $old))))
          """, Imports.builder().define("env", "g", global).build());
      assertEquals(new V128(5, 6), instance.global("own").get());
      instance.function("exchange").call();
      assertEquals(A, instance.global("own").get());
      assertEquals(new V128(12, 14), global.get());
      assertEquals(new V128(12, 14), instance.global("again").get());
      global.set(B);
      instance.function("exchange").call();
      assertEquals(B, instance.global("own").get());
      assertThrows(ClassCastException.class, () -> global.set(1));
      assertThrows(IllegalStateException.class, () -> instance.global("constant").set(A));
    }
  }

  @Test
  void exceptionsCarryVectors() {
    try (Store store = ENGINE.newStore()) {
      Tag tag = Tag.create(store, new TagType(List.of(ValType.I32, ValType.V128, ValType.V128)));
      Imports imports =
          Imports.builder()
              .define("env", "tag", tag)
              .function("env", "thrower", new FuncType(List.of(ValType.V128), List.of()), call -> {
                throw new ThrownException(tag, 9, B, call.v128(0));
              })
              .build();
      Instance instance = instantiate(store, """
          (module
            (import "env" "tag" (tag $tag (param i32 v128 v128)))
            (import "env" "thrower" (func $thrower (param v128)))
            (export "tag" (tag $tag))
            (func (export "throw") (param v128 v128)
              (throw $tag (i32.const 3) (local.get 0) (local.get 1)))
            (func (export "catch") (param $v v128) (result v128)
              (local $live v128)
              (local.set $live (i8x16.add (local.get $v) (local.get $v)))
              (block $caught (result i32 v128 v128)
                (try_table (catch $tag $caught) (call $thrower (local.get $v)))
                (unreachable))
              (v128.xor)
              (local.set $v)
              (drop)
              (v128.xor (local.get $v) (local.get $live))))
          """, imports);
      ThrownException thrown =
          assertThrows(ThrownException.class, () -> instance.function("throw").call(A, B));
      assertEquals(tag, thrown.tag());
      assertEquals(tag, instance.tag("tag"));
      assertEquals(List.of(3, A, B), List.of(thrown.value(0), thrown.value(1), thrown.value(2)));
      V128 expected = new V128(twice(A.low()) ^ A.low() ^ B.low(), twice(A.high()) ^ A.high() ^ B.high());
      assertEquals(expected, instance.function("catch").call(A));
    }
  }

  /** Each byte added to itself. */
  private static long twice(long bytes) {
    return (bytes & 0x7f7f_7f7f_7f7f_7f7fL) << 1;
  }

  @Test
  void structsAndArraysHoldVectors() {
    try (Store store = ENGINE.newStore()) {
      Instance instance = instantiate(store, """
          (module
            (type $s (struct (field i8) (field $v (mut v128)) (field i16) (field v128)))
            (type $a (array (mut v128)))
            (func (export "struct") (param v128 v128) (result (ref $s))
              (struct.new $s (i32.const 1) (local.get 0) (i32.const 2) (local.get 1)))
            (func (export "default") (result (ref $s)) (struct.new_default $s))
            (func (export "field") (param (ref $s)) (result v128) (struct.get $s $v (local.get 0)))
            (func (export "setField") (param (ref $s) v128) (struct.set $s $v (local.get 0) (local.get 1)))
            (func (export "new") (param v128 i32) (result (ref $a)) (array.new $a (local.get 0) (local.get 1)))
            (func (export "fixed") (param v128 v128) (result (ref $a))
              (array.new_fixed $a 3 (local.get 0) (local.get 1) (local.get 0)))
            (func (export "data") (param i32 i32) (result (ref $a))
              (array.new_data $a $d (local.get 0) (local.get 1)))
            (func (export "fill") (param (ref $a) i32 v128 i32)
              (array.fill $a (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
            (func (export "copy") (param (ref $a) i32 i32 i32)
              (array.copy $a $a (local.get 0) (local.get 1) (local.get 0) (local.get 2) (local.get 3)))
            (func (export "get") (param (ref $a) i32) (result v128) (array.get $a (local.get 0) (local.get 1)))
            (func (export "set") (param (ref $a) i32 v128) (array.set $a (local.get 0) (local.get 1) (local.get 2)))
            (data $d "0123456789abcdefghijklmnopqrstuvwxyz"))
          """, none());
      StructReference struct = (StructReference) instance.function("struct").call(A, B);
      assertEquals(List.of(1, A, 2, B), List.of(struct.get(0), struct.get(1), struct.get(2), struct.get(3)));
      assertEquals(A, instance.function("field").call(struct));
      instance.function("setField").call(struct, B);
      assertEquals(B, struct.get(1));
      struct.set(1, A);
      assertEquals(A, instance.function("field").call(struct));
      assertEquals(V128.ZERO, instance.function("field").call(instance.function("default").call()));

      ArrayReference array = (ArrayReference) instance.function("new").call(A, 100);
      store.collectGarbage();
      assertEquals(100, array.length());
      instance.function("fill").call(array, 10, B, 5);
      instance.function("set").call(array, 99, new V128(1, 2));
      instance.function("copy").call(array, 12, 10, 5);
      array.set(0, V128.ZERO);
      V128[] expected = new V128[100];
      Arrays.fill(expected, A);
      expected[0] = V128.ZERO;
      Arrays.fill(expected, 10, 17, B);
      expected[99] = new V128(1, 2);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], array.get(i), "Java, element " + i);
        assertEquals(expected[i], instance.function("get").call(array, i), "wasm, element " + i);
      }
      ArrayReference fixed = (ArrayReference) instance.function("fixed").call(A, B);
      assertEquals(List.of(A, B, A), List.of(fixed.get(0), fixed.get(1), fixed.get(2)));
      ArrayReference data = (ArrayReference) instance.function("data").call(3, 2);
      assertEquals(new V128(0x6139_3837_3635_3433L, 0x6968_6766_6564_6362L), data.get(0));
      assertEquals(2, data.length());
    }
  }

  /**
   * More constants than lie in reach of a load, behind a branch that does not reach far: where backends have to write
   * them out in the middle of a function.
   */
  @Test
  void constantsOfALargeFunctionAreTheirs() {
    int count = 5000;
    StringBuilder text =
        new StringBuilder(
            """
            (module
              (type $s (struct))
              (func (export "f") (param anyref) (result i64)
                (local $v v128)
                (drop (block $far (result anyref)
                  (drop (br_on_cast $far anyref (ref $s) (local.get 0)))
            """);
    long low = 0;
    long high = 0;
    for (int i = 0; i < count; i++) {
      long a = i * 0x9E37_79B9_7F4A_7C15L;
      long b = ~a * 31;
      text.append("(local.set $v (i64x2.add (local.get $v) (v128.const i64x2 ").append(a).append(' ').append(b);
      text.append(")))\n");
      low += a;
      high += b;
    }
    text.append("(local.get 0)))\n");
    text.append("(i64.xor (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v)))))");
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(text.toString()));
        Instance instance = module.instantiate()) {
      assertEquals(low ^ high, instance.function("f").call((Object) null));
    }
  }
}
