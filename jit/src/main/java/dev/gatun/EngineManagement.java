package dev.gatun;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The registration of an engine as a managed bean of the platform's server, until it is closed. Nothing is registered
 * unless this is asked for. Needs the module {@code java.management}. Thread-safe.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="management"}
 */
public final class EngineManagement implements AutoCloseable {
  private final ObjectName name;
  private boolean closed;

  private EngineManagement(ObjectName name) {
    this.name = name;
  }

  /**
   * Registers an engine, which the server refers to until the registration is closed. See {@link EngineMXBean} for its
   * attributes.
   *
   * @param name tells it from other engines; not empty
   * @throws IllegalArgumentException if a bean is registered under this name, or the name cannot be one
   */
  public static EngineManagement register(Engine engine, String name) {
    String text = "dev.gatun:type=Engine,name=" + (isPlain(name) ? name : ObjectName.quote(name));
    try {
      ObjectName objectName = new ObjectName(text);
      ManagementFactory.getPlatformMBeanServer().registerMBean(new Bean(engine), objectName);
      return new EngineManagement(objectName);
    } catch (JMException e) {
      throw new IllegalArgumentException("can't register " + text + ": " + e, e);
    }
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** The name of the bean, as JMX writes it. */
  public String objectName() {
    return name.getCanonicalName();
  }

  /** Ends the registration. May be called more than once. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    } catch (JMException e) {
      throw new IllegalStateException("can't end the registration of " + name + ": " + e, e);
    }
  }

  private record Bean(Engine engine) implements EngineMXBean {
    @Override
    public long getModulesCompiled() {
      return engine.statistics().modulesCompiled();
    }

    @Override
    public long getLiveModules() {
      return engine.statistics().liveModules();
    }

    @Override
    public long getFunctionsCompiled() {
      return engine.statistics().functionsCompiled();
    }

    @Override
    public long getCodeBytes() {
      return engine.statistics().codeBytes();
    }

    @Override
    public long getCompileMillis() {
      return engine.statistics().compileTime().toMillis();
    }

    @Override
    public long getInstancesCreated() {
      return engine.statistics().instancesCreated();
    }

    @Override
    public long getLiveInstances() {
      return engine.statistics().liveInstances();
    }

    @Override
    public long getMemories() {
      return engine.statistics().memories();
    }

    @Override
    public long getMemoryReserved() {
      return engine.statistics().memoryReserved();
    }

    @Override
    public long getMemoryCommitted() {
      return engine.statistics().memoryCommitted();
    }

    @Override
    public Map<String, Long> getTraps() {
      Map<String, Long> traps = new TreeMap<>();
      engine.statistics().traps().forEach((kind, count) -> traps.put(kind.name(), count));
      return traps;
    }

    @Override
    public long getInterruptions() {
      return engine.statistics().interruptions();
    }
  }
}
