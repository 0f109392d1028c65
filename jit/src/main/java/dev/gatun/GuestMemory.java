package dev.gatun;

import org.jspecify.annotations.Nullable;

/** The memory of an instance in which strings and bytes are passed, and the functions that give and take back room. */
final class GuestMemory {
  private final Memory memory;
  private final @Nullable GuestAllocator allocator;
  private final @Nullable TypedCall allocate;
  private final @Nullable TypedCall free;
  private final boolean wide;

  /** That of an instance that has a memory. */
  GuestMemory(Instance instance, @Nullable GuestAllocator allocator) {
    Memory main = instance.mainMemory();
    if (main == null) {
      throw new AssertionError("no memory");
    }
    this.memory = main;
    this.wide = main.isWide();
    this.allocator = allocator;
    this.allocate = allocator == null ? null : instance.function(allocator.allocate()).typedCall();
    this.free = allocator == null || allocator.free() < 0 ? null : instance.function(allocator.free()).typedCall();
  }

  Memory memory() {
    return memory;
  }

  @Nullable GuestAllocator allocator() {
    return allocator;
  }

  /** Whether addresses are i64. */
  boolean isWide() {
    return wide;
  }

  /**
   * Allocates at least one byte, so that nothing but null is at address 0.
   *
   * @throws WasmException if the guest has none
   */
  long allocate(long bytes) {
    GuestAllocator by = allocator;
    TypedCall call = allocate;
    if (by == null || call == null) {
      throw new AssertionError("no allocator");
    }
    long size = Math.max(1, bytes);
    Tenancy.Tenure tenure = call.begin();
    switch (by.allocateParams()) {
      case 1 -> put(call, 0, size);
      case 2 -> {
        put(call, 0, size);
        put(call, 1, 1);
      }
      default -> {
        put(call, 0, 0);
        put(call, 1, 0);
        put(call, 2, 1);
        put(call, 3, size);
      }
    }
    long address = wide ? call.finishLong(tenure) : call.finishInt(tenure) & 0xffff_ffffL;
    if (address == 0) {
      throw new WasmException("the guest has no memory left: '" + by.name() + "' returned 0 for " + size + " bytes");
    }
    return address;
  }

  /** Frees what has been allocated, or given by the guest; does nothing if the guest frees it itself. */
  void free(long address, long bytes) {
    GuestAllocator by = allocator;
    TypedCall call = free;
    if (by == null || call == null) {
      return;
    }
    Tenancy.Tenure tenure = call.begin();
    put(call, 0, address);
    if (by.freeParams() > 1) {
      put(call, 1, bytes);
    }
    if (by.freeParams() > 2) {
      put(call, 2, 1);
    }
    call.finishVoid(tenure);
  }

  private void put(TypedCall call, int cell, long value) {
    if (wide) {
      call.put(cell, value);
    } else {
      call.put(cell, (int) value);
    }
  }
}
