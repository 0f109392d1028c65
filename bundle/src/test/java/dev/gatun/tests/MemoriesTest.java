package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Engine.BoundsChecks;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.TableType;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several memories of an instance: each has its own kind, size, contents and limits, whoever made it. */
final class MemoriesTest {
  private static final int I32_LOAD = 0x28;
  private static final int I32_STORE = 0x36;
  private static final int MEMORY_SIZE = 0x3F;
  private static final int MEMORY_GROW = 0x40;

  private static final char[] ADDRESS_TYPES = {'i', 'l', 'i', 'l', 'i'};
  private static final int[] PAGE_SIZES_LOG2 = {16, 16, 0, 0, 16};

  private static Object operand(int memory, long value) {
    return ADDRESS_TYPES[memory] == 'l' ? (Object) value : (Object) (int) value;
  }

  private static void accessors(ModuleBuilder module) {
    for (int i = 0; i < ADDRESS_TYPES.length; i++) {
      char type = ADDRESS_TYPES[i];
      module.export("memory" + i, ModuleBuilder.MEMORY, i);
      module.function("load" + i, type + ":i", new Code().localGet(0).memory(I32_LOAD, 0, i, 0));
      module.function("store" + i, type + "i:", new Code().localGet(0).localGet(1).memory(I32_STORE, 0, i, 0));
      module.function("size" + i, ":" + type, new Code().op(MEMORY_SIZE, i));
      // An access after the growth, in the function that grows.
      module.function(
          "grow" + i,
          "" + type + type + ":" + type + "i",
          new Code().localGet(0).op(MEMORY_GROW, i).localGet(1).memory(I32_LOAD, 0, i, 0));
    }
  }

