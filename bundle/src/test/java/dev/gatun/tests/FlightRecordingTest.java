package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Deadline;
import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder gets to know of the engine's work. */
final class FlightRecordingTest {
  private static final String PREFIX = "dev.gatun.";

  private static final byte[] WASM =
      TextFormat.parse(
          """
          (module $observed
            (memory (export "memory") 1 3)
            (func $divide (export "divide") (param i32 i32) (result i32)
              local.get 0  local.get 1  i32.div_s)
            (func (export "grow") (param i32) (result i32)  local.get 0  memory.grow)
            (func (export "fill") (param i32)
              i32.const 65000  i32.const 1  local.get 0  memory.fill)
            (func $spin (export "spin")  loop  br 0  end))
          """);

  @TempDir private Path folder;

  /** The part of a test that is recorded. */
  private interface Work {
    void run() throws Exception;
  }

  private List<RecordedEvent> record(Map<String, String> settings, Work work) throws Exception {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.setSettings(settings);
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> found = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (event.getEventType().getName().startsWith(PREFIX)) {
        found.add(event);
      }
    }
    return found;
  }

  private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
    return events.stream().filter(event -> event.getEventType().getName().equals(PREFIX + name)).toList();
  }

  private static RecordedEvent single(String name, List<RecordedEvent> events) {
    List<RecordedEvent> found = named(name, events);
    assertEquals(1, found.size(), name + " in " + events);
    return found.getFirst();
  }

  @Test
  void aModuleAndEachOfItsFunctions() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(PREFIX + "FunctionCompiled#threshold", "0 ns"),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate()) {
                assertEquals(3, instance.function("divide").call(7, 2));
                assertEquals(3, instance.function("divide").call(7, 2));
                assertEquals(1, instance.function("grow").call(0));
              }
            });
    RecordedEvent module = single("ModuleCompiled", events);
    assertEquals("observed", module.getString("module"));
    assertEquals(WASM.length, module.getLong("wasmSize"));
    assertEquals(4, module.getInt("functions"));
    assertEquals(0, module.getLong("codeSize"), "compiled lazily");
    assertTrue(module.getDuration().isPositive());
    assertNotNull(module.getStackTrace());

    List<RecordedEvent> functions = named("FunctionCompiled", events);
    assertEquals(2, functions.size(), events.toString());
    RecordedEvent divide = functions.getFirst();
    assertEquals("observed", divide.getString("module"));
    assertEquals(module.getLong("moduleId"), divide.getLong("moduleId"));
    assertEquals(0, divide.getInt("functionIndex"));
    assertEquals("divide", divide.getString("function"));
    assertEquals(7, divide.getLong("wasmSize"));
    assertTrue(divide.getLong("codeSize") > 8);
    assertTrue(divide.getLong("codeAddress") != 0);
    assertTrue(divide.getDuration().isPositive());
    assertEquals("grow", functions.get(1).getString("function"), "the name of its export");
    assertEquals(1, functions.get(1).getInt("functionIndex"));
  }

  @Test
  void functionsAreRecordedOnlyIfTheyTakeLong() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.builder().compilation(Engine.Compilation.EAGER).build();
                  Module module = engine.compile(WASM)) {
                assertTrue(module.codeSize() > 0);
              }
            });
    assertTrue(single("ModuleCompiled", events).getLong("codeSize") > 0, "compiled eagerly");
    for (RecordedEvent event : named("FunctionCompiled", events)) {
      assertTrue(event.getDuration().toMillis() >= 10, event.toString());
    }
  }

  @Test
  void anInstanceFromItsMakingToTheCloseOfItsStore() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM)) {
                module.instantiate().close();
                try (Store store = engine.newStore()) {
                  store.instantiate(module, dev.gatun.Imports.none());
                  store.instantiate(module, dev.gatun.Imports.none());
                }
              }
            });
    List<RecordedEvent> created = named("InstanceCreated", events);
    List<RecordedEvent> closed = named("InstanceClosed", events);
    assertEquals(3, created.size());
    assertEquals(3, closed.size());
    for (RecordedEvent event : created) {
      assertEquals("observed", event.getString("module"));
      assertEquals(65536, event.getLong("memorySize"));
      assertTrue(event.getDuration().isPositive());
    }
    for (RecordedEvent event : closed) {
      assertFalse(event.getBoolean("dropped"));
      assertTrue(event.getDuration("lifetime").isPositive());
    }
    Map<Long, Integer> instances = new TreeMap<>();
    closed.forEach(event -> instances.merge(event.getLong("storeId"), 1, Integer::sum));
    assertEquals(List.of(1, 2), List.copyOf(instances.values()));
    assertEquals(created.getFirst().getLong("storeId"), closed.getFirst().getLong("storeId"));
  }

  @Test
  void aDroppedInstanceIsClosedByTheCleaner() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM)) {
                drop(module);
                for (int i = 0; i < 1000 && engine.statistics().liveInstances() > 0; i++) {
                  System.gc();
                  Thread.sleep(10);
                }
                assertEquals(0, engine.statistics().liveInstances());
              }
              Thread.sleep(100); // the event follows the count
            });
    assertTrue(single("InstanceClosed", events).getBoolean("dropped"));
  }

  private static void drop(Module module) {
    assertEquals(2, module.instantiate().function("divide").call(6, 3));
  }

  @Test
  void aMemoryThatGrowsOrRefuses() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate()) {
                assertEquals(1, instance.function("grow").call(1));
                assertEquals(2, instance.function("grow").call(0));
                assertEquals(-1, instance.function("grow").call(5));
                assertEquals(2, instance.memory("memory").grow(1));
                assertEquals(-1, instance.memory("memory").grow(Long.MAX_VALUE));
              }
            });
    List<String> found =
        named("MemoryGrown", events).stream()
            .map(event -> event.getLong("from") + " " + event.getLong("to") + " " + event.getBoolean("refused"))
            .toList();
    assertEquals(
        List.of(
            "65536 131072 false", "131072 458752 true", "131072 196608 false", "196608 " + Long.MAX_VALUE + " true"),
        found);
  }

  @Test
  void aTrapOfTheCodeAndOneOfTheRuntime() throws Exception {
    long[] offsets = new long[2];
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate()) {
                Trap first = assertThrows(Trap.class, () -> instance.function("divide").call(1, 0));
                Trap second = assertThrows(Trap.class, () -> instance.function("fill").call(1000));
                offsets[0] = first.backtrace().getFirst().offset();
                offsets[1] = second.backtrace().getFirst().offset();
              }
            });
    List<RecordedEvent> traps = named("Trap", events);
    assertEquals(2, traps.size());
    RecordedEvent division = traps.getFirst();
    assertEquals("INTEGER_DIVIDE_BY_ZERO", division.getString("kind"));
    assertEquals("observed", division.getString("module"));
    assertEquals(0, division.getInt("functionIndex"));
    assertEquals("divide", division.getString("function"));
    assertEquals(offsets[0], division.getLong("wasmOffset"));
    assertTrue(offsets[0] > 0);
    RecordedEvent fill = traps.get(1);
    assertEquals("MEMORY_OUT_OF_BOUNDS", fill.getString("kind"));
    assertEquals("fill", fill.getString("function"));
    assertEquals(offsets[1], fill.getLong("wasmOffset"));
  }

  @Test
  void anInterruptionByTheThreadThatAsksForIt() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate()) {
                Thread other =
                    new Thread(
                        () -> {
                          instance.store().interrupt();
                          instance.store().interrupt();
                        },
                        "interrupter");
                other.start();
                assertThrows(Trap.class, () -> instance.function("spin").call());
                other.join();
              }
            });
    List<RecordedEvent> asked = named("Interruption", events);
    assertTrue(asked.size() == 1 || asked.size() == 2, asked.toString());
    for (RecordedEvent event : asked) {
      assertEquals("interrupt", event.getString("reason"));
      assertEquals("interrupter", event.getThread().getJavaName());
    }
    RecordedEvent trap = named("Trap", events).getFirst();
    assertEquals("INTERRUPTED", trap.getString("kind"));
    assertEquals("spin", trap.getString("function"));
    assertEquals(asked.getFirst().getLong("storeId"), trap.getLong("storeId"));
  }

  @Test
  void aDeadlineThatHasPassedInterrupts() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              try (Engine engine = Engine.create();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate();
                  Deadline deadline = instance.store().deadline(Duration.ofMillis(30))) {
                assertThrows(DeadlineException.class, () -> instance.function("spin").call());
                assertNotNull(deadline);
              }
            });
    assertEquals("deadline", named("Interruption", events).getFirst().getString("reason"));
    assertEquals("DEADLINE_EXCEEDED", single("Trap", events).getString("kind"));
  }

  @Test
  void aGrowthThatALimitForbidsIsRefused() throws Exception {
    List<RecordedEvent> events =
        record(
            Map.of(),
            () -> {
              Limits limits = Limits.builder().memory(1 << 16).refuseGrowth().build();
              try (Engine engine = Engine.builder().limits(limits).build();
                  Module module = engine.compile(WASM);
                  Instance instance = module.instantiate()) {
                assertEquals(-1, instance.function("grow").call(1));
              }
            });
    RecordedEvent refused = single("MemoryGrown", events);
    assertEquals(65536, refused.getLong("from"));
    assertEquals(131072, refused.getLong("to"));
    assertTrue(refused.getBoolean("refused"));
  }

  @Test
  void everyEventAndFieldHasALabel() throws IOException, ReflectiveOperationException {
    for (String name :
        List.of(
            "ModuleCompiled", "FunctionCompiled", "InstanceCreated", "InstanceClosed", "MemoryGrown", "Trap",
            "Interruption")) {
      Class<? extends jdk.jfr.Event> type =
          Class.forName("dev.gatun.observe." + name + "Event").asSubclass(jdk.jfr.Event.class);
      EventType event = EventType.getEventType(type);
      assertEquals(PREFIX + name, event.getName());
      assertNotNull(event.getLabel(), name);
      assertNotNull(event.getDescription(), name);
      assertEquals(List.of("WebAssembly"), event.getCategoryNames());
      for (ValueDescriptor field : event.getFields()) {
        assertNotNull(field.getLabel(), name + "." + field.getName());
        if (field.getName().endsWith("Size")) {
          assertEquals("jdk.jfr.DataAmount", field.getContentType(), name + "." + field.getName());
        }
      }
    }
  }
}
