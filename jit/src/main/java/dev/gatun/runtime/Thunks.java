package dev.gatun.runtime;

import dev.gatun.backend.Signature;
import dev.gatun.memory.CodeArena;
import dev.gatun.observe.PerfMap;
import java.util.HashMap;
import java.util.LinkedHashSet;

/**
 * The thunks of one kind: for each signature there is at most one, which all functions of it share. Guests choose
 * signatures, so there is no end of them: a thunk stays while somebody holds it, and of those that nobody holds, the
 * ones used last. Thread-safe.
 */
final class Thunks {
  /** How many stay that nobody holds. */
  static final int UNUSED = 512;

  /** What thunks do. */
  enum Kind {
    /** Java enters wasm. */
    ENTRY("entry"),
    /** Wasm calls a host function. */
    HOST("host call"),
    /** Java goes on with wasm that has called a host function. */
    RESUME("resume");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** A thunk. */
  static final class Thunk {
    private final Signature signature;
    private final CodeArena.Block block;
    private int holders;

    private Thunk(Signature signature, CodeArena.Block block) {
      this.signature = signature;
      this.block = block;
    }

    Signature signature() {
      return signature;
    }

    long address() {
      return block.address();
    }

    boolean contains(long address) {
      return address >= block.address() && address < block.address() + block.size();
    }
  }

  private final Machine machine;
  private final Kind kind;
  private final HashMap<Signature, Thunk> known = new HashMap<>();

  /** Those that nobody holds, in the order in which they were given back. */
  private final LinkedHashSet<Thunk> unused = new LinkedHashSet<>();

  Thunks(Machine machine, Kind kind) {
    this.machine = machine;
    this.kind = kind;
  }

  /**
   * The thunk of a signature, until it is {@linkplain #giveBack given back}.
   *
   * @throws dev.gatun.system.OutOfAddressSpaceException if there is no room for it
   */
  synchronized Thunk hold(Signature signature) {
    Thunk thunk = known.get(signature);
    if (thunk == null) {
      thunk = new Thunk(signature, machine.addThunk(kind, name(signature), signature));
      known.put(signature, thunk);
    } else if (thunk.holders == 0) {
      unused.remove(thunk);
    }
    thunk.holders++;
    return thunk;
  }

  /** Ends what {@link #hold} began. No thread is in the thunk on behalf of this holder, or will return to it. */
  synchronized void giveBack(Thunk thunk) {
    if (--thunk.holders == 0) {
      unused.add(thunk);
      if (unused.size() > UNUSED) {
        Thunk oldest = unused.removeFirst();
        known.remove(oldest.signature);
        machine.removeThunk(oldest.block);
      }
    }
  }

  private String name(Signature signature) {
    return kind.text + " " + signature;
  }

  synchronized void writeTo(PerfMap map) {
    for (Thunk thunk : known.values()) {
      map.add(thunk.block.address(), thunk.block.size(), Machine.PERF_PREFIX + name(thunk.signature));
    }
  }
}
