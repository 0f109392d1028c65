package dev.gatun.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Allocator;
import dev.gatun.Export;
import dev.gatun.Func;
import dev.gatun.HostCall;
import dev.gatun.Import;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Module;
import dev.gatun.V128;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Objects and interfaces as what modules import. */
final class HostObjectTest {
  /** The environment of most guests here. */
  interface Env {
    int mix(int a, long b, float c, double d);

    boolean not(boolean a);

    V128 vector(V128 a, int b);

    @Nullable Object object(@Nullable Object a);

    Func func(Func a);

    Object[] swap(int a, long b);

    @Import("pair")
    Pair asRecord(boolean a, double b);

    void log(HostCall call, String text, int level);

    int sum(byte[] bytes, MemorySegment segment, ByteBuffer buffer);

    String greeting(@Nullable String name);

    @Import("greeting2")
    byte[] bytes(String name);

    default long twice(long a) {
      return 2 * a;
    }

    static int ignored(char a) {
      return a;
    }
  }

  record Pair(boolean flag, double number) {}

  private static final class Recorder implements Env {
    final List<String> log = new ArrayList<>();

    @Override
    public int mix(int a, long b, float c, double d) {
      return (int) (a + 10 * b + 100 * c + 1000 * d);
    }

    @Override
    public boolean not(boolean a) {
      return !a;
    }

    @Override
    public V128 vector(V128 a, int b) {
      return new V128(a.low() + b, a.high() - b);
    }

    @Override
    public @Nullable Object object(@Nullable Object a) {
      return a;
    }

    @Override
    public Func func(Func a) {
      return a;
    }

    @Override
    public Object[] swap(int a, long b) {
      return a < 0 ? new Object[] {b} : new Object[] {b, a};
    }

    @Override
    public Pair asRecord(boolean a, double b) {
      return new Pair(!a, -b);
    }

    @Override
    public void log(HostCall call, String text, int level) {
      log.add(text + level + (call.instance() == null ? "" : "!"));
    }

    @Override
    public int sum(byte[] bytes, MemorySegment segment, ByteBuffer buffer) {
      int sum = 0;
      for (byte one : bytes) {
        sum += one;
      }
      for (byte one : segment.toArray(ValueLayout.JAVA_BYTE)) {
        sum += 10 * one;
      }
      segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 77);
      return sum + 100 * buffer.getInt();
    }

    @Override
    public String greeting(@Nullable String name) {
      return name == null ? "nobody" : name.isEmpty() ? "" : "hällo " + name;
    }

