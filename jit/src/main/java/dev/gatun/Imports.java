package dev.gatun;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a module's imports are satisfied with. Immutable; host functions are not bound to a store, so they can serve any
 * number of instances.
 */
public final class Imports {
  private static final Imports NONE = new Builder().build();

  private final Map<String, Object> definitions;
  private final List<ImportProvider> providers;
  private final boolean unknownTraps;

  private Imports(Map<String, Object> definitions, List<ImportProvider> providers, boolean unknownTraps) {
    this.definitions = definitions;
    this.providers = providers;
    this.unknownTraps = unknownTraps;
  }

  /** No imports. */
  public static Imports none() {
    return NONE;
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** A host function that waits for a store. */
  record HostDefinition(FuncType type, HostFunction body) {}

  private static String key(String module, String name) {
    return module.length() + ":" + module + name;
  }

  /**
   * An {@link Extern}, a {@link HostDefinition} or, from a provider, a {@link HostFunction}; null if there is nothing.
   */
  @Nullable Object find(String module, String name, ExternType type) {
    Object found = definitions.get(key(module, name));
    if (found == null && type instanceof FuncType function) {
      for (ImportProvider provider : providers) {
        HostFunction body = provider.find(module, name, function);
        if (body != null) {
          return new HostDefinition(function, body);
        }
      }
      if (unknownTraps) {
        return new HostDefinition(function, new UnknownFunction(module, name));
      }
    }
    return found;
  }

  /** What a function that is not there does. */
  private record UnknownFunction(String module, String name) implements HostFunction {
    @Override
    public void call(HostCall call) {
      throw call.trap(Trap.Kind.UNKNOWN_IMPORT, "'" + module + "' '" + name + "'");
    }
  }

  /** Collects imports. */
  public static final class Builder {
    private final Map<String, Object> definitions = new HashMap<>();
    private final List<ImportProvider> providers = new ArrayList<>();
    private boolean unknownTraps;

    private Builder() {}

    /** Defines a host function. */
    public Builder function(String module, String name, FuncType type, HostFunction body) {
      definitions.put(key(module, name), new HostDefinition(type, body));
      return this;
    }

    /**
     * Defines a typed host function: its type is that of the method handle, see {@link
     * FuncType#of(java.lang.invoke.MethodType)}; a first parameter of type {@link HostCall} receives the call and is no
     * parameter of the function.
     */
    public Builder function(String module, String name, MethodHandle body) {
      TypedHostFunction typed = TypedHostFunction.of(body);
      return function(module, name, typed.type(), typed);
    }

    /** Defines an import by something that a store has. */
    public Builder define(String module, String name, Extern value) {
      definitions.put(key(module, name), value);
      return this;
    }

    /** Defines all exports of an instance under a module name. */
    public Builder instance(String module, Instance instance) {
      for (ExportType export : instance.module().exports()) {
        define(module, export.name(), instance.export(export.name()).orElseThrow());
      }
      return this;
    }

    /** Adds a provider, which is asked for functions that are not defined; the first added is asked first. */
    public Builder provider(ImportProvider provider) {
      providers.add(provider);
      return this;
    }

    /**
     * Lets modules import functions that nobody has: calling one is a trap of the kind
     * {@link Trap.Kind#UNKNOWN_IMPORT}. Other imports that are missing keep a module from being instantiated, as
     * functions do without this.
     */
    public Builder trapUnknownFunctions() {
      unknownTraps = true;
      return this;
    }

    /** The imports. */
    public Imports build() {
      return new Imports(Map.copyOf(definitions), List.copyOf(providers), unknownTraps);
    }
  }
}
