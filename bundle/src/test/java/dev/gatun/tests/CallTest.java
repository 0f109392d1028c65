package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.GlobalType;
import dev.gatun.HostCall;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallTest {
  private static final Engine ENGINE = Engine.create();
  private static final int ADD_I32 = 0x6A;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Instance instantiate(ModuleBuilder module, Imports imports) {
    try (Module compiled = ENGINE.compile(module.build())) {
      return compiled.instantiate(imports);
    }
  }

  private static MethodHandle method(String name, Class<?> result, Class<?>... parameters) {
    try {
      return MethodHandles.lookup().findStatic(CallTest.class, name, MethodType.methodType(result, parameters));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  // Method handles.

  @Test
  void methodHandlesHaveTheFunctionsType() throws Throwable {
    ModuleBuilder module = new ModuleBuilder();
    module.function("i", "ilfd:i", new Code().localGet(0));
    module.function("l", "ilfd:l", new Code().localGet(1));
    module.function("f", "ilfd:f", new Code().localGet(2));
    module.function("d", "ilfd:d", new Code().localGet(3));
    module.function("x", "x:x", new Code().localGet(0));
    module.function("c", "c:c", new Code().localGet(0));
    module.function("none", ":", new Code());
    module.function("two", "il:li", new Code().localGet(1).localGet(0));
    try (Instance instance = instantiate(module, Imports.none())) {
      assertEquals(-3, (int) handle(instance, "i").invokeExact(-3, -4L, 1.5f, 2.5));
      assertEquals(-4L, (long) handle(instance, "l").invokeExact(-3, -4L, 1.5f, 2.5));
      assertEquals(1.5f, (float) handle(instance, "f").invokeExact(-3, -4L, 1.5f, 2.5));
      assertEquals(2.5, (double) handle(instance, "d").invokeExact(-3, -4L, 1.5f, 2.5));
      Object object = new Object();
      assertSame(object, (Object) handle(instance, "x").invokeExact(object));
      Func func = instance.function("none");
      assertSame(func, (Func) handle(instance, "c").invokeExact(func));
      assertNull((Func) handle(instance, "c").invokeExact((Func) null));
      handle(instance, "none").invokeExact();
      assertArrayEquals(new Object[] {9L, 8}, (Object[]) handle(instance, "two").invokeExact(8, 9L));
      assertSame(instance.function("i").methodHandle(), instance.function("i").methodHandle());
    }
  }

  private static MethodHandle handle(Instance instance, String name) {
    return instance.function(name).methodHandle();
  }

  @Test
  void wrongArgumentsLeaveTheStoreUsable() throws Throwable {
    ModuleBuilder module = new ModuleBuilder();
    module.function("add", "ii:i", new Code().localGet(0).localGet(1).op(ADD_I32));
    module.function("c", "c:c", new Code().localGet(0));
    try (Instance instance = instantiate(module, Imports.none());
        Instance stranger = instantiate(module, Imports.none())) {
      Func add = instance.function("add");
      assertThrows(IllegalArgumentException.class, () -> add.call(1));
      assertThrows(IllegalArgumentException.class, () -> add.call(1, 2, 3));
      assertThrows(ClassCastException.class, () -> add.call(1, 2L));
      assertThrows(NullPointerException.class, () -> add.call(1, null));
      Func foreign = stranger.function("add");
      assertThrows(IllegalArgumentException.class, () -> instance.function("c").call(foreign));
      MethodHandle handle = instance.function("c").methodHandle();
      assertThrows(
          IllegalArgumentException.class,
          () -> {
            Func ignored = (Func) handle.invokeExact(foreign);
          });
      Thread other =
          new Thread(
              () -> {
                if (!Integer.valueOf(5).equals(add.call(2, 3))) {
                  throw new AssertionError("not 5");
                }
              });
      Throwable[] failure = new Throwable[1];
      other.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
      other.start();
      other.join();
      assertNull(failure[0]);
    }
  }

  // Host functions.

  @SuppressWarnings("unused")
  private static int mix(int a, long b, float c, double d) {
    return (int) (a + 10 * b + 100 * c + 1000 * d);
  }

  @SuppressWarnings("unused")
  private static Object sameObject(HostCall call, Object object) {
    if (call.instance() == null) {
      throw new AssertionError("no instance");
    }
    return object;
  }

  @SuppressWarnings("unused")
  private static Func sameFunc(Func func) {
    return func;
  }

  @SuppressWarnings("unused")
  private static void store(HostCall call, int address, int value) {
    call.memory().writeInt(address, value);
  }

  @Test
  void methodHandlesServeAsHostFunctions() {
    ModuleBuilder module = new ModuleBuilder();
    int mix = module.importFunction("host", "mix", "ilfd:i");
    int object = module.importFunction("host", "object", "x:x");
    int func = module.importFunction("host", "func", "c:c");
    int store = module.importFunction("host", "store", "ii:");
    module.memory(1, 1);
    module.function("mix", ":i", new Code().i32(1).i64(2).f32(3).f64(4).call(mix));
    module.function("object", "x:x", new Code().localGet(0).call(object));
    module.function("func", "c:c", new Code().localGet(0).call(func));
    module.function("store", ":i", new Code().i32(16).i32(-77).call(store).i32(16).memory(0x28, 2, 0));
    Imports imports =
        Imports.builder()
            .function("host", "mix", method("mix", int.class, int.class, long.class, float.class, double.class))
            .function("host", "object", method("sameObject", Object.class, HostCall.class, Object.class))
            .function("host", "func", method("sameFunc", Func.class, Func.class))
            .function("host", "store", method("store", void.class, HostCall.class, int.class, int.class))
            .build();
    try (Instance instance = instantiate(module, imports)) {
      assertEquals(4321, instance.function("mix").call());
      Object token = new Object();
      assertSame(token, instance.function("object").call(token));
      assertNull(instance.function("object").call((Object) null));
      Func self = instance.function("mix");
      assertSame(self, instance.function("func").call(self));
      assertEquals(-77, instance.function("store").call());
    }
  }

  @Test
  void anExceptionOfAHostFunctionArrivesAsTheSameObject() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "throw", "i:i");
    int inner = module.function("i:i", new Code().localGet(0).call(host));
    module.function("run", "i:i", new Code().localGet(0).call(inner));
    Throwable[] thrown = {
      new IllegalStateException("one"), new IOException("two"), new AssertionError("three"), new Throwable("four")
    };
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "throw",
                new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
                call -> {
                  throw CallTest.<RuntimeException>unchecked(thrown[call.i32(0)]);
                })
            .build();
    try (Instance instance = instantiate(module, imports)) {
      MethodHandle handle = instance.function("run").methodHandle();
      for (int round = 0; round < 1000; round++) {
        for (int i = 0; i < thrown.length; i++) {
          int number = i;
          assertSame(thrown[i], assertThrows(Throwable.class, () -> instance.function("run").call(number)));
          assertSame(
              thrown[i],
              assertThrows(
                  Throwable.class,
                  () -> {
                    int ignored = (int) handle.invokeExact(number);
                  }));
        }
      }
    }
  }

  /** What the JVM throws on its own, also at a place where nobody would expect it: a mapped file that was cut off. */
  @Test
  void anErrorOfTheJvmInAHostFunctionArrives(@TempDir Path folder) throws IOException {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "fail", "i:i");
    module.function("run", "i:i", new Code().localGet(0).call(host));
    Path file = Files.write(folder.resolve("file"), new byte[8192]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 8192, arena);
      channel.truncate(0);
      Imports imports =
          Imports.builder()
              .function(
                  "host",
                  "fail",
                  new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
                  call -> {
                    switch (call.i32(0)) {
                      case 0 -> call.result(new long[Integer.MAX_VALUE].length);
                      case 1 -> call.result(mapped.toArray(ValueLayout.JAVA_BYTE).length);
                      default -> call.result(7);
                    }
                  })
              .build();
      try (Instance instance = instantiate(module, imports)) {
        for (int i = 0; i < 100; i++) {
          assertThrows(OutOfMemoryError.class, () -> instance.function("run").call(0));
          assertThrows(InternalError.class, () -> instance.function("run").call(1));
          assertEquals(7, instance.function("run").call(2));
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void nestedCallsKeepTheirArgumentsAndTrapsOfInnerCallsCanBeCaught() {
    // sum(n) = n + host(n), host(n) = n == 0 ? a trap that is caught : sum(n - 1)
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "next", "il:l");
    module.function("sum", "il:l", new Code().localGet(0).localGet(1).call(host).localGet(0).op(0xAC).op(0x7C));
    module.function("trap", ":", new Code().unreachable());
    Instance[] self = new Instance[1];
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "next",
                new FuncType(List.of(ValType.I32, ValType.I64), List.of(ValType.I64)),
                call -> {
                  int n = call.i32(0);
                  if (n == 0) {
                    Trap trap = assertThrows(Trap.class, () -> self[0].function("trap").call());
                    assertEquals(Trap.Kind.UNREACHABLE, trap.kind());
                    call.result(0L);
                    return;
                  }
                  Object below = self[0].function("sum").call(n - 1, 1L << 40 | n);
                  assertEquals(n, call.i32(0), "arguments survive a nested call");
                  call.result((long) (Long) below);
                })
            .build();
    try (Instance instance = instantiate(module, imports)) {
      self[0] = instance;
      for (int i = 0; i < 200; i++) {
        assertEquals(50L * 51 / 2, instance.function("sum").call(50, 7L));
      }
    }
  }

  @Test
  void referencesLeadBackToTheirFunctions() {
    String module =
        """
        (module
          (table (export "table") 1000 funcref)
          (func $one (export "one") (result i32) (i32.const 1))
          (elem (i32.const 500) $one))
        """;
    try (Instance instance = ENGINE.compileText(module).instantiate()) {
      Table table = instance.table("table");
      assertSame(instance.function("one"), table.get(500));
      FuncType type = new FuncType(List.of(), List.of(ValType.I32));
      List<Func> functions = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int number = i;
        functions.add(Func.of(instance.store(), type, call -> call.result(number)));
        table.set(i, functions.get(i));
      }
      for (int i = 0; i < 500; i++) {
        assertSame(functions.get(i), table.get(i));
        assertEquals(i, ((Func) table.get(i)).call());
      }
      assertNull(table.get(501));
    }
  }

  @Test
  void aTrapCrossesNestedCalls() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "again", ":");
    module.function("outer", ":", new Code().call(host));
    module.function("inner", ":", new Code().unreachable());
    Instance[] self = new Instance[1];
    Trap[] seen = new Trap[1];
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "again",
                new FuncType(List.of(), List.of()),
                call -> {
                  try {
                    self[0].function("inner").call();
                  } catch (Trap trap) {
                    seen[0] = trap;
                    throw trap;
                  }
                })
            .build();
    try (Instance instance = instantiate(module, imports)) {
      self[0] = instance;
      assertSame(assertThrows(Trap.class, () -> instance.function("outer").call()), seen[0]);
    }
  }

  @Test
  void aHostCallThatIsKeptIsRefused() {
    HostCall[] kept = new HostCall[1];
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "keep", "i:");
    module.function("run", ":", new Code().i32(1).call(host));
    Imports imports =
        Imports.builder()
            .function("host", "keep", new FuncType(List.of(ValType.I32), List.of()), call -> kept[0] = call)
            .build();
    try (Instance instance = instantiate(module, imports)) {
      instance.function("run").call();
    }
    assertThrows(IndexOutOfBoundsException.class, () -> kept[0].i32(0));
    assertThrows(IndexOutOfBoundsException.class, () -> kept[0].result(5));
  }

  // Many values.

  private static final String LETTERS = "ilfd";

  private static String letters(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(LETTERS.charAt((i * 7 + i / 5) % 4));
    }
    return text.toString();
  }

  private static Object value(char letter, int number) {
    return switch (letter) {
      case 'i' -> (Object) (-number * 77);
      case 'l' -> (Object) (-number * 77_777_777_777L);
      case 'f' -> (Object) (number + 0.25f);
      default -> (Object) (number + 0.125);
    };
  }

  private static List<ValType> types(String letters) {
    List<ValType> types = new ArrayList<>();
    for (char letter : letters.toCharArray()) {
      types.add(
          switch (letter) {
            case 'i' -> ValType.I32;
            case 'l' -> ValType.I64;
            case 'f' -> ValType.F32;
            default -> ValType.F64;
          });
    }
    return types;
  }

  /** Parameters come back as results in reverse order, through wasm, a wasm callee, and a host function. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 31, 50, 100, 255, 999})
  void manyParametersAndResults(int count) throws Throwable {
    String params = letters(count);
    String results = new StringBuilder(params).reverse().toString();
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "reverse", params + ":" + results);
    Code reverse = new Code();
    Code callWasm = new Code();
    Code callHost = new Code();
    for (int i = 0; i < count; i++) {
      reverse.localGet(count - 1 - i);
      callWasm.localGet(i);
      callHost.localGet(i);
    }
    int plain = module.function("plain", params + ":" + results, reverse);
    module.function("wasm", params + ":" + results, callWasm.call(plain));
    module.function("host", params + ":" + results, callHost.call(host));
    List<ValType> types = types(params);
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "reverse",
                new FuncType(types, types(results)),
                call -> {
                  Object[] values = new Object[count];
                  for (int i = 0; i < count; i++) {
                    values[i] = call.argument(i, types.get(i));
                  }
                  for (int i = 0; i < count; i++) {
                    call.result(i, types.get(count - 1 - i), values[count - 1 - i]);
                  }
                })
            .build();
    Object[] arguments = new Object[count];
    Object[] expected = new Object[count];
    for (int i = 0; i < count; i++) {
      arguments[i] = value(params.charAt(i), i + 1);
      expected[count - 1 - i] = arguments[i];
    }
    try (Instance instance = instantiate(module, imports)) {
      for (String name : List.of("plain", "wasm", "host")) {
        assertArrayEquals(expected, (Object[]) instance.function(name).call(arguments), name);
      }
      if (count < 200) {
        Object found = instance.function("host").methodHandle().invokeWithArguments(arguments);
        assertArrayEquals(expected, (Object[]) found);
      }
    }
  }

  // An i32 in a 64-bit register has an upper half of zero: a later i64.extend_i32_u may be no instruction at all.

  @Test
  void theUpperHalfOfAnI32IsZeroWhereverItComesFrom() throws Throwable {
    ModuleBuilder module = new ModuleBuilder();
    int minus = module.importFunction("host", "minus", ":i");
    int two = module.importFunction("host", "two", "l:ii");
    module.memory(1, 1);
    int global = module.global('i', true, new Code().i32(-1));
    module.export("cell", ModuleBuilder.GLOBAL, global);
    module.function("argument", "i:l", new Code().localGet(0).op(0xAD));
    int tenth = module.function("tenth", "iiiiiiiiii:l", new Code().localGet(9).op(0xAD));
    module.function("host", ":l", new Code().call(minus).op(0xAD));
    module.function("host_two", ":l", new Code().locals(1, 'l').i64(-1).call(two).op(0xAD).localSet(0).drop()
        .localGet(0));
    module.function("global", ":l", new Code().globalGet(global).op(0xAD));
    module.function("wrap", "l:l", new Code().localGet(0).op(0xA7).op(0xAD));
    module.function("load", "l:l", new Code().i32(0).localGet(0).memory(0x37, 0, 0).i32(0).memory(0x28, 0, 0).op(0xAD));
    module.function("load8s", "l:l", new Code().i32(0).localGet(0).memory(0x37, 0, 0).i32(0).memory(0x2C, 0, 0)
        .op(0xAD));
    module.function("load16s", "l:l", new Code().i32(0).localGet(0).memory(0x37, 0, 0).i32(0).memory(0x2E, 0, 0)
        .op(0xAD));
    module.function("select", "i:l", new Code().i32(-1).i32(-1).localGet(0).op(0x1B).op(0xAD));
    module.function("block", ":l", new Code().block('i').i32(-1).br(0).end().op(0xAD));
    module.function("reinterpret", ":l", new Code().f32(-0.0f).op(0xBC).op(0xAD));
    module.function("truncate", ":l", new Code().f64(-1).op(0xAA).op(0xAD));
    module.function("extend8", "i:l", new Code().localGet(0).op(0xC0).op(0xAD));
    module.function("shift", "i:l", new Code().localGet(0).i32(31).op(0x75).op(0xAD));
    module.function("subtract", "i:l", new Code().i32(0).localGet(0).op(0x6B).op(0xAD));
    Code pass = new Code();
    for (int i = 0; i < 9; i++) {
      pass.i32(i);
    }
    module.function("pass", "l:l", pass.localGet(0).op(0xA7).call(tenth));
    // An address with garbage above would fault or reach another place.
    module.function(
        "address", "l:i", new Code().i32(8).i32(1234).memory(0x36, 2, 0).localGet(0).op(0xA7).memory(0x28, 2, 0));
    Imports imports =
        Imports.builder()
            .function("host", "minus", new FuncType(List.of(), List.of(ValType.I32)), call -> call.result(-1))
            .function(
                "host",
                "two",
                new FuncType(List.of(ValType.I64), List.of(ValType.I32, ValType.I32)),
                call -> {
                  call.result(0, ValType.I32, -1);
                  call.result(1, ValType.I32, -1);
                })
            .build();
    try (Instance instance = instantiate(module, imports)) {
      long ones = 0xFFFF_FFFFL;
      assertEquals(ones, instance.function("argument").call(-1));
      assertEquals(ones, (long) handle(instance, "argument").invokeExact(-1));
      assertEquals(ones, instance.function("tenth").call(0, 0, 0, 0, 0, 0, 0, 0, 0, -1));
      assertEquals(ones, instance.function("host").call());
      assertEquals(ones, instance.function("host_two").call());
      assertEquals(ones, instance.function("global").call());
      instance.global("cell").set(-2);
      assertEquals(ones - 1, instance.function("global").call());
      assertEquals(ones, instance.function("wrap").call(-1L));
      assertEquals(0x5555_5555L, instance.function("wrap").call(0xAAAA_AAAA_5555_5555L));
      assertEquals(ones, instance.function("load").call(-1L));
      assertEquals(ones, instance.function("load8s").call(-1L));
      assertEquals(ones, instance.function("load16s").call(-1L));
      assertEquals(ones, instance.function("select").call(1));
      assertEquals(ones, instance.function("block").call());
      assertEquals(1L << 31, instance.function("reinterpret").call());
      assertEquals(ones, instance.function("truncate").call());
      assertEquals(ones, instance.function("extend8").call(0xFF));
      assertEquals(ones, instance.function("shift").call(-5));
      assertEquals(ones, instance.function("subtract").call(1));
      assertEquals(ones, instance.function("pass").call(-1L));
      assertEquals(1234, instance.function("address").call(0xFFFF_FFFF_0000_0008L));
    }
  }

  /** A raw host function of a wrong width: the bits above an i32 must not reach wasm. */
  @Test
  void aHostFunctionThatSetsAResultOfAnotherTypeCanNotBreakTheInvariant() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "wide", ":i");
    module.memory(1, 1);
    module.function("run", ":l", new Code().call(host).op(0xAD));
    module.function("load", ":i", new Code().i32(8).i32(99).memory(0x36, 2, 0).call(host).memory(0x28, 2, 0));
    Imports imports =
        Imports.builder()
            .function("host", "wide", new FuncType(List.of(), List.of(ValType.I32)), call ->
                call.result(0x7FFF_0000_0000_0008L))
            .build();
    try (Instance instance = instantiate(module, imports)) {
      assertEquals(8L, instance.function("run").call());
      assertEquals(99, instance.function("load").call());
    }
  }

  // References.

  @Test
  void externRefsKeepTheirIdentity() {
    ModuleBuilder module = new ModuleBuilder();
    int table = module.table('x', 4, 10);
    int global = module.global('x', true, new Code().raw(0xD0, 0x6F));
    module.export("table", ModuleBuilder.TABLE, table);
    module.export("global", ModuleBuilder.GLOBAL, global);
    module.function("put", "ix:", new Code().localGet(0).localGet(1).op(0x26, table));
    module.function("take", "i:x", new Code().localGet(0).op(0x25, table));
    module.function("is_null", "x:i", new Code().localGet(0).op(0xD1));
    module.function("to_global", "x:", new Code().localGet(0).globalSet(global));
    try (Instance instance = instantiate(module, Imports.none())) {
      String one = new String("equal");
      String two = new String("equal");
      instance.function("put").call(0, one);
      instance.function("put").call(1, two);
      System.gc();
      assertSame(one, instance.function("take").call(0));
      assertSame(two, instance.function("take").call(1));
      assertSame(two, instance.table("table").get(1));
      assertNull(instance.function("take").call(2));
      assertEquals(1, instance.function("is_null").call((Object) null));
      assertEquals(0, instance.function("is_null").call(one));
      instance.function("to_global").call(one);
      assertSame(one, instance.global("global").get());
      instance.table("table").set(3, two);
      assertSame(two, instance.function("take").call(3));
      assertEquals(4, instance.table("table").grow(2, one));
      assertSame(one, instance.function("take").call(5));
      assertThrows(IndexOutOfBoundsException.class, () -> instance.table("table").get(6));
      assertEquals(-1, instance.table("table").grow(5, null));
    }
  }

  // Sharing.

  @Test
  void instancesOfAStoreShareMemoryTableGlobalAndFunctions() {
    ModuleBuilder exporting = new ModuleBuilder();
    exporting.memory(1, 4);
    exporting.table('c', 2, 8);
    int counter = exporting.global('i', true, new Code().i32(10));
    int next =
        exporting.function(
            "next", ":i", new Code().globalGet(counter).i32(1).op(ADD_I32).globalSet(counter).globalGet(counter));
    exporting.function("peek", "i:i", new Code().localGet(0).memory(0x28, 2, 0));
    exporting.function("size", ":i", new Code().op(0x3F, 0));
    exporting.elements(new Code().i32(0), next);
    exporting.export("memory", ModuleBuilder.MEMORY, 0).export("table", ModuleBuilder.TABLE, 0);
    exporting.export("counter", ModuleBuilder.GLOBAL, counter);

    ModuleBuilder importing = new ModuleBuilder();
    int theirs = importing.importFunction("a", "next", ":i");
    importing.importMemory("a", "memory", 1, 4);
    importing.importTable("a", "table", 'c', 2, 8);
    int global = importing.importGlobal("a", "counter", 'i', true);
    int mine = importing.function("mine", ":i", new Code().i32(5));
    importing.elements(new Code().i32(1), mine);
    importing.function("poke", "ii:", new Code().localGet(0).localGet(1).memory(0x36, 2, 0));
    importing.function("indirect", "i:i", new Code().localGet(0).callIndirect(importing.type(":i"), 0));
    importing.function("theirs", ":i", new Code().call(theirs));
    importing.function("set", "i:", new Code().localGet(0).globalSet(global));
    importing.function("grow", "i:i", new Code().localGet(0).op(0x40, 0));

    try (Module first = ENGINE.compile(exporting.build());
        Module second = ENGINE.compile(importing.build());
        Store store = ENGINE.newStore();
        Store other = ENGINE.newStore()) {
      Instance a = store.instantiate(first, Imports.none());
      Imports imports = Imports.builder().instance("a", a).build();
      Instance b = store.instantiate(second, imports);
      b.function("poke").call(100, 4711);
      assertEquals(4711, a.function("peek").call(100));
      assertEquals(11, b.function("theirs").call());
      assertEquals(12, b.function("indirect").call(0));
      assertEquals(5, b.function("indirect").call(1));
      b.function("set").call(-20);
      assertEquals(-20, a.global("counter").get());
      assertEquals(-19, a.function("next").call());
      assertEquals(1, b.function("grow").call(2));
      assertEquals(3, a.function("size").call());
      b.function("poke").call(3 * 65536 - 4, 1);
      assertEquals(1, a.function("peek").call(3 * 65536 - 4));
      assertThrows(Trap.class, () -> a.function("peek").call(3 * 65536 - 3));
      assertSame(b.function("mine"), a.table("table").get(1));
      assertSame(a.memory("memory").segment(), a.memory("memory").segment());
      assertThrows(LinkException.class, () -> other.instantiate(second, imports));
    }
  }

  @Test
  void globalsMadeInJavaAreShared() {
    ModuleBuilder module = new ModuleBuilder();
    int number = module.importGlobal("host", "number", 'l', true);
    int constant = module.importGlobal("host", "constant", 'i', false);
    int copy = module.global('i', false, new Code().globalGet(constant));
    module.function("add", "l:l", new Code().globalGet(number).localGet(0).op(0x7C).globalSet(number)
        .globalGet(number));
    module.function("copy", ":l", new Code().globalGet(copy).op(0xAD));
    try (Store store = ENGINE.newStore();
        Module compiled = ENGINE.compile(module.build())) {
      Global global = Global.create(store, new GlobalType(ValType.I64, true), 5L);
      Global fixed = Global.create(store, new GlobalType(ValType.I32, false), -1);
      Instance instance =
          store.instantiate(
              compiled, Imports.builder().define("host", "number", global).define("host", "constant", fixed).build());
      assertEquals(7L, instance.function("add").call(2L));
      global.set(100L);
      assertEquals(101L, instance.function("add").call(1L));
      assertEquals(101L, global.get());
      assertEquals(0xFFFF_FFFFL, instance.function("copy").call());
      assertThrows(IllegalStateException.class, () -> fixed.set(1));
    }
  }

  @Test
  void missingAndMismatchingImportsAreNamed() {
    ModuleBuilder module = new ModuleBuilder();
    module.importFunction("host", "missing", "i:i");
    try (Module compiled = ENGINE.compile(module.build())) {
      LinkException missing = assertThrows(LinkException.class, compiled::instantiate);
      assertTrue(missing.getMessage().contains("'host' 'missing'"), missing.getMessage());
      Imports wrong =
          Imports.builder().function("host", "missing", new FuncType(List.of(), List.of()), call -> {}).build();
      LinkException mismatch = assertThrows(LinkException.class, () -> compiled.instantiate(wrong));
      assertTrue(mismatch.getMessage().contains("incompatible import type"), mismatch.getMessage());
    }
  }
}
