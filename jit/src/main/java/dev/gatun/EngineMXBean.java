package dev.gatun;

import java.util.Map;

/**
 * {@link Engine#statistics} as attributes of a managed bean, for monitors that speak JMX; {@link EngineManagement}
 * registers one.
 */
public interface EngineMXBean {
  /** Modules compiled so far. */
  long getModulesCompiled();

  /** Modules whose code is still held. */
  long getLiveModules();

  /** Functions compiled so far. */
  long getFunctionsCompiled();

  /** Bytes of machine code of the live modules. */
  long getCodeBytes();

  /** Milliseconds that threads have spent compiling functions, summed up. */
  long getCompileMillis();

  /** Instances created so far. */
  long getInstancesCreated();

  /** Instances that are not closed. */
  long getLiveInstances();

  /** Linear memories there are. */
  long getMemories();

  /** Bytes of addresses reserved for these. */
  long getMemoryReserved();

  /** Bytes that their current sizes make usable. */
  long getMemoryCommitted();

  /** Traps so far, by the name of their {@link Trap.Kind}. */
  Map<String, Long> getTraps();

  /** How often a store was told to stop what runs in it. */
  long getInterruptions();
}
