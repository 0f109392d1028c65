package dev.gatun;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an engine has counted, from {@link Engine#statistics}. The numbers are read one after the other while other
 * threads go on: each was right at some moment of the call. Immutable.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="statistics"}
 *
 * @param modulesCompiled modules compiled so far
 * @param liveModules of these, whose code is still held: by the module, or by a store with an instance of it
 * @param functionsCompiled functions compiled so far
 * @param codeBytes bytes of machine code of the live modules
 * @param compileTime time that threads have spent compiling functions, summed up; without decoding and validation
 * @param instancesCreated instances created so far
 * @param liveInstances of these, whose store was neither closed nor cleaned up after it was dropped
 * @param memories linear memories there are; one that stores share counts once
 * @param memoryReserved bytes of addresses reserved for these
 * @param memoryCommitted bytes that their current sizes make usable; the system backs what of it has been touched
 * @param traps traps so far by kind; kinds that did not happen are absent
 * @param interruptions how often a store was told to stop what runs in it
 */
public record EngineStatistics(
    long modulesCompiled,
    long liveModules,
    long functionsCompiled,
    long codeBytes,
    Duration compileTime,
    long instancesCreated,
    long liveInstances,
    long memories,
    long memoryReserved,
    long memoryCommitted,
    Map<Trap.Kind, Long> traps,
    long interruptions) {
  /** Copies the map. */
  public EngineStatistics {
    Map<Trap.Kind, Long> copy = new EnumMap<>(Trap.Kind.class);
    copy.putAll(traps);
    traps = Collections.unmodifiableMap(copy);
  }
}
