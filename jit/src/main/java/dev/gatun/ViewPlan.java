package dev.gatun;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * How views of an interface are made for the instances of a module: the class, and what of an instance each of its
 * fields holds. Refers to no instance and to no module, so that neither is kept by the interface, with which it is
 * stored.
 *
 * @param constructor takes an Object[], an element for each field
 * @param fields what the fields hold
 * @param allocator by what room for them is had, if arguments are among them
 */
record ViewPlan(
    MethodHandle constructor, Field[] fields, @Nullable GuestAllocator allocator) {
  /** What a field holds. */
  sealed interface Field {
    /** The {@link TypedCall} of the function of an index. */
    record Function(int index) implements Field {}

    /** A memory, table, global or tag. */
    record Other(String export) implements Field {}

    /** The {@link GuestMemory}. */
    record Guest() implements Field {}

    /** The instance itself, to be closed. */
    record Whole() implements Field {}
  }

  /** A view of an instance. */
  Object view(Instance instance) {
    Object[] values = new Object[fields.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (fields[i]) {
            case Field.Function function -> instance.function(function.index()).typedCall();
            case Field.Other other -> instance.export(other.export()).orElseThrow();
            case Field.Guest guest -> instance.guestMemory(allocator);
            case Field.Whole whole -> instance;
          };
    }
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Throwable e) {
      throw Store.sneaky(e);
    }
  }
}
