package dev.gatun.runtime;

import dev.gatun.backend.Signature;
import dev.gatun.runtime.Thunks.Thunk;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** The thunks that a store uses: they stay until it gives them back. Not thread-safe. */
public final class HeldThunks {
  private final Machine machine = Machine.get();
  private final HashMap<Signature, Thunk> entries = new HashMap<>();
  private final HashMap<Signature, Thunk> hosts = new HashMap<>();
  private @Nullable Thunk resume;

  /**
   * The thunk through which Java enters functions of a signature.
   *
   * @throws dev.gatun.system.OutOfAddressSpaceException if there is no room for it
   */
  public long entry(Signature signature) {
    return hold(machine.entryThunks(), entries, signature);
  }

  /** The thunk through which wasm calls host functions of a signature; as {@link #entry}. */
  public long host(Signature signature) {
    return hold(machine.hostThunks(), hosts, signature);
  }

  /** The thunk through which Java goes on with wasm that has called a host function; as {@link #entry}. */
  public long resume(Signature signature) {
    Thunk last = resume;
    if (last != null && last.signature().equals(signature)) {
      return last.address();
    }
    Thunk next = machine.resumeThunks().hold(signature);
    resume = next;
    if (last != null) {
      machine.resumeThunks().giveBack(last);
    }
    return next.address();
  }

  private static long hold(Thunks thunks, HashMap<Signature, Thunk> held, Signature signature) {
    Thunk thunk = held.get(signature);
    if (thunk == null) {
      thunk = thunks.hold(signature);
      held.put(signature, thunk);
    }
    return thunk.address();
  }

  /** The signature of the {@link #entry} thunk that an address is in; null if it is in none. */
  public @Nullable Signature signatureOfEntry(long address) {
    for (Thunk thunk : entries.values()) {
      if (thunk.contains(address)) {
        return thunk.signature();
      }
    }
    return null;
  }

  /** Gives all back: nothing runs in the store, and nothing will. */
  public void giveBack() {
    for (Thunk thunk : entries.values()) {
      machine.entryThunks().giveBack(thunk);
    }
    entries.clear();
    for (Thunk thunk : hosts.values()) {
      machine.hostThunks().giveBack(thunk);
    }
    hosts.clear();
    if (resume != null) {
      machine.resumeThunks().giveBack(resume);
      resume = null;
    }
  }
}
