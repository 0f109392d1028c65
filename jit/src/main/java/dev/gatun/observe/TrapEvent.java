package dev.gatun.observe;

import dev.gatun.Trap;
import dev.gatun.WasmFrame;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/** Wasm trapped. A guest may do that a million times a second: more than a few hundred are sampled unless asked for. */
@Name("dev.gatun.Trap")
@Label("Trap")
@Description("WebAssembly trapped: it came to an end that its code can't handle")
@Category("WebAssembly")
@Throttle("300/s")
public final class TrapEvent extends Event {
  @Label("Kind")
  @Description("Why, as a constant of dev.gatun.Trap.Kind")
  private @Nullable String kind;

  @Label("Module")
  @Description("Name of the module, if it carries one")
  private @Nullable String module;

  @Label("Function Index")
  @Description("The innermost function of WebAssembly, or -1 if none was running")
  private int functionIndex;

  @Label("Function")
  @Description("Name of the function, if it has one")
  private @Nullable String function;

  @Label("Wasm Offset")
  @Description("Offset of the instruction in the module's bytes, or -1")
  private long wasmOffset;

  @Label("Store Id")
  @Description("Number of the store in this process")
  private long storeId;

  /** Finds where a trap happened. */
  @FunctionalInterface
  public interface Finder {
    /** The innermost frame, or null if no wasm was running. */
    @Nullable WasmFrame innermost();
  }

  /** Records a trap, if it is wanted; only then it is asked where it happened. */
  public static void record(Trap.Kind trapKind, long store, Finder finder) {
    TrapEvent event = new TrapEvent();
    if (event.shouldCommit()) {
      WasmFrame innermost = finder.innermost();
      event.kind = trapKind.name();
      event.module = innermost == null ? null : innermost.module();
      event.functionIndex = innermost == null ? -1 : innermost.functionIndex();
      event.function = innermost == null ? null : innermost.functionName();
      event.wasmOffset = innermost == null ? -1 : innermost.offset();
      event.storeId = store;
      event.commit();
    }
  }
}