    @Override
    public byte[] bytes(String name) {
      return name.equals("none") ? null : new byte[name.length()];
    }
  }

  private static final String GUEST =
      """
      (module
        (import "env" "mix" (func $mix (param i32 i64 f32 f64) (result i32)))
        (import "env" "not" (func $not (param i32) (result i32)))
        (import "env" "vector" (func $vector (param v128 i32) (result v128)))
        (import "env" "object" (func $object (param externref) (result externref)))
        (import "env" "func" (func $func (param funcref) (result funcref)))
        (import "env" "swap" (func $swap (param i32 i64) (result i64 i32)))
        (import "env" "pair" (func $pair (param i32 f64) (result i32 f64)))
        (import "env" "log" (func $log (param i32 i32 i32)))
        (import "env" "sum" (func $sum (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "env" "greeting" (func $greeting (param i32 i32) (result i64)))
        (import "env" "greeting2" (func $greeting2 (param i32 i32) (result i32 i32)))
        (import "env" "twice" (func $twice (param i64) (result i64)))
        %s
        (data (i32.const 16) "wörld")
        (data (i32.const 64) "\\01\\02\\03\\04\\05\\06\\07")
        (data (i32.const 80) "none")
        (func (export "mix") (result i32)
          (call $mix (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)))
        (func (export "not") (param i32) (result i32) (call $not (local.get 0)))
        (func (export "vector") (param v128) (result v128) (call $vector (local.get 0) (i32.const 3)))
        (func (export "object") (param externref) (result externref) (call $object (local.get 0)))
        (func (export "func") (param funcref) (result funcref) (call $func (local.get 0)))
        (func (export "swap") (param i32 i64) (result i64 i32) (call $swap (local.get 0) (local.get 1)))
        (func (export "pair") (param i32 f64) (result i32 f64) (call $pair (local.get 0) (local.get 1)))
        (func (export "log") (call $log (i32.const 16) (i32.const 6) (i32.const -3)))
        (func (export "logBeyond") (call $log (i32.const 65535) (i32.const 2) (i32.const -3)))
        (func (export "sum") (result i32)
          (call $sum (i32.const 64) (i32.const 3) (i32.const 65) (i32.const 2) (i32.const 67) (i32.const 4)))
        (func (export "byteAt65") (result i32) (i32.load8_u (i32.const 65)))
        (func (export "greeting") (param i32 i32) (result i64) (call $greeting (local.get 0) (local.get 1)))
        (func (export "greeting2") (param i32 i32) (result i32 i32) (call $greeting2 (local.get 0) (local.get 1)))
        (func (export "twice") (param i64) (result i64) (call $twice (local.get 0))))
      """
          .formatted(Guest.ALLOCATOR);

  interface Exports {
    int mix();

    boolean not(boolean a);

    V128 vector(V128 a);

    @Nullable Object object(@Nullable Object a);

    Func func(Func a);

    Object[] swap(int a, long b);

    Pair pair(boolean a, double b);

    void log();

    void logBeyond();

    int sum();

    int byteAt65();

    @Nullable String greeting(@Nullable String name);

    @Nullable MemorySegment greeting2(String name);

    @Export("greeting2")
    Object[] greetingParts(int address, int length);

    long twice(long a);
  }

  @Test
  void anInterfaceServesAsAModule() {
    Recorder host = new Recorder();
    Imports imports = Imports.builder().object("env", Env.class, host).build();
    try (Module module = Guest.module(GUEST);
        Instance instance = module.instantiate(imports);
        Instance other = module.instantiate(imports)) {
      Exports view = instance.as(Exports.class);
      assertEquals(4321, view.mix());
      assertEquals(4321, other.as(Exports.class).mix());
      assertEquals(false, view.not(true));
      assertEquals(true, view.not(false));
      assertEquals(1, instance.function("not").call(0));
      assertEquals(0, instance.function("not").call(256));
      assertEquals(new V128(8, 6), view.vector(new V128(5, 9)));
      Object token = new Object();
      assertSame(token, view.object(token));
      assertNull(view.object(null));
      Func mix = instance.function("mix");
      assertSame(mix, view.func(mix));
      assertArrayEquals(new Object[] {9L, 8}, view.swap(8, 9));
      assertEquals(
          "the host function returned 1 results; (func (param i32 i64) (result i64 i32)) has 2",
          assertThrows(IllegalStateException.class, () -> view.swap(-1, 9)).getMessage());
      assertEquals(new Pair(false, -2.5), view.pair(true, 2.5));
      view.log();
      assertEquals(List.of("wörld-3!"), host.log);
      assertThrows(IndexOutOfBoundsException.class, view::logBeyond);
      assertEquals(6 + 50 + 100 * 0x07060504, view.sum());
      assertEquals(77, view.byteAt65());
      assertEquals(-8L, view.twice(-4));
    }
  }

  @Test
  void stringsAndBytesAreGivenToTheGuest() {
    Imports imports = Imports.builder().object("env", Env.class, new Recorder()).build();
    try (Instance instance = Guest.instance(GUEST, imports)) {
      Exports view = instance.as(Exports.class);
      assertEquals("hällo wörld", view.greeting("wörld"));
      assertEquals("nobody", view.greeting(null));
      assertEquals("", view.greeting(""));
      assertEquals(0, instance.global("live").get());
      MemorySegment bytes = view.greeting2("four");
      assertArrayEquals(new byte[4], bytes.toArray(ValueLayout.JAVA_BYTE));
      // What a view of memory shows is still the caller's to free.
      assertEquals(1, instance.global("live").get());
      assertArrayEquals(new Object[] {0, 0}, view.greetingParts(80, 4));
      assertNull(view.greeting2("none"));
    }
  }

  // Objects.

  /** Private to the test, with methods that are not to be imported. */
  private static final class Annotated {
    private int calls;

    @Import
    public int next(int a) {
      calls++;
      return a + 1;
    }

    @Import("add")
    public static int sum(int a, int b) {
      return a + b;
    }

    public char other() {
      return 'x';
    }
  }

  private static final String NEXT =
      """
      (module
        (import "env" "next" (func $next (param i32) (result i32)))
        (import "env" "add" (func $add (param i32 i32) (result i32)))
        (func (export "next") (param i32) (result i32) (call $next (call $add (local.get 0) (local.get 0)))))
      """;

  interface Next {
    int next(int a);
  }

  @Test
  void anObjectsAnnotatedMethodsServeAsAModule() {
    Annotated host = new Annotated();
    Imports imports = Imports.builder().object("env", host).build();
    try (Instance instance = Guest.instance(NEXT, imports)) {
      assertEquals(15, instance.as(Next.class).next(7));
      assertEquals(1, host.calls);
    }
    imports = Imports.builder().object(MethodHandles.lookup(), "env", host).build();
    try (Instance instance = Guest.instance(NEXT, imports)) {
      assertEquals(15, instance.as(Next.class).next(7));
    }
  }

  interface Throwing {
    void next() throws IOException;
  }

  @Test
  void whatAHostMethodThrowsPasses() {
    IOException thrown = new IOException("mine");
    Throwing host = () -> {
      throw thrown;
    };
    Imports imports = Imports.builder().object("env", Throwing.class, host).build();
    try (Instance instance = Guest.instance(
        "(import \"env\" \"next\" (func $next)) (func (export \"next\") (call $next))", imports)) {
      Throwing view = instance.as(Throwing.class);
      assertSame(thrown, assertThrows(IOException.class, view::next));
    }
  }

  // Mistakes.

  private interface Overloaded {
    int next(int a);

    long next(long a);
  }

  private static final class NotPublic {
    @Import
    int next(int a) {
      return a;
    }
  }

  @Test
  void objectsThatCantServeAreRefused() {
    Imports.Builder builder = Imports.builder();
    assertTrue(assertThrows(IllegalArgumentException.class, () -> builder.object("env", "text")).getMessage()
        .startsWith("no public method of java.lang.String has the annotation @Import"));
    Overloaded overloaded = new Overloaded() {
      @Override
      public int next(int a) {
        return a;
      }

      @Override
      public long next(long a) {
        return a;
      }
    };
    String message =
        assertThrows(IllegalArgumentException.class, () -> builder.object("env", Overloaded.class, overloaded))
            .getMessage();
    assertTrue(message.contains("stand for 'next': ") && message.contains("long next(long)"), message);
    assertTrue(assertThrows(IllegalArgumentException.class, () -> builder.object("env", new NotPublic())).getMessage()
        .endsWith("has the annotation @Import but is not public"));
  }

  private static String linkError(String imported, Imports imports) {
    return assertThrows(
        LinkException.class, () -> Guest.instance("(import \"env\" " + imported + ")", imports)).getMessage();
  }

  @Test
  void aMismatchNamesBothSignatures() {
    Imports imports = Imports.builder().object("env", Env.class, new Recorder()).build();
    assertEquals(
        "incompatible import type: 'env' 'not': expected (func (param i64)), found: boolean not(boolean) is"
            + " (func (param i32) (result i32))",
        linkError("\"not\" (func (param i64))", imports));
    assertEquals(
        "incompatible import type: 'env' 'not': expected (global i32), found: boolean not(boolean) is"
            + " (func (param i32) (result i32))",
        linkError("\"not\" (global i32)", imports));
    // Without a memory there are no strings.
    assertTrue(linkError("\"log\" (func (param i32 i32 i32))", imports).contains("void log(String, int) is"));
    assertTrue(
        linkError("\"greeting\" (func (param i32 i32) (result i64))) (memory 1", imports)
            .contains("String greeting(String) returns what must lie in the guest's memory, but the module exports no"
                + " allocator"));
    assertTrue(linkError("\"absent\" (func)", imports).startsWith("unknown import: 'env' 'absent'"));
  }

  @Allocator(allocate = "get")
  interface Named {
    String greeting();
  }

  @Test
  void theAllocatorIsNamedByTheInterface() {
    Named host = () -> "text";
    String guest =
        """
        (import "env" "greeting" (func $greeting (result i64)))
        (memory i64 1)
        """;
    Imports imports = Imports.builder().object("env", Named.class, host).build();
    assertTrue(assertThrows(LinkException.class, () -> Guest.instance(guest, imports)).getMessage()
        .contains("expected (func (result i64)), found: String greeting() is (func (result i64 i64))"));
    String wide =
        """
        (import "env" "greeting" (func $greeting (result i64 i64)))
        (memory i64 1)
        (func (export "get") (param i64) (result i64) (i64.const 4096))
        (func (export "length") (result i64) (call $greeting) (return))
        """
            .replace("(call $greeting) (return)", "(local i64) (call $greeting) (local.set 0) (drop) (local.get 0)");
    try (Instance instance = Guest.instance(wide, imports)) {
      assertEquals(4L, instance.function("length").call());
    }
  }

  // Method handles, which came before.

  @SuppressWarnings("unused")
  private static Integer boxed(Integer a) {
    return a + 1;
  }

  @SuppressWarnings("unused")
  private static int variable(int... numbers) {
    return numbers.length;
  }

  @Test
  void aHandlesTypeIsConverted() throws Exception {
    Imports imports =
        Imports.builder()
            .function(
                "env",
                "next",
                MethodHandles.lookup()
                    .findStatic(HostObjectTest.class, "boxed", MethodType.methodType(Integer.class, Integer.class))
                    .asType(MethodType.methodType(int.class, int.class)))
            .function(
                "env",
                "add",
                MethodHandles.lookup()
                    .findStatic(HostObjectTest.class, "variable", MethodType.methodType(int.class, int[].class))
                    .asType(MethodType.methodType(int.class, int.class, int.class)))
            .build();
    try (Instance instance = Guest.instance(NEXT, imports)) {
      assertEquals(3, instance.as(Next.class).next(7));
    }
  }
}
