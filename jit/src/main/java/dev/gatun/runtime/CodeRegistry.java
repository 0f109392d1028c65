package dev.gatun.runtime;

import dev.gatun.memory.CodeArena;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Which code an address of the arena belongs to. One for the process, as the arena is: a trap says no more than an
 * address.
 */
public final class CodeRegistry {
  private CodeRegistry() {}

  private static final ConcurrentSkipListMap<Long, Entry> BLOCKS = new ConcurrentSkipListMap<>();

  private record Entry(CodeArena.Block block, @Nullable CodeSpace space) {}

  /**
   * A place in the code of a function.
   *
   * @param offset in bytes from the start of the function's code
   */
  public record Location(CompiledModule module, int function, int offset) {}

  static void add(CodeArena.Block block, @Nullable CodeSpace space) {
    BLOCKS.put(block.address(), new Entry(block, space));
  }

  static void remove(CodeArena.Block block) {
    BLOCKS.remove(block.address());
  }

  private static @Nullable Entry entry(long address) {
    Map.Entry<Long, Entry> below = BLOCKS.floorEntry(address);
    if (below == null || address > below.getKey() + below.getValue().block().size()) {
      return null;
    }
    return below.getValue();
  }

  /** Finds the function that an address is in (or just behind, as a return address may be); null if it is none. */
  public static @Nullable Location find(long address) {
    Entry entry = entry(address);
    return entry == null || entry.space() == null ? null : entry.space().find(address);
  }

  /** Whether an address is in a thunk that calls out of wasm: its only faults are those of the host stack's probe. */
  public static boolean isThunk(long address) {
    Entry entry = entry(address);
    return entry != null && entry.space() == null;
  }
}
