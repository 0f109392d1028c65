package dev.gatun.observe;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A memory was grown, or was not although wasm or the host asked for it. */
@Name("dev.gatun.MemoryGrown")
@Label("Memory Grown")
@Description("A WebAssembly memory was grown, or refused to grow")
@Category("WebAssembly")
public final class MemoryGrownEvent extends Event {
  @Label("Store Id")
  @Description("Number of the store in this process")
  private long storeId;

  @Label("From")
  @DataAmount
  private long from;

  @Label("To")
  @Description("The size that was asked for, reached unless the growth was refused")
  @DataAmount
  private long to;

  @Label("Refused")
  @Description("Whether the maximum, a limit or the system did not allow it")
  private boolean refused;

  /** Records one, if it is wanted. */
  public static void record(long store, long fromBytes, long toBytes, boolean wasRefused) {
    MemoryGrownEvent event = new MemoryGrownEvent();
    if (event.shouldCommit()) {
      event.storeId = store;
      event.from = fromBytes;
      event.to = toBytes;
      event.refused = wasRefused;
      event.commit();
    }
  }
}
