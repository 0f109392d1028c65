package dev.gatun;

/** How much of what grows a store may still have; see {@link Limits}. For the thread that uses the store. */
final class Quota {
  private final Store store;
  private final Limits limits;
  private int instances;

  Quota(Store store, Limits limits) {
    this.store = store;
    this.limits = limits;
  }

  /**
   * Whether the memories may have so many bytes more. If not, the guest is told, or ended.
   *
   * @param units pages or whatever else, unsigned
   * @param unitLog2 log2 of the bytes of a unit
   * @throws MemoryLimitException if the guest is to be ended
   */
  boolean grantsMemory(long units, int unitLog2) {
    long limit = limits.memory();
    if (limit == Long.MAX_VALUE) {
      return true;
    }
    long left = Math.max(0, limit - store.resources().memoryBytes());
    if (Long.compareUnsigned(units, left >>> unitLog2) <= 0) {
      return true;
    }
    if (limits.isGrowthRefused()) {
      return false;
    }
    throw exceeded(Trap.Kind.MEMORY_LIMIT, limit + " bytes, of which " + left + " were left");
  }

  /** {@link #grantsMemory} for a new memory, which can't be refused otherwise. */
  void claimMemory(long units, int unitLog2) {
    if (!grantsMemory(units, unitLog2)) {
      throw exceeded(Trap.Kind.MEMORY_LIMIT, limits.memory() + " bytes");
    }
  }

  /**
   * Whether the tables may have so many elements more. If not, the guest is told, or ended.
   *
   * @throws TableLimitException if the guest is to be ended
   */
  boolean grantsElements(long elements) {
    long limit = limits.tableElements();
    if (limit == Long.MAX_VALUE) {
      return true;
    }
    long left = Math.max(0, limit - store.resources().tableElements());
    if (Long.compareUnsigned(elements, left) <= 0) {
      return true;
    }
    if (limits.isGrowthRefused()) {
      return false;
    }
    throw exceeded(Trap.Kind.TABLE_LIMIT, limit + " elements, of which " + left + " were left");
  }

  /** {@link #grantsElements} for a new table, which can't be refused otherwise. */
  void claimElements(long elements) {
    if (!grantsElements(elements)) {
      throw exceeded(Trap.Kind.TABLE_LIMIT, limits.tableElements() + " elements");
    }
  }

  /** Counts an instance. */
  void claimInstance() {
    if (instances == limits.instances()) {
      throw exceeded(Trap.Kind.INSTANCE_LIMIT, limits.instances() + " in a store");
    }
    instances++;
  }

  private Trap exceeded(Trap.Kind kind, String detail) {
    return store.trap(kind, detail);
  }
}
