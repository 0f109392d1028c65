package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.EngineStatistics;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.ModuleStatistics;
import dev.gatun.Store;
import dev.gatun.StoreStatistics;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import dev.gatun.text.TextFormat;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What engines, modules and stores count. */
final class StatisticsTest {
  private static final byte[] WASM =
      TextFormat.parse(
          """
          (module
            (memory (export "memory") 1 3)
            (func (export "divide") (param i32 i32) (result i32)
              local.get 0  local.get 1  i32.div_s)
            (func (export "grow") (param i32) (result i32)  local.get 0  memory.grow)
            (func (export "unreachable")  unreachable)
            (func (export "spin")  loop  br 0  end))
          """);

  @Test
  void aNewEngineHasCountedNothing() {
    try (Engine engine = Engine.create()) {
      assertEquals(
          new EngineStatistics(0, 0, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0, Map.of(), 0), engine.statistics());
    }
  }

  @Test
  void codeIsCountedFunctionByFunctionAndOffWithItsModule() {
    try (Engine engine = Engine.create()) {
      Module module = engine.compile(WASM);
      assertEquals(1, engine.statistics().modulesCompiled());
      assertEquals(1, engine.statistics().liveModules());
      assertEquals(0, engine.statistics().functionsCompiled());
      assertEquals(new ModuleStatistics(4, 0, 0, WASM.length, 0, Duration.ZERO), module.statistics());
      Instance instance = module.instantiate();
      instance.function("divide").call(1, 1);
      instance.function("divide").call(1, 1);
      assertEquals(1, engine.statistics().functionsCompiled());
      instance.function("grow").call(0);
      EngineStatistics now = engine.statistics();
      assertEquals(2, now.functionsCompiled());
      assertEquals(module.codeSize(), now.codeBytes());
      assertTrue(now.codeBytes() > 0);
      assertTrue(now.compileTime().isPositive());
      assertEquals(
          new ModuleStatistics(4, 2, 0, WASM.length, module.codeSize(), now.compileTime()), module.statistics());
      module.close();
      assertEquals(1, engine.statistics().liveModules(), "the instance keeps the code");
      instance.close();
      assertEquals(0, engine.statistics().liveModules());
      assertEquals(0, engine.statistics().codeBytes());
      assertEquals(1, engine.statistics().modulesCompiled());
      assertEquals(2, engine.statistics().functionsCompiled());
    }
  }

  @Test
  void instancesAndMemoriesAreCountedOffWithTheirStore() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(WASM)) {
      Store store = engine.newStore();
      Instance instance = store.instantiate(module, Imports.none());
      store.instantiate(module, Imports.none());
      assertEquals(2, engine.statistics().instancesCreated());
      assertEquals(2, engine.statistics().liveInstances());
      assertEquals(2, engine.statistics().memories());
      assertEquals(2 << 16, engine.statistics().memoryCommitted());
      long reserved = engine.statistics().memoryReserved();
      assertTrue(reserved >= 6 << 16, "at least what they may grow to: " + reserved);
      instance.function("grow").call(2);
      assertEquals(4 << 16, engine.statistics().memoryCommitted());
      assertEquals(new StoreStatistics(2, 2, reserved, 4 << 16, 0, 0, 0, 0), store.statistics());
      store.close();
      EngineStatistics after = engine.statistics();
      assertEquals(2, after.instancesCreated());
      assertEquals(0, after.liveInstances());
      assertEquals(0, after.memories());
      assertEquals(0, after.memoryReserved());
      assertEquals(0, after.memoryCommitted());
      assertThrows(IllegalStateException.class, store::statistics);
    }
  }

  @Test
  void aSharedMemoryCountsOnceAndUntilItsLastStoreIsClosed() {
    byte[] importing = TextFormat.parse("(module (import \"m\" \"memory\" (memory 1 2 shared)))");
    byte[] exporting = TextFormat.parse("(module (memory (export \"memory\") 1 2 shared))");
    try (Engine engine = Engine.create();
        Module owner = engine.compile(exporting);
        Module user = engine.compile(importing)) {
      Instance first = owner.instantiate();
      Memory memory = first.memory("memory");
      Instance second = user.instantiate(Imports.builder().define("m", "memory", memory).build());
      assertEquals(1, engine.statistics().memories());
      assertEquals(1 << 16, second.store().statistics().memoryCommitted());
      first.close();
      assertEquals(1, engine.statistics().memories());
      second.close();
      assertEquals(0, engine.statistics().memories());
    }
  }

  @Test
  void anInstanceThatCouldNotBeMadeIsNone() {
    byte[] failing = TextFormat.parse("(module (func $start unreachable) (start $start))");
    byte[] unlinked = TextFormat.parse("(module (import \"a\" \"b\" (func)) (memory 1))");
    try (Engine engine = Engine.create();
        Module first = engine.compile(failing);
        Module second = engine.compile(unlinked)) {
      assertThrows(Trap.class, first::instantiate);
      assertThrows(WasmException.class, second::instantiate);
      assertEquals(0, engine.statistics().instancesCreated());
      assertEquals(0, engine.statistics().liveInstances());
      assertEquals(0, engine.statistics().memories());
      assertEquals(Map.of(Trap.Kind.UNREACHABLE, 1L), engine.statistics().traps());
    }
  }

  @Test
  void trapsAreCountedByKind() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate();
        Instance other = module.instantiate()) {
      for (int i = 0; i < 3; i++) {
        assertThrows(Trap.class, () -> instance.function("divide").call(1, 0));
      }
      assertThrows(Trap.class, () -> other.function("unreachable").call());
      assertEquals(
          Map.of(Trap.Kind.INTEGER_DIVIDE_BY_ZERO, 3L, Trap.Kind.UNREACHABLE, 1L), engine.statistics().traps());
      assertEquals(3, instance.store().statistics().traps());
      assertEquals(1, other.store().statistics().traps());
      assertThrows(UnsupportedOperationException.class, () -> engine.statistics().traps().clear());
    }
  }

  @Test
  void anInterruptionCountsOnceUntilItHasHappened() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate()) {
      instance.store().interrupt();
      instance.store().interrupt();
      assertEquals(1, engine.statistics().interruptions());
      assertThrows(Trap.class, () -> instance.function("spin").call());
      assertEquals(Map.of(Trap.Kind.INTERRUPTED, 1L), engine.statistics().traps());
      instance.store().interrupt();
      assertThrows(Trap.class, () -> instance.function("spin").call());
      assertEquals(2, engine.statistics().interruptions());
      assertEquals(2, instance.store().statistics().interruptions());
    }
  }
}
