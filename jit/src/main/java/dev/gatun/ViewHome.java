package dev.gatun;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Where the class of a view is defined, which hidden classes can only be beside classes of the module that asks: with
 * the interface if that is in our module, as all of the class path is, or in the module of the caller whose lookup we
 * have; else with that caller, else with the engine, which must then be able to see the interface.
 */
final class ViewHome {
  private ViewHome() {}

  /**
   * A lookup by which a class that implements the interface can be defined.
   *
   * @throws IllegalArgumentException if there is none; says what to do
   */
  static MethodHandles.Lookup of(Class<?> type, MethodHandles.@Nullable Lookup given) {
    MethodHandles.Lookup own = MethodHandles.lookup();
    MethodHandles.Lookup home = beside(type, own);
    if (home == null && given != null) {
      home = beside(type, given);
      if (home == null && given.hasFullPrivilegeAccess() && isVisible(type, given.lookupClass())) {
        home = given;
      }
    }
    if (home == null && isVisible(type, own.lookupClass())) {
      home = own;
    }
    if (home == null) {
      throw new IllegalArgumentException(refusal(type, given));
    }
    return home;
  }

  private static MethodHandles.@Nullable Lookup beside(Class<?> type, MethodHandles.Lookup from) {
    if (type.getModule() != from.lookupClass().getModule()) {
      return null;
    }
    try {
      MethodHandles.Lookup home = MethodHandles.privateLookupIn(type, from);
      return home.hasFullPrivilegeAccess() ? home : null;
    } catch (IllegalAccessException e) {
      return null;
    }
  }

  /** Whether a class beside another one can name the interface and implement it. */
  private static boolean isVisible(Class<?> type, Class<?> from) {
    java.lang.Module module = type.getModule();
    if (from == ViewHome.class) {
      from.getModule().addReads(module);
    }
    if (!isPublic(type)
        || !module.isExported(type.getPackageName(), from.getModule())
        || !from.getModule().canRead(module)) {
      return false;
    }
    try {
      return Class.forName(type.getName(), false, from.getClassLoader()) == type;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> one = type; one != null; one = one.getDeclaringClass()) {
      if (!Modifier.isPublic(one.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static String refusal(Class<?> type, MethodHandles.@Nullable Lookup given) {
    return "no class can be made that implements " + type.getName() + " of " + type.getModule()
        + ": pass MethodHandles.lookup(), called in a class of that module, or make the interface public and let the"
        + " module export or open its package"
        + (given != null && !given.hasFullPrivilegeAccess()
            ? "; the lookup has not the full access of " + given.lookupClass().getName() + " itself"
            : "");
  }
}
