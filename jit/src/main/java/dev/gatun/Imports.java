package dev.gatun;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a module's imports are satisfied with. Immutable; host functions are not bound to a store, so they can serve any
 * number of instances.
 *
 * {@snippet class="dev.gatun.snippets.ImportsSnippets" region="function"}
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
   * An {@link Extern} or a {@link HostDefinition}; null if there is nothing.
   *
   * @throws LinkException if a method of a host object does not fit
   */
  @Nullable Object find(Module importer, String module, String name, ExternType type) {
    Object found = definitions.get(key(module, name));
    if (found instanceof HostMethod method) {
      return method.bind(importer, module, name, type);
    }
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
      return function(module, name, typed.type(), typed.function());
    }

    /**
     * Defines the methods of an object as host functions: those that are public and have the annotation {@link Import},
     * under the names it gives or their own.
     *
     * <p>Types stand for each other as {@link Instance#as(Class)} says, with the roles changed: strings and bytes that
     * the module passes as address and length are copied out of its memory, a MemorySegment or a ByteBuffer is a view
     * of it, valid during the call; a string or bytes that the method returns are copied into memory that the guest's
     * {@link Allocator} gives, and are the guest's from then on. A first parameter of type {@link HostCall} receives
     * the call and is no parameter of the function.
     *
     * <p>What a method is in wasm depends on the module that imports it; one that does not fit is a {@link
     * LinkException} when that is instantiated, which names both signatures. Methods that no module imports do no harm.
     * What they throw passes through the wasm, see {@link HostFunction#call}.
     *
     * {@snippet class="dev.gatun.snippets.ImportsSnippets" region="class"}
     * {@snippet class="dev.gatun.snippets.ImportsSnippets" region="object"}
     *
     * @param host serves all instances; its class need not be public, unless it is in a named module that does not
     *     open the package to dev.gatun.jit
     * @throws IllegalArgumentException if no method has the annotation, two stand for the same import, or one can't be
     *     called from here
     */
    public Builder object(String module, Object host) {
      return methods(module, HostMethod.of(null, host));
    }

    /** {@link #object(String, Object)} of an object that need not be accessible to Gatun, only to a caller. */
    public Builder object(MethodHandles.Lookup lookup, String module, Object host) {
      return methods(module, HostMethod.of(lookup, host));
    }

    /**
     * {@link #object(String, Object)} of all methods of an interface, default methods among them; the annotation
     * {@link Import} is only needed where a name differs.
     *
     * @param type the interface
     */
    public <T> Builder object(String module, Class<T> type, T host) {
      return methods(module, HostMethod.of(null, type, host));
    }

    /** {@link #object(String, Class, Object)} of an interface that need not be accessible to Gatun. */
    public <T> Builder object(MethodHandles.Lookup lookup, String module, Class<T> type, T host) {
      return methods(module, HostMethod.of(lookup, type, host));
    }

    private Builder methods(String module, Map<String, HostMethod> methods) {
      for (Map.Entry<String, HostMethod> method : methods.entrySet()) {
        definitions.put(key(module, method.getKey()), method.getValue());
      }
      return this;
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
