package dev.gatun.wasi;

import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.HostFunction;
import dev.gatun.ImportProvider;
import dev.gatun.Snapshot;
import dev.gatun.SnapshotException;
import org.jspecify.annotations.Nullable;

/** The run of a program up to its first read of standard input, where it is captured and ended. */
final class StartUp implements ImportProvider {
  private final Wasi wasi;
  private final ImportProvider functions;
  private @Nullable Snapshot taken;

  StartUp(Wasi wasi) {
    this.wasi = wasi;
    this.functions = wasi.imports();
  }

  /** What ends the run. */
  static final class End extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private End() {
      super("the program has read its standard input", null, false, false);
    }
  }

  @Override
  public @Nullable HostFunction find(String module, String name, FuncType type) {
    HostFunction found = functions.find(module, name, type);
    return found != null && name.equals("fd_read") ? new Read(found) : found;
  }

  /** {@code fd_read}. */
  private final class Read implements HostFunction {
    private final HostFunction function;

    Read(HostFunction function) {
      this.function = function;
    }

    @Override
    public void call(HostCall call) {
      if (call.i32(0) != 0) {
        function.call(call);
        return;
      }
      if (!wasi.descriptors().isAsGiven()) {
        throw new SnapshotException(
            "the program has opened descriptors before it read its standard input, or changed those it was given; "
                + "another run would not have them");
      }
      taken = Snapshot.take(call.instance());
      throw new End();
    }
  }

  /** The snapshot, after the run has ended by {@link End}. */
  Snapshot taken() {
    Snapshot known = taken;
    if (known == null) {
      throw new AssertionError("no snapshot was taken");
    }
    return known;
  }
}