  private static void checkAll(Instance instance, int rounds) {
    long[] pages = new long[ADDRESS_TYPES.length];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = instance.memory("memory" + i).pages();
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < pages.length; i++) {
        long delta = PAGE_SIZES_LOG2[i] == 0 ? 30_001 : 1;
        long end = pages[i] + delta << PAGE_SIZES_LOG2[i];
        Object last = operand(i, end - 4);
        String load = "load" + i;
        Trap trap = assertThrows(Trap.class, () -> instance.function(load).call(last));
        assertEquals(Trap.Kind.MEMORY_OUT_OF_BOUNDS, trap.kind());
        Object[] results = (Object[]) instance.function("grow" + i).call(operand(i, delta), last);
        assertEquals(operand(i, pages[i]), results[0]);
        assertEquals(0, results[1]);
        pages[i] += delta;
        instance.function("store" + i).call(last, 1000 * i + round);
      }
    }
    for (int i = 0; i < pages.length; i++) {
      assertEquals(operand(i, pages[i]), instance.function("size" + i).call());
      Memory memory = instance.memory("memory" + i);
      assertEquals(pages[i] << PAGE_SIZES_LOG2[i], memory.byteSize());
      assertEquals(1000 * i + rounds - 1, memory.readInt(memory.byteSize() - 4));
    }
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void growApart(BoundsChecks bounds) {
    ModuleBuilder module = new ModuleBuilder();
    for (int i = 0; i < ADDRESS_TYPES.length; i++) {
      module.memory(ADDRESS_TYPES[i], PAGE_SIZES_LOG2[i], 1 + i, ModuleBuilder.NO_MAXIMUM);
    }
    accessors(module);
    try (Instance instance = Engine.builder().boundsChecks(bounds).build().compile(module.build()).instantiate()) {
      checkAll(instance, 20);
    }
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void canBeImportedFromJavaAndShared(BoundsChecks bounds) {
    ModuleBuilder module = new ModuleBuilder();
    for (int i = 0; i < ADDRESS_TYPES.length; i++) {
      module.importMemory("host", "m" + i, ADDRESS_TYPES[i], PAGE_SIZES_LOG2[i], 1, ModuleBuilder.NO_MAXIMUM);
    }
    accessors(module);
    try (Engine engine = Engine.builder().boundsChecks(bounds).build();
        Store store = engine.newStore()) {
      Imports.Builder imports = Imports.builder();
      for (int i = 0; i < ADDRESS_TYPES.length; i++) {
        ValType type = ADDRESS_TYPES[i] == 'l' ? ValType.I64 : ValType.I32;
        imports.define(
            "host",
            "m" + i,
            Memory.create(store, new MemoryType(2, OptionalLong.empty(), type, false, 1 << PAGE_SIZES_LOG2[i])));
      }
      var compiled = engine.compile(module.build());
      Instance first = store.instantiate(compiled, imports.build());
      Instance second = store.instantiate(compiled, imports.build());
      checkAll(first, 5);
      checkAll(second, 5);
      checkAll(first, 5);
    }
  }

  @Test
  void codeThatReliesOnGuardPagesRefusesAMemoryWithoutThem() {
    ModuleBuilder importing = new ModuleBuilder();
    importing.importMemory("host", "memory", 1, ModuleBuilder.NO_MAXIMUM);
    importing.function("load", "i:i", new Code().localGet(0).memory(I32_LOAD, 0, 0));
    byte[] bytes = importing.build();
    Engine guarded = Engine.builder().boundsChecks(BoundsChecks.GUARD_PAGES).build();
    Engine explicit = Engine.builder().boundsChecks(BoundsChecks.EXPLICIT).build();
    try (Store store = explicit.newStore()) {
      Imports imports =
          Imports.builder()
              .define("host", "memory", Memory.create(store, new MemoryType(1, OptionalLong.empty())))
              .build();
      assertThrows(LinkException.class, () -> store.instantiate(guarded.compile(bytes), imports));
      assertEquals(0, store.instantiate(explicit.compile(bytes), imports).function("load").call(65532));
    }
    try (Store store = guarded.newStore()) {
      Imports imports =
          Imports.builder()
              .define("host", "memory", Memory.create(store, new MemoryType(1, OptionalLong.empty())))
              .build();
      Instance instance = store.instantiate(explicit.compile(bytes), imports);
      assertEquals(0, instance.function("load").call(65532));
      assertThrows(Trap.class, () -> instance.function("load").call(65533));
    }
  }

  @Test
  void sizesBeyondWhatCanBeHadAreRefusedCleanly() {
    ModuleBuilder module = new ModuleBuilder();
    module.memory('l', 16, 1, ModuleBuilder.NO_MAXIMUM);
    module.function("grow", "l:l", new Code().localGet(0).op(MEMORY_GROW, 0));
    module.wideTable('c', 3, ModuleBuilder.NO_MAXIMUM);
    module.function("growTable", "l:l", new Code().raw(0xD0, 0x70).localGet(0).misc(15, 0));
    module.function("size", ":l", new Code().misc(16, 0));
    module.function("get", "l:c", new Code().localGet(0).op(0x25, 0));
    try (Instance instance = Engine.create().compile(module.build()).instantiate()) {
      for (long delta : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 48, (1L << 48) - 1, 1L << 32}) {
        assertEquals(-1L, instance.function("grow").call(delta));
        assertEquals(-1L, instance.function("growTable").call(delta));
        assertThrows(Trap.class, () -> instance.function("get").call(delta));
      }
      assertEquals(1L, instance.function("grow").call(1L));
      assertEquals(3L, instance.function("growTable").call(2L));
      assertEquals(5L, instance.function("size").call());
    }
    ModuleBuilder large = new ModuleBuilder();
    large.memory('l', 16, 1L << 48, ModuleBuilder.NO_MAXIMUM);
    byte[] bytes = large.build();
    RuntimeException refused =
        assertThrows(RuntimeException.class, () -> Engine.create().compile(bytes).instantiate());
    assertTrue(refused.getMessage().contains("linear memory"), refused.getMessage());
  }

  @Test
  void typesSayWhatTheMemoryIs() {
    try (Store store = Engine.create().newStore()) {
      MemoryType type = new MemoryType(5, OptionalLong.of(9), ValType.I64, false, 1);
      Memory memory = Memory.create(store, type);
      assertEquals(type, memory.type());
      assertEquals(5, memory.grow(4));
      assertEquals(-1, memory.grow(1));
      assertEquals(9, memory.byteSize());
      memory.writeByte(8, (byte) 3);
      assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(9));
      assertEquals("(memory i64 9 9 (pagesize 1))", memory.type().toString());
      TableType table = new TableType(ValType.FUNCREF, 2, OptionalLong.of(4), ValType.I64);
      assertEquals(table, Table.create(store, table).type());
      assertThrows(
          IllegalArgumentException.class, () -> new MemoryType(1, OptionalLong.empty(), ValType.I32, false, 4096));
      assertThrows(
          IllegalArgumentException.class, () -> Memory.create(store, new MemoryType(65537, OptionalLong.empty())));
    }
  }

  /** An offset in an i32 is unsigned, even in the upper half of a memory of 4 GiB. */
  @Test
  void segmentsBeginAnywhere() {
    ModuleBuilder module = new ModuleBuilder();
    int at = module.importGlobal("host", "at", 'i', false);
    module.memory(1, 1);
    module.memory(65536, 65536);
    module.memory('l', 0, 7, 7);
    module.export("large", ModuleBuilder.MEMORY, 1);
    module.export("small", ModuleBuilder.MEMORY, 2);
    module.dataOf(1, new Code().globalGet(at), new byte[] {1, 2, 3});
    module.dataOf(2, new Code().i64(4), new byte[] {4, 5, 6});
    try (Engine engine = Engine.create();
        Store store = engine.newStore()) {
      var compiled = engine.compile(module.build());
      ModuleBuilder exporting = new ModuleBuilder();
      exporting.export("at", ModuleBuilder.GLOBAL, exporting.global('i', false, new Code().i32(-3)));
      Instance host = store.instantiate(engine.compile(exporting.build()), Imports.none());
      Instance instance = store.instantiate(compiled, Imports.builder().instance("host", host).build());
      assertEquals(3, instance.memory("large").readByte(0xffff_ffffL));
      assertEquals(6, instance.memory("small").readByte(6));
    }
  }
}
