package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.EngineManagement;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.text.TextFormat;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

/** The managed bean of an engine. */
final class ManagementTest {
  private static final byte[] WASM =
      TextFormat.parse("(module (memory 1) (func (export \"f\") unreachable))");

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void nothingIsRegisteredUnlessAskedFor() throws Exception {
    try (Engine engine = Engine.create();
        Module module = engine.compile(WASM)) {
      assertEquals(1, module.statistics().functions());
      assertEquals(Set.of(), server.queryNames(new ObjectName("dev.gatun:*"), null));
    }
  }

  @Test
  void theAttributesAreTheStatistics() throws Exception {
    try (Engine engine = Engine.create();
        EngineManagement management = EngineManagement.register(engine, "some engine, quoted");
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate()) {
      assertThrows(Trap.class, () -> instance.function("f").call());
      ObjectName name = new ObjectName(management.objectName());
      assertEquals("\"some engine, quoted\"", name.getKeyProperty("name"));
      assertEquals("Engine", name.getKeyProperty("type"));
      assertEquals(1L, server.getAttribute(name, "ModulesCompiled"));
      assertEquals(1L, server.getAttribute(name, "LiveModules"));
      assertEquals(1L, server.getAttribute(name, "FunctionsCompiled"));
      assertEquals(module.codeSize(), server.getAttribute(name, "CodeBytes"));
      assertEquals(1L, server.getAttribute(name, "InstancesCreated"));
      assertEquals(1L, server.getAttribute(name, "LiveInstances"));
      assertEquals(1L, server.getAttribute(name, "Memories"));
      assertEquals(65536L, server.getAttribute(name, "MemoryCommitted"));
      assertEquals(engine.statistics().memoryReserved(), server.getAttribute(name, "MemoryReserved"));
      assertEquals(0L, server.getAttribute(name, "Interruptions"));
      assertEquals(engine.statistics().compileTime().toMillis(), server.getAttribute(name, "CompileMillis"));
      TabularData traps = (TabularData) server.getAttribute(name, "Traps");
      CompositeData row = traps.get(new Object[] {"UNREACHABLE"});
      assertEquals(1L, row.get("value"));
      Set<String> attributes = new TreeSet<>();
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        attributes.add(attribute.getName());
        assertFalse(attribute.isWritable());
      }
      assertEquals(12, attributes.size(), attributes.toString());
    }
  }

  @Test
  void aRegistrationEndsWhenItIsClosed() throws Exception {
    try (Engine engine = Engine.create()) {
      EngineManagement management = EngineManagement.register(engine, "closing");
      ObjectName name = new ObjectName(management.objectName());
      assertEquals("dev.gatun:name=closing,type=Engine", management.objectName());
      assertTrue(server.isRegistered(name));
      IllegalArgumentException taken =
          assertThrows(IllegalArgumentException.class, () -> EngineManagement.register(engine, "closing"));
      assertTrue(taken.getMessage().contains("name=closing"), taken.getMessage());
      management.close();
      management.close();
      assertFalse(server.isRegistered(name));
    }
  }
}
