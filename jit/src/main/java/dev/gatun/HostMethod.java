package dev.gatun;

import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A method of a host object. What it is in wasm is known when a module imports it: that module's memory says what
 * addresses are.
 *
 * @param body takes the object, as an Object, then what the method takes
 * @param allocator named by its class or interface
 */
record HostMethod(Method method, MethodHandle body, Object host, @Nullable Allocator allocator) {
  /**
   * The methods of an interface by their names as imports.
   *
   * @throws IllegalArgumentException if two have the same name, or one can't be called from here
   */
  static <T> Map<String, HostMethod> of(MethodHandles.@Nullable Lookup lookup, Class<T> type, T host) {
    Map<String, HostMethod> methods = new LinkedHashMap<>();
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Object.class) {
        add(methods, lookup, type, method, host);
      }
    }
    return methods;
  }

  /**
   * The methods of an object that are annotated, by their names as imports.
   *
   * @throws IllegalArgumentException if there is none, two have the same name, or one can't be called from here
   */
  static Map<String, HostMethod> of(MethodHandles.@Nullable Lookup lookup, Object host) {
    Class<?> type = host.getClass();
    for (Class<?> one = type; one != null; one = one.getSuperclass()) {
      for (Method method : one.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Import.class) && !Modifier.isPublic(method.getModifiers())) {
          throw new IllegalArgumentException(method + " has the annotation @Import but is not public");
        }
      }
    }
    Map<String, HostMethod> methods = new LinkedHashMap<>();
    for (Method method : type.getMethods()) {
      if (method.isAnnotationPresent(Import.class) && !method.isBridge()) {
        add(methods, lookup, type, method, host);
      }
    }
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(
          "no public method of " + type.getName() + " has the annotation @Import; or say by which interface the object"
              + " is to be imported");
    }
    return methods;
  }

  private static void add(
      Map<String, HostMethod> methods,
      MethodHandles.@Nullable Lookup lookup,
      Class<?> type,
      Method method,
      Object host) {
    Import named = method.getAnnotation(Import.class);
    String name = named == null || named.value().isEmpty() ? method.getName() : named.value();
    MethodHandle handle = handle(lookup, method);
    MethodHandle body =
        Modifier.isStatic(method.getModifiers())
            ? MethodHandles.dropArguments(handle, 0, Object.class)
            : handle.asType(handle.type().changeParameterType(0, Object.class));
    HostMethod one = new HostMethod(method, body, host, type.getAnnotation(Allocator.class));
    HostMethod other = methods.put(name, one);
    if (other != null && !other.body.type().equals(body.type())) {
      throw new IllegalArgumentException(
          "two methods of " + type.getName() + " stand for '" + name + "': " + other.signature() + " and "
              + one.signature() + "; name one by @Import");
    }
  }

  /** The type without the object and a HostCall. */
  private MethodType type() {
    MethodType type = body.type().dropParameterTypes(0, 1);
    return HostCode.takesCall(type) ? type.dropParameterTypes(0, 1) : type;
  }

  private String signature() {
    return CallShape.signature(method.getName(), type());
  }

  private static MethodHandle handle(MethodHandles.@Nullable Lookup lookup, Method method) {
    Class<?> in = method.getDeclaringClass();
    HostMethod.class.getModule().addReads(in.getModule());
    IllegalAccessException refused;
    try {
      return MethodHandles.publicLookup().unreflect(method).asFixedArity();
    } catch (IllegalAccessException notPublic) {
      refused = notPublic;
    }
    for (MethodHandles.Lookup from : new MethodHandles.@Nullable Lookup[] {lookup, MethodHandles.lookup()}) {
      if (from != null) {
        try {
          return MethodHandles.privateLookupIn(in, from).unreflect(method).asFixedArity();
        } catch (IllegalAccessException notOpen) {
          refused.addSuppressed(notOpen);
        }
      }
    }
    throw new IllegalArgumentException(
        method + " can't be called from " + HostMethod.class.getModule() + ": make it and its class public and export"
            + " the package, or let " + in.getModule() + " declare 'opens " + in.getPackageName()
            + " to dev.gatun.jit', or pass MethodHandles.lookup() of a class that sees it",
        refused);
  }

  /**
   * The host function for a module's import.
   *
   * @throws LinkException if the import is something else; names both signatures
   */
  Imports.HostDefinition bind(Module importer, String module, String importName, ExternType wanted) {
    int address = GuestAllocator.addressType(importer.wasm());
    MethodType own = type();
    FunctionType type = wanted instanceof FuncType function ? function.internal() : null;
    CallShape shape = type == null ? null : CallShape.of(own, type, address, false);
    if (type == null || shape == null) {
      throw new LinkException(
          "incompatible import type: '" + module + "' '" + importName + "': expected " + wanted + ", found: "
              + CallShape.describe(method.getName(), own, address == ValueType.I64));
    }
    GuestAllocator found = null;
    if (shape.result().isInMemory()) {
      GuestAllocator.Outcome outcome = GuestAllocator.find(importer.wasm(), allocator);
      found = outcome.allocator();
      if (found == null) {
        throw new LinkException(
            "'" + module + "' '" + importName + "': " + signature()
                + " returns what must lie in the guest's memory, but " + outcome.mistake());
      }
    }
    Class<?> result = own.returnType();
    boolean splits = shape.result() == JavaType.SEVERAL && result != Object[].class;
    MethodHandle called = splits ? RecordResult.split(body, result) : body;
    return new Imports.HostDefinition((FuncType) wanted, HostCode.of(shape, method, called, host, found));
  }
}
