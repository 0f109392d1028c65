package dev.gatun;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Where the class of a view is defined: with the interface if its package is open to us, as all of the class path are,
 * else with the caller whose lookup we have, else with the engine, which must then be able to see the interface.
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
    MethodHandles.Lookup home = openTo(own, type);
    if (home == null && given != null) {
      home = openTo(given, type);
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

  private static MethodHandles.@Nullable Lookup openTo(MethodHandles.Lookup from, Class<?> type) {
    java.lang.Module to = type.getModule();
    if (from.lookupClass().getModule() == ViewHome.class.getModule()) {
      ViewHome.class.getModule().addReads(to);
    }
    try {
      return MethodHandles.privateLookupIn(type, from);
    } catch (IllegalAccessException e) {
      return null;
    }
  }

  /** Whether a class beside another one can name the interface and implement it. */
  private static boolean isVisible(Class<?> type, Class<?> from) {
    java.lang.Module module = type.getModule();
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
    java.lang.Module own = ViewHome.class.getModule();
    String us = own.isNamed() ? own.getName() : "Gatun's module";
    return "no class can be made that implements " + type.getName() + ": let " + type.getModule()
        + " declare 'opens " + type.getPackageName() + " to " + us + "', or 'exports' it and make the interface public"
        + (given == null ? ", or pass MethodHandles.lookup() of a class that sees it" : "")
        + (given != null && !given.hasFullPrivilegeAccess()
            ? "; the lookup has not the full access of " + given.lookupClass().getName() + " itself"
            : "");
  }
}
