package dev.gatun.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** The wasm of a store was told to stop. Recorded by the thread that asks; the trap that follows tells where it was. */
@Name("dev.gatun.Interruption")
@Label("Interruption")
@Description("A WebAssembly store was told to stop what runs in it; the trap that follows tells where that was")
@Category("WebAssembly")
public final class InterruptionEvent extends Event {
  @Label("Store Id")
  @Description("Number of the store in this process")
  private long storeId;

  @Label("Reason")
  private @Nullable String reason;

  /** Records one, if it is wanted. */
  public static void record(long store, String why) {
    InterruptionEvent event = new InterruptionEvent();
    if (event.shouldCommit()) {
      event.storeId = store;
      event.reason = why;
      event.commit();
    }
  }
}
