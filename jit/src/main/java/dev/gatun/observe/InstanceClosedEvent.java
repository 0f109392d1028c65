package dev.gatun.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** An instance was closed with its store, or cleaned up after the store was dropped without being closed. */
@Name("dev.gatun.InstanceClosed")
@Label("Instance Closed")
@Description("A WebAssembly instance came to its end, with its store")
@Category("WebAssembly")
public final class InstanceClosedEvent extends Event {
  @Label("Module")
  @Description("Name of the module, if it carries one")
  private @Nullable String module;

  @Label("Module Id")
  @Description("Number of the module in this process")
  private long moduleId;

  @Label("Store Id")
  @Description("Number of the store in this process")
  private long storeId;

  @Label("Lifetime")
  @Timespan(Timespan.NANOSECONDS)
  private long lifetime;

  @Label("Dropped")
  @Description("Whether nobody closed the store, and the garbage collector found it")
  private boolean dropped;

  /** Records one, if it is wanted. */
  public static void record(@Nullable String name, long id, long store, long nanos, boolean wasDropped) {
    InstanceClosedEvent event = new InstanceClosedEvent();
    if (event.shouldCommit()) {
      event.module = name;
      event.moduleId = id;
      event.storeId = store;
      event.lifetime = nanos;
      event.dropped = wasDropped;
      event.commit();
    }
  }
}
