package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ArrayReference;
import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.I31;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Store;
import dev.gatun.StructReference;
import dev.gatun.Trap;
import dev.gatun.V128;
import dev.gatun.ValType;
import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the official scripts leave out about structs, arrays and casts: depth, size, and what Java sees. */
final class AggregateTest {
  private static final int GC = 0xFB;
  private static final int STRUCT_NEW = 0;
  private static final int STRUCT_NEW_DEFAULT = 1;
  private static final int STRUCT_GET = 2;
  private static final int STRUCT_SET = 5;
  private static final int ARRAY_NEW_FIXED = 8;
  private static final int REF_TEST = 20;
  private static final int REF_CAST_NULL = 23;

  /** Around the largest arrays that are allocated inline: 2,032 bytes of elements. */
  private static final int[] LENGTHS = {
    0, 1, 2, 3, 7, 8, 9, 100, 127, 128, 254, 255, 508, 509, 1016, 1017, 2032, 2033, 5000, 70_000
  };

  private static Instance instantiate(ModuleBuilder module) {
    return Engine.create().compile(module.build()).instantiate(Imports.builder().build());
  }

  @Test
  void testsOfDeepHierarchiesAreExact() {
    int depth = 20;
    ModuleBuilder module = new ModuleBuilder();
    for (int i = 0; i < depth; i++) {
      // (sub $i-1 (struct (field i32))), the last one final
      int form = i == depth - 1 ? 0x4F : 0x50;
      if (i == 0) {
        module.definedType(form, 0, 0x5F, 1, 0x7F, 0);
      } else {
        module.definedType(form, 1, i - 1, 0x5F, 1, 0x7F, 0);
      }
    }
    for (int i = 0; i < depth; i++) {
      module.function("make" + i, ":a", new Code().prefixed(GC, STRUCT_NEW_DEFAULT, i));
      module.function("is" + i, "a:i", new Code().localGet(0).prefixed(GC, REF_TEST, i));
    }
    try (Instance instance = instantiate(module)) {
      for (int made = 0; made < depth; made++) {
        Object object = instance.function("make" + made).call();
        for (int tested = 0; tested < depth; tested++) {
          assertEquals(made >= tested ? 1 : 0, instance.function("is" + tested).call(object), made + " as " + tested);
        }
      }
      assertEquals(0, instance.function("is3").call(new I31(5)));
      assertEquals(0, instance.function("is3").call("a Java object"));
      assertEquals(0, instance.function("is3").call((Object) null));
    }
  }

  private static int[] structOf(int fields, int storage) {
    Bytes bytes = new Bytes().add(0x5F).unsigned(fields);
    for (int i = 0; i < fields; i++) {
      bytes.add(storage, 1);
    }
    byte[] encoded = bytes.toArray();
    int[] values = new int[encoded.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = encoded[i] & 0xff;
    }
    return values;
  }

