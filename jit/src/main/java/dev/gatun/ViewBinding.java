package dev.gatun;

import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The making of a {@link ViewPlan}: each method of an interface is matched with an export of a module. */
final class ViewBinding {
  private final Module module;
  private final WasmModule wasm;
  private final Class<?> type;
  private final int address;
  private final List<String> mistakes = new ArrayList<>();
  private final List<ViewPlan.Field> fields = new ArrayList<>();
  private final List<ViewClass.Bound> bound = new ArrayList<>();
  private final @Nullable Allocator named;
  private GuestAllocator.@Nullable Outcome allocator;
  private boolean usesMemory;

  ViewBinding(Module module, Class<?> type) {
    this.module = module;
    this.wasm = module.wasm();
    this.type = type;
    this.address = GuestAllocator.addressType(wasm);
    this.named = type.getAnnotation(Allocator.class);
    if (!type.isInterface() || type.isAnnotation() || type.isSealed() || type.isHidden()) {
      throw new IllegalArgumentException(
          type.getName() + " is no interface that can be implemented; a view needs an interface that is not sealed");
    }
  }

  /**
   * The plan.
   *
   * @throws BindingException if a method has no export, or one that it does not fit
   * @throws IllegalArgumentException if the interface can't be implemented from here
   */
  ViewPlan plan(MethodHandles.@Nullable Lookup lookup) {
    Method[] methods = type.getMethods();
    Arrays.sort(methods, Comparator.comparing(Method::getName).thenComparing(m -> methodType(m).descriptorString()));
    for (Method method : methods) {
      if (Modifier.isAbstract(method.getModifiers()) && !isObjects(method)) {
        bind(method);
      }
    }
    GuestAllocator.Outcome found = allocator;
    if (found != null && found.allocator() == null && !found.mistake().isEmpty() && passesMemory()) {
      mistakes.add("strings and bytes are passed, but " + found.mistake());
    }
    if (!mistakes.isEmpty()) {
      String name = module.name();
      throw new BindingException(
          type.getName() + " does not fit the module" + (name == null ? "" : " '" + name + "'"), mistakes);
    }
    if (usesMemory) {
      fields.add(new ViewPlan.Field.Guest());
    }
    ViewClass generated = new ViewClass(type, text(), bound, fields);
    MethodHandle constructor = generated.define(ViewHome.of(type, lookup));
    return new ViewPlan(
        constructor,
        fields.toArray(new ViewPlan.Field[0]),
        found == null ? null : found.allocator());
  }

  private String text() {
    String name = module.name();
    return type.getSimpleName() + " of an instance" + (name == null ? "" : " of '" + name + "'");
  }

  private boolean passesMemory() {
    for (ViewClass.Bound one : bound) {
      if (one.shape() != null && one.shape().passesMemory()) {
        return true;
      }
    }
    return false;
  }

  private static MethodType methodType(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
  }

  /** Whether an abstract method repeats one that each object has. */
  private static boolean isObjects(Method method) {
    return switch (method.getName()) {
      case "toString", "hashCode" -> method.getParameterCount() == 0;
      case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
      default -> false;
    };
  }

  private void bind(Method method) {
    Export export = method.getAnnotation(Export.class);
    String name = export == null ? method.getName() : export.value();
    MethodType java = methodType(method);
    if (export == null
        && name.equals("close")
        && java.equals(MethodType.methodType(void.class))
        && AutoCloseable.class.isAssignableFrom(type)) {
      bound.add(new ViewClass.Bound("close", java, null, field(new ViewPlan.Field.Whole())));
      return;
    }
    WasmModule.Export found = null;
    for (WasmModule.Export one : wasm.exports()) {
      if (one.name().equals(name)) {
        found = one;
      }
    }
    String described = CallShape.describe(method.getName(), java, address == ValueType.I64);
    if (found == null) {
      mistakes.add(described + "; the module exports no '" + name + "', but" + exports());
    } else if (found.kind() == ExternKind.FUNCTION) {
      bindFunction(method, java, described, found);
    } else {
      bindOther(method, java, found);
    }
  }

  private String exports() {
    StringBuilder names = new StringBuilder();
    int count = 0;
    for (WasmModule.Export one : wasm.exports()) {
      if (count++ == 20) {
        names.append(" ...");
        break;
      }
      names.append(' ').append(one.name());
    }
    return count == 0 ? " nothing" : names.toString();
  }

  private void bindFunction(Method method, MethodType java, String described, WasmModule.Export export) {
    FunctionType wants = wasm.functionType(export.index());
    CallShape shape = CallShape.of(java, wants, address, method.isAnnotationPresent(Borrowed.class));
    if (shape == null) {
      mistakes.add(described + "; the module exports '" + export.name() + "' " + FuncType.of(wants));
      return;
    }
    if (shape.usesMemory()) {
      usesMemory = true;
      if (allocator == null) {
        allocator = GuestAllocator.find(wasm, named);
      }
    }
    int field = field(new ViewPlan.Field.Function(export.index()));
    bound.add(new ViewClass.Bound(method.getName(), java, shape, field));
  }

  private void bindOther(Method method, MethodType java, WasmModule.Export export) {
    Class<?> kind =
        switch (export.kind()) {
          case MEMORY -> Memory.class;
          case TABLE -> Table.class;
          case GLOBAL -> Global.class;
          case TAG -> Tag.class;
          case FUNCTION -> throw new AssertionError(export);
        };
    if (java.parameterCount() != 0 || !java.returnType().isAssignableFrom(kind)) {
      mistakes.add(
          method.getReturnType().getSimpleName() + " " + method.getName() + "; the module exports '" + export.name()
              + "' " + module.type(export.kind(), export.index()) + ", which a method without parameters that returns "
              + kind.getSimpleName() + " stands for");
      return;
    }
    bound.add(
        new ViewClass.Bound(method.getName(), java, null, field(new ViewPlan.Field.Other(export.name()))));
  }

  /** The number of a field of this contents. */
  private int field(ViewPlan.Field field) {
    int known = fields.indexOf(field);
    if (known < 0) {
      known = fields.size();
      fields.add(field);
    }
    return known;
  }
}
