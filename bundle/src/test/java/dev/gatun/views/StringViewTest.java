package dev.gatun.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Allocator;
import dev.gatun.BindingException;
import dev.gatun.Borrowed;
import dev.gatun.Export;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Strings and bytes through views: copied in, copied out, and every block freed once. */
final class StringViewTest {
  private static final String TEXTS =
      """
      (module
        (import "env" "fail" (func $fail))
        %s
        (data (i32.const 16) "constant")
        (func (export "length") (param i32 i32) (result i32) (local.get 1))
        (func (export "address") (param i32 i32) (result i32) (local.get 0))
        (func (export "first") (param i32 i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "twice") (param i32 i32) (result i64)
          (local $to i32) (local $size i32)
          (local.set $size (i32.mul (local.get 1) (i32.const 2)))
          (local.set $to (call $malloc (local.get $size)))
          (memory.copy (local.get $to) (local.get 0) (local.get 1))
          (memory.copy (i32.add (local.get $to) (local.get 1)) (local.get 0) (local.get 1))
          (i64.or (i64.shl (i64.extend_i32_u (local.get $to)) (i64.const 32)) (i64.extend_i32_u (local.get $size))))
        (func (export "same") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))
        (func (export "tail") (param i32 i32) (result i32 i32)
          (i32.add (local.get 0) (i32.const 1)) (i32.sub (local.get 1) (i32.const 1)))
        (func (export "constant") (result i64) (i64.const 0x10_0000_0008))
        (func (export "beyond") (result i64) (i64.const 0xffff_0000_0000))
        (func (export "huge") (result i32 i32) (i32.const -1) (i32.const -1))
        (func (export "join") (param i32 i32 i64 i32 i32 f64) (result i32 i32)
          (local $to i32)
          (local.set $to (call $malloc (i32.add (local.get 1) (local.get 4))))
          (memory.copy (local.get $to) (local.get 0) (local.get 1))
          (memory.copy (i32.add (local.get $to) (local.get 1)) (local.get 3) (local.get 4))
          (i32.store8 (local.get $to) (i32.wrap_i64 (local.get 2)))
          (local.get $to) (i32.add (local.get 1) (local.get 4)))
        (func (export "trap") (param i32 i32) unreachable)
        (func (export "fail") (param i32 i32) (call $fail))
        (func (export "extern") (param externref) (result externref) (local.get 0)))
      """
          .formatted(Guest.ALLOCATOR);

  private static Instance texts(Runnable fail) {
    return Guest.instance(
        TEXTS,
        Imports.builder().function("env", "fail", new FuncType(List.of(), List.of()), call -> fail.run()).build());
  }

  private static Instance texts() {
    return texts(() -> {});
  }

  interface Texts {
    int length(@Nullable String text);

    int address(@Nullable String text);

    @Export("address")
    int addressOf(MemorySegment segment);

    int first(String text);

    @Nullable String twice(String text);

    @Export("twice")
    byte[] twice(byte[] bytes);

    @Export("twice")
    MemorySegment twice(MemorySegment bytes);

    @Export("twice")
    ByteBuffer twice(ByteBuffer bytes);

    @Nullable String same(@Nullable String text);

    String tail(String text);

    @Borrowed
    String constant();

    @Export("constant")
    MemorySegment constantView();

    @Export("constant")
    String notBorrowed();

    @Borrowed
    String beyond();

    byte[] huge();

    String join(String first, long firstByte, byte[] second, double ignored);

    void trap(String text);

    void fail(String text);

    @Export("extern")
    String reference(String text);
  }

  private static int live(Instance instance) {
    return (int) instance.global("live").get();
  }