  @Test
  void largeStructsHaveAllTheirFields() {
    for (int fields : new int[] {1, 2, 30, 40, 520, 4000, 9000}) {
      ModuleBuilder module = new ModuleBuilder();
      int type = module.definedType(structOf(fields, 0x7E));
      int last = fields - 1;
      module.function("empty", ":a", new Code().prefixed(GC, STRUCT_NEW_DEFAULT, type));
      Code full = new Code();
      for (int i = 0; i < fields; i++) {
        full.i64(i + 1L);
      }
      module.function("full", ":a", full.prefixed(GC, STRUCT_NEW, type));
      Code access = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, type);
      module.function("get", "a:l", access.prefixed(GC, STRUCT_GET, type, last));
      module.function(
          "set",
          "al:",
          new Code().localGet(0).prefixed(GC, REF_CAST_NULL, type).localGet(1).prefixed(GC, STRUCT_SET, type, last));
      try (Instance instance = instantiate(module)) {
        Object empty = instance.function("empty").call();
        assertEquals(0L, instance.function("get").call(empty));
        instance.function("set").call(empty, -5L);
        assertEquals(-5L, instance.function("get").call(empty));
        StructReference full1 = (StructReference) instance.function("full").call();
        for (int i = 0; i < fields; i++) {
          assertEquals(i + 1L, full1.get(i));
        }
        for (String name : List.of("get", "set")) {
          Func func = instance.function(name);
          Trap trap =
              assertThrows(
                  Trap.class, () -> func.call(name.equals("get") ? new Object[] {null} : new Object[] {null, 1L}));
          assertEquals(Trap.Kind.NULL_STRUCTURE, trap.kind());
        }
      }
    }
  }

  @Test
  void packedFieldsLieSideBySide() {
    ModuleBuilder module = new ModuleBuilder();
    // i8, i16, i8, f32, f64, i8
    int type = module.definedType(0x5F, 6, 0x78, 1, 0x77, 1, 0x78, 1, 0x7D, 1, 0x7C, 1, 0x78, 1);
    module.function(
        "make",
        ":a",
        new Code().i32(0x1ff).i32(0x2ffff).i32(3).f32(1.5f).f64(-2.5).i32(-1).prefixed(GC, STRUCT_NEW, type));
    for (int field : new int[] {0, 1, 2, 5}) {
      Code code = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, type);
      module.function("s" + field, "a:i", code.prefixed(GC, 3, type, field));
    }
    try (Instance instance = instantiate(module)) {
      StructReference made = (StructReference) instance.function("make").call();
      assertEquals(List.of(0xff, 0xffff, 3, 1.5f, -2.5, 0xff),
          List.of(made.get(0), made.get(1), made.get(2), made.get(3), made.get(4), made.get(5)));
      assertEquals(-1, instance.function("s0").call(made));
      assertEquals(-1, instance.function("s1").call(made));
      assertEquals(3, instance.function("s2").call(made));
      made.set(2, 0x80);
      assertEquals(-128, instance.function("s2").call(made));
      assertThrows(IndexOutOfBoundsException.class, () -> made.get(6));
      assertThrows(ClassCastException.class, () -> made.set(3, 1));
    }
  }

  @Test
  void vectorsAreFieldsAndElements() {
    ModuleBuilder module = new ModuleBuilder();
    int struct = module.definedType(0x5F, 3, 0x78, 1, 0x7B, 1, 0x6E, 1);
    int array = module.definedType(0x5E, 0x7B, 1);
    Code made = new Code().i32(1).localGet(0).localGet(0).localGet(0).prefixed(GC, ARRAY_NEW_FIXED, array, 2);
    module.function("make", "v:a", made.prefixed(GC, STRUCT_NEW, struct));
    Code field = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, struct).prefixed(GC, STRUCT_GET, struct, 1);
    module.function("field", "a:v", field);
    Code element = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, array).localGet(1).prefixed(GC, 11, array);
    module.function("element", "ai:v", element);
    Code set = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, array).localGet(1).localGet(2);
    module.function("set", "aiv:", set.prefixed(GC, 14, array));
    module.function("array", "vi:a", new Code().localGet(0).localGet(1).prefixed(GC, 6, array));
    Code fill = new Code().localGet(0).prefixed(GC, REF_CAST_NULL, array).i32(1).localGet(1).i32(2);
    module.function("fill", "av:", fill.prefixed(GC, 16, array));
    V128 one = new V128(0x0123456789abcdefL, 0xfedcba9876543210L);
    V128 two = new V128(5, 6);
    try (Instance instance = instantiate(module)) {
      StructReference object = (StructReference) instance.function("make").call(one);
      assertEquals(one, instance.function("field").call(object));
      assertEquals(one, object.get(1));
      object.set(1, two);
      assertEquals(two, instance.function("field").call(object));
      ArrayReference fixed = (ArrayReference) object.get(2);
      instance.function("set").call(fixed, 1, two);
      assertEquals(List.of(one, two), List.of(fixed.get(0), fixed.get(1)));
      assertEquals(two, instance.function("element").call(fixed, 1));
      Func element2 = instance.function("element");
      assertEquals(
          Trap.Kind.ARRAY_OUT_OF_BOUNDS, assertThrows(Trap.class, () -> element2.call(fixed, 2)).kind());
      ArrayReference many = (ArrayReference) instance.function("array").call(one, 4);
      instance.function("fill").call(many, two);
      assertEquals(List.of(one, two, two, one), List.of(many.get(0), many.get(1), many.get(2), many.get(3)));
    }
  }

  @Test
  void arraysOfAllTypesAndLengths() {
    // Storage, the letter of the values' type, a value.
    Object[][] kinds = {
      {0x78, 'i', 200},
      {0x77, 'i', 40_000},
      {0x7F, 'i', -5},
      {0x7E, 'l', Long.MIN_VALUE},
      {0x7D, 'f', 1.25f},
      {0x7C, 'd', -0.5},
      {0x6E, 'a', new I31(-9)},
    };
    for (Object[] kind : kinds) {
      ModuleBuilder module = new ModuleBuilder();
      int array = module.definedType(0x5E, (int) kind[0], 1);
      module.function("full", kind[1] + "i:a", new Code().localGet(0).localGet(1).prefixed(GC, 6, array));
      module.function("empty", "i:a", new Code().localGet(0).prefixed(GC, 7, array));
      module.function("hundred", ":a", new Code().i32(100).prefixed(GC, 7, array));
      try (Instance instance = instantiate(module)) {
        for (int round = 0; round < 3; round++) {
          for (int length : LENGTHS) {
            ArrayReference empty = (ArrayReference) instance.function("empty").call(length);
            ArrayReference full = (ArrayReference) instance.function("full").call(kind[2], length);
            assertEquals(length, empty.length());
            assertEquals(length, full.length());
            Object zero =
                switch ((char) kind[1]) {
                  case 'l' -> 0L;
                  case 'f' -> 0f;
                  case 'd' -> 0d;
                  case 'a' -> null;
                  default -> 0;
                };
            for (int i = 0; i < length; i++) {
              assertEquals(zero, empty.get(i));
              assertEquals(kind[2], full.get(i));
            }
          }
          ArrayReference hundred = (ArrayReference) instance.function("hundred").call();
          assertEquals(100, hundred.length());
          instance.store().collectGarbage();
        }
      }
    }
  }

  @Test
  void fixedArraysOfManyElements() {
    for (int count : new int[] {0, 1, 5, 100, 5000}) {
      ModuleBuilder module = new ModuleBuilder();
      int type = module.definedType(0x5E, 0x7F, 0);
      Code code = new Code();
      for (int i = 0; i < count; i++) {
        code.i32(3 * i);
      }
      module.function("make", ":a", code.prefixed(GC, ARRAY_NEW_FIXED, type, count));
      try (Instance instance = instantiate(module)) {
        ArrayReference array = (ArrayReference) instance.function("make").call();
        assertEquals(count, array.length());
        for (int i = 0; i < count; i++) {
          assertEquals(3 * i, array.get(i));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> array.get(count));
        assertThrows(IllegalStateException.class, () -> array.set(0, 1));
      }
    }
  }

  @Test
  void argumentsOfAHostFunctionSurviveItsCalls() {
    try (Engine engine = Engine.create();
        Store store = engine.newStore()) {
      Func inner = Func.of(store, new FuncType(List.of(ValType.EXTERNREF), List.of()), call -> store.collectGarbage());
      Func outer =
          Func.of(
              store,
              new FuncType(List.of(ValType.EXTERNREF), List.of(ValType.EXTERNREF)),
              call -> {
                inner.call("another");
                store.collectGarbage();
                call.result(0, ValType.EXTERNREF, "got " + call.externRef(0));
              });
      assertEquals("got it", outer.call("it"));
    }
  }

  @Test
  void objectsOfAnotherTypeOrStoreAreRefused() {
    ModuleBuilder module = new ModuleBuilder();
    int one = module.definedType(0x5F, 1, 0x7F, 0);
    module.function("make", ":a", new Code().i32(1).prefixed(GC, STRUCT_NEW, one));
    module.function("take", "a:", new Code());
    try (Instance first = instantiate(module);
        Instance second = instantiate(module)) {
      Object made = first.function("make").call();
      first.function("take").call(made);
      assertThrows(IllegalArgumentException.class, () -> second.function("take").call(made));
    }
  }
}
