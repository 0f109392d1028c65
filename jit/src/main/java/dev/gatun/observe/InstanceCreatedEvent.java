package dev.gatun.observe;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A module was instantiated; the duration includes its start function. */
@Name("dev.gatun.InstanceCreated")
@Label("Instance Created")
@Description("A WebAssembly module was instantiated: the duration includes its start function")
@Category("WebAssembly")
public final class InstanceCreatedEvent extends Event {
  @Label("Module")
  @Description("Name of the module, if it carries one")
  private @Nullable String module;

  @Label("Module Id")
  @Description("Number of the module in this process")
  private long moduleId;

  @Label("Store Id")
  @Description("Number of the store in this process")
  private long storeId;

  @Label("Memory Size")
  @Description("Size of the memories that the module defines")
  @DataAmount
  private long memorySize;

  /** An event whose duration begins now. */
  public static InstanceCreatedEvent begun() {
    InstanceCreatedEvent event = new InstanceCreatedEvent();
    event.begin();
    return event;
  }

  /** Records it, if it is wanted. */
  public void end(@Nullable String name, long id, long store, long memoryBytes) {
    end();
    if (shouldCommit()) {
      module = name;
      moduleId = id;
      storeId = store;
      memorySize = memoryBytes;
      commit();
    }
  }
}
