package dev.gatun;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Several results as a record, and a record as several results. */
final class RecordResult {
  private static final MethodHandle TRUTH;
  private static final MethodHandle NUMBER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TRUTH = lookup.findStatic(RecordResult.class, "truth", MethodType.methodType(boolean.class, Object.class));
      NUMBER = lookup.findStatic(RecordResult.class, "number", MethodType.methodType(Object.class, boolean.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private RecordResult() {}

  private static boolean truth(Object value) {
    return (Integer) value != 0;
  }

  private static Object number(boolean value) {
    return value ? 1 : 0;
  }

  /** A call that returns Object[] as one that returns, as an Object, the record of the elements. */
  static MethodHandle make(MethodHandle call, Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable MethodHandle[] filters = new MethodHandle[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
      filters[i] = types[i] == boolean.class ? TRUTH : null;
    }
    try {
      MethodHandle constructor = sees(record).findConstructor(record, MethodType.methodType(void.class, types));
      MethodHandle generic =
          MethodHandles.filterArguments(constructor, 0, filters)
              .asType(MethodType.genericMethodType(types.length));
      return MethodHandles.filterReturnValue(call, generic.asSpreader(Object[].class, types.length));
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    } catch (IllegalAccessException e) {
      throw inaccessible(record, e);
    }
  }

  /** A function that returns a record as one that returns the array of its components. */
  static MethodHandle split(MethodHandle function, Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    MethodHandle[] parts = new MethodHandle[components.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        MethodHandle part = sees(record).unreflect(components[i].getAccessor());
        parts[i] =
            components[i].getType() == boolean.class
                ? MethodHandles.filterReturnValue(part, NUMBER)
                : part.asType(MethodType.methodType(Object.class, record));
      }
    } catch (IllegalAccessException e) {
      throw inaccessible(record, e);
    }
    MethodHandle array = MethodHandles.identity(Object[].class).asCollector(Object[].class, parts.length);
    MethodHandle filtered = MethodHandles.filterArguments(array, 0, parts);
    MethodHandle whole =
        MethodHandles.permuteArguments(
            filtered, MethodType.methodType(Object[].class, record), new int[parts.length]);
    return MethodHandles.filterReturnValue(function, whole);
  }

  private static MethodHandles.Lookup sees(Class<?> record) throws IllegalAccessException {
    RecordResult.class.getModule().addReads(record.getModule());
    try {
      return MethodHandles.privateLookupIn(record, MethodHandles.lookup());
    } catch (IllegalAccessException notOpen) {
      return MethodHandles.publicLookup();
    }
  }

  private static IllegalArgumentException inaccessible(Class<?> record, IllegalAccessException cause) {
    return new IllegalArgumentException(
        "the record " + record.getName() + " can't be used from " + RecordResult.class.getModule()
            + "; make it and its constructor public and export its package",
        cause);
  }
}
