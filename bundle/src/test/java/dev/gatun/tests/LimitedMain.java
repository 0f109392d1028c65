package dev.gatun.tests;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.system.OutOfAddressSpaceException;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What {@link LimitedAddressSpaceTest} runs in a JVM whose address space is limited: memories that have no guard pages.
 */
final class LimitedMain {
  private LimitedMain() {}

  /** Printed when all went well. */
  static final String DONE = "limited: done";

  private static final int MEMORIES = 30;

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.memory(1, ModuleBuilder.NO_MAXIMUM);
    builder.function("load", "i:i", new Code().localGet(0).memory(0x28, 0, 0));
    builder.function("store", "ii:", new Code().localGet(0).localGet(1).memory(0x36, 0, 0));
    builder.function("grow", "i:i", new Code().localGet(0).op(0x40, 0));
    List<Instance> instances = new ArrayList<>();
    try (Engine engine = Engine.create();
        Module module = engine.compile(builder.build())) {
      for (int i = 0; i < MEMORIES; i++) {
        Instance instance = module.instantiate();
        instances.add(instance);
        expect(1, instance.function("grow").call(1));
        instance.function("store").call(2 * 65536 - 4, i + 1);
      }
      for (int i = 0; i < MEMORIES; i++) {
        Instance instance = instances.get(i);
        expect(i + 1, instance.function("load").call(2 * 65536 - 4));
        for (int address : new int[] {2 * 65536 - 3, 2 * 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, -4, -1}) {
          try {
            instance.function("load").call(address);
            throw new AssertionError("no trap at " + Integer.toHexString(address));
          } catch (Trap e) {
            expect(Trap.Kind.MEMORY_OUT_OF_BOUNDS, e.kind());
          }
        }
        expect(-1, instance.function("grow").call(65535));
      }
      try (Store store = engine.newStore()) {
        Memory.create(store, new MemoryType(65536, OptionalLong.empty()));
        throw new AssertionError("4 GiB were had");
      } catch (OutOfAddressSpaceException e) {
        System.out.println(e.getMessage());
      }
      for (Instance instance : instances) {
        instance.close();
      }
    }
    System.out.println(DONE);
  }

  private static void expect(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", found " + actual);
    }
  }
}