  @Test
  void stringsAndBytesArePassedAndFreed() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      assertEquals(6, view.length("aßc€".substring(0, 3) + "12"));
      assertEquals('x', view.first("xyz"));
      assertEquals("häha".repeat(2), view.twice("häha"));
      assertArrayEquals(new byte[] {1, -2, 1, -2}, view.twice(new byte[] {1, -2}));
      assertEquals("Xbcdefg", view.join("abc", 'X', "defg".getBytes(StandardCharsets.UTF_8), 0.5));
      assertEquals(0, live(instance));
      String text = new String("as a reference");
      assertSame(text, view.reference(text));
    }
  }

  @Test
  void anArgumentThatIsReturnedIsFreedOnce() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      assertEquals("some", view.same("some"));
      assertEquals("ome", view.tail("some"));
      assertEquals("", view.tail("s"));
      assertEquals(0, live(instance));
    }
  }

  @Test
  void nothingIsNullAndWhatIsEmptyHasAnAddress() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      assertEquals(0, view.length(null));
      assertEquals(0, view.address(null));
      assertEquals(0, view.length(""));
      assertTrue(view.address("") >= 1024);
      assertNull(view.same(null));
      assertEquals("", view.same(""));
      assertEquals(0, live(instance));
    }
  }

  @Test
  void viewsOfTheGuestsMemoryAreNotCopied() {
    try (Instance instance = texts();
        Arena arena = Arena.ofConfined()) {
      Texts view = instance.as(Texts.class);
      MemorySegment memory = instance.memory("memory").segment();
      assertEquals(100, view.addressOf(memory.asSlice(100, 5)));
      assertEquals(65536, view.addressOf(memory.asSlice(65536)));
      assertTrue(view.addressOf(MemorySegment.ofArray(new byte[] {1, 2})) >= 1024);
      assertTrue(view.addressOf(arena.allocate(5)) >= 1024);
      MemorySegment closed;
      try (Arena brief = Arena.ofConfined()) {
        closed = memory.asSlice(100, 5).reinterpret(brief, null);
        assertEquals(100, view.addressOf(closed));
      }
      assertThrows(IllegalStateException.class, () -> view.addressOf(closed));
      assertEquals(0, live(instance));
      MemorySegment constant = view.constantView();
      assertEquals(memory.address() + 16, constant.address());
      assertEquals(8, constant.byteSize());
      MemorySegment twice = view.twice(memory.asSlice(16, 2));
      assertEquals("coco", StandardCharsets.UTF_8.decode(twice.asByteBuffer()).toString());
      assertEquals(1, live(instance));
      ByteBuffer buffer = view.twice(ByteBuffer.wrap(new byte[] {9, 1, 0, 0, 0, 9}, 1, 4).slice());
      assertEquals(8, buffer.remaining());
      assertEquals(1, buffer.getInt());
      instance.memory("memory").segment().set(ValueLayout.JAVA_BYTE, 16, (byte) 'K');
      assertEquals("Konstant", view.constant());
    }
  }

  @Test
  void whatIsBorrowedIsNotFreed() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      assertEquals("constant", view.constant());
      assertEquals("constant", view.constant());
      assertEquals(0, live(instance));
      // The guest's free refuses what it did not allocate.
      assertThrows(Trap.class, view::notBorrowed);
    }
  }

  @Test
  void aResultBeyondTheMemoryIsRefused() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      assertThrows(IndexOutOfBoundsException.class, view::huge);
      assertThrows(IndexOutOfBoundsException.class, () -> instance.as(Beyond.class).beyond());
      assertEquals("constant", view.constant());
    }
  }

  interface Beyond {
    @Export("huge")
    @Borrowed
    String beyond();
  }

  @Test
  void aGuestWithoutMemoryLeftIsNamed() {
    try (Instance instance = texts()) {
      Texts view = instance.as(Texts.class);
      WasmException e = assertThrows(WasmException.class, () -> view.join("a", 1, new byte[40000], 0));
      assertEquals("the guest has no memory left: 'malloc' returned 0 for 40000 bytes", e.getMessage());
      assertEquals(0, live(instance));
    }
  }

  @Test
  void argumentsAreFreedAfterAnExceptionButNotAfterATrap() {
    IllegalStateException thrown = new IllegalStateException("mine");
    try (Instance instance = texts(() -> {
      throw thrown;
    })) {
      Texts view = instance.as(Texts.class);
      assertSame(thrown, assertThrows(IllegalStateException.class, () -> view.fail("text")));
      assertEquals(0, live(instance));
      assertThrows(Trap.class, () -> view.trap("text"));
      assertEquals(1, live(instance));
    }
  }

  // Other allocators.

  private static final String REALLOC =
      """
      (module
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (global (export "live") (mut i32) (i32.const 0))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
          (local $at i32)
          (if (i32.or (local.get 0) (i32.or (local.get 1) (i32.ne (local.get 2) (i32.const 1)))) (then unreachable))
          (local.set $at (global.get $top))
          (global.set $top (i32.add (global.get $top) (local.get 3)))
          (local.get $at))
        (func (export "same") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))
      """;

  interface Same {
    String same(String text);
  }

  @Test
  void theCanonicalAbisAllocatorServes() {
    try (Instance instance = Guest.instance(REALLOC)) {
      assertEquals("text", instance.as(Same.class).same("text"));
      assertEquals("more", instance.as(Same.class).same("more"));
    }
  }

  private static final String SIZED =
      """
      (module
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (global $freed (export "freed") (mut i32) (i32.const 0))
        (func (export "get") (param i32 i32) (result i32)
          (local $at i32)
          (if (i32.ne (local.get 1) (i32.const 1)) (then unreachable))
          (local.set $at (global.get $top))
          (global.set $top (i32.add (global.get $top) (local.get 0)))
          (local.get $at))
        (func (export "put") (param i32 i32 i32)
          (if (i32.ne (local.get 2) (i32.const 1)) (then unreachable))
          (global.set $freed (i32.add (global.get $freed) (local.get 1))))
        (func (export "same") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))
      """;

  @Allocator(allocate = "get", free = "put")
  interface SizedSame {
    String same(String text);
  }

  @Test
  void anAllocatorIsNamedByAnAnnotation() {
    try (Instance instance = Guest.instance(SIZED)) {
      SizedSame view = instance.as(SizedSame.class);
      assertEquals("text", view.same("text"));
      assertEquals(4, instance.global("freed").get());
      BindingException e = assertThrows(BindingException.class, () -> instance.as(Same.class));
      assertTrue(e.getMessage().contains("the module exports no allocator (malloc and free, cabi_realloc, "),
          e.getMessage());
      assertTrue(e.getMessage().contains("@Allocator"), e.getMessage());
    }
  }

  @Allocator(allocate = "same")
  interface WrongAllocator {
    String same(String text);
  }

  @Allocator(allocate = "get", free = "get")
  interface WrongFree {
    String same(String text);
  }

  @Allocator(allocate = "none")
  interface NoAllocator {
    String same(String text);
  }

  @Test
  void anAllocatorOfAnotherTypeIsRefused() {
    try (Instance instance = Guest.instance(SIZED)) {
      String message = assertThrows(BindingException.class, () -> instance.as(WrongAllocator.class)).getMessage();
      assertTrue(message.contains("'same' is (func (param i32 i32) (result i32 i32)); to allocate by, it must take"),
          message);
      message = assertThrows(BindingException.class, () -> instance.as(WrongFree.class)).getMessage();
      assertTrue(message.contains("'get' is (func (param i32 i32) (result i32)); to free by, it must"), message);
      message = assertThrows(BindingException.class, () -> instance.as(NoAllocator.class)).getMessage();
      assertTrue(message.contains("exports no function 'none' to allocate by"), message);
    }
  }

  interface NoMemory {
    int length(String text);
  }

  @Test
  void aModuleWithoutMemoryTakesNoStrings() {
    try (Instance instance = Guest.instance(
        "(func (export \"length\") (param i32 i32) (result i32) (local.get 1))")) {
      assertThrows(BindingException.class, () -> instance.as(NoMemory.class));
    }
  }

  private static final String WIDE =
      """
      (module
        (memory (export "memory") i64 1)
        (global $top (mut i64) (i64.const 1024))
        (global $freed (export "freed") (mut i64) (i64.const 0))
        (func (export "malloc") (param i64) (result i64)
          (local $at i64)
          (local.set $at (global.get $top))
          (global.set $top (i64.add (global.get $top) (local.get 0)))
          (local.get $at))
        (func (export "free") (param i64)
          (global.set $freed (i64.add (global.get $freed) (i64.const 1))))
        (func (export "last") (param i64 i64) (result i32)
          (i32.load8_u (i64.add (local.get 0) (i64.sub (local.get 1) (i64.const 1)))))
        (func (export "join") (param i64 i64 i32 i64 i64) (result i64 i64)
          (local.get 0) (i64.add (local.get 1) (local.get 4)))
        (func (export "packed") (result i64) (i64.const 0)))
      """;

  interface Wide {
    int last(String text);

    String join(String first, int ignored, byte[] second);
  }

  interface WidePacked {
    String packed();
  }

  @Test
  void addressesMayHave64Bits() {
    try (Instance instance = Guest.instance(WIDE)) {
      Wide view = instance.as(Wide.class);
      assertEquals('t', view.last("text"));
      assertEquals(1L, instance.global("freed").get());
      assertEquals("textual", view.join("text", 0, "ual".getBytes(StandardCharsets.UTF_8)));
      assertEquals(3L, instance.global("freed").get());
      assertThrows(BindingException.class, () -> instance.as(WidePacked.class));
    }
  }
}
