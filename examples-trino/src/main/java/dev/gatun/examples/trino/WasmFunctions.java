package dev.gatun.examples.trino;

import static io.trino.spi.StandardErrorCode.GENERIC_USER_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_ARGUMENTS;
import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_PROPERTY;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import io.trino.spi.TrinoException;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.InvocationConvention.InvocationArgumentConvention;
import io.trino.spi.function.InvocationConvention.InvocationReturnConvention;
import io.trino.spi.function.LanguageFunctionEngine;
import io.trino.spi.function.ScalarFunctionAdapter;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.session.PropertyMetadata;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.BooleanType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Functions in WebAssembly. The definition is a module, in the text format, or in the binary format as base64; the
 * property {@code handler} names the function that it exports. It is called once for each row: bigint is its i64,
 * integer and boolean are its i32, double is its f64.
 *
 * <p>Each thread of Trino's that calls a function has an instance of the module to itself. Modules import nothing, and
 * have limits, so that those who may write queries may write functions.
 */
final class WasmFunctions implements LanguageFunctionEngine {
  /** Of an instance; the time is that of one row. */
  private static final Limits LIMITS = Limits.builder().memory(64 << 20).timeout(Duration.ofSeconds(1)).build();

  private static final Cleaner CLEANER = Cleaner.create();
  private static final MethodHandle GET;
  private static final MethodHandle TRAPPED;

  static {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      GET = lookup.findVirtual(ThreadLocal.class, "get", MethodType.methodType(Object.class));
      TRAPPED =
          lookup.findStatic(WasmFunctions.class, "trapped", MethodType.methodType(TrinoException.class, Trap.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engine engine;

  WasmFunctions(Engine engine) {
    this.engine = engine;
  }

  @Override
  public String getLanguage() {
    return "WASM";
  }

  @Override
  public List<PropertyMetadata<?>> getFunctionProperties() {
    return List.of(PropertyMetadata.stringProperty("handler", "The name of the exported function", "", false));
  }

  @Override
  public void validateScalarFunction(
      Type result, List<Type> arguments, String definition, Map<String, Object> properties) {
    try (Module module = compile(definition)) {
      MethodType expected = wasmType(result, arguments);
      MethodType found = function(module, handler(properties)).type();
      if (!found.equals(expected)) {
        throw new TrinoException(INVALID_ARGUMENTS, "the module's function is " + found + ", not " + expected);
      }
    } catch (WasmException | NoSuchElementException e) {
      throw new TrinoException(INVALID_ARGUMENTS, e.getMessage(), e);
    }
  }

  @Override
  public ScalarFunctionImplementation getScalarFunctionImplementation(
      Type result,
      List<Type> arguments,
      String definition,
      Map<String, Object> properties,
      InvocationConvention convention) {
    Module module = compile(definition);
    String handler = handler(properties);
    ThreadLocal<MethodHandle> functions = ThreadLocal.withInitial(() -> function(module, handler));
    // Trino does not tell when it needs a function no longer.
    CLEANER.register(functions, module::close);

    MethodType type = wasmType(result, arguments);
    MethodHandle function = GET.bindTo(functions).asType(MethodType.methodType(MethodHandle.class));
    MethodHandle call = MethodHandles.foldArguments(MethodHandles.exactInvoker(type), function);
    MethodHandle fail = MethodHandles.throwException(type.returnType(), TrinoException.class);
    call = MethodHandles.catchException(call, Trap.class, MethodHandles.filterArguments(fail, 0, TRAPPED));
    return ScalarFunctionImplementation.builder()
        .methodHandle(
            ScalarFunctionAdapter.adapt(
                MethodHandles.explicitCastArguments(call, trinoType(result, arguments)),
                result,
                arguments,
                InvocationConvention.simpleConvention(
                    InvocationReturnConvention.FAIL_ON_NULL,
                    Collections.nCopies(arguments.size(), InvocationArgumentConvention.NEVER_NULL)
                        .toArray(InvocationArgumentConvention[]::new)),
                convention))
        .build();
  }

  /** The property that both languages have. */
  static String handler(Map<String, Object> properties) {
    if (properties.get("handler") instanceof String handler && !handler.isEmpty()) {
      return handler;
    }
    throw new TrinoException(INVALID_FUNCTION_PROPERTY, "the function needs WITH (handler = '...')");
  }

  private Module compile(String definition) {
    return definition.strip().startsWith("(")
        ? engine.compileText(definition)
        : engine.compile(Base64.getMimeDecoder().decode(definition));
  }

  /** A function of an instance of its own. */
  private static MethodHandle function(Module module, String name) {
    return module.instantiate(Imports.none(), LIMITS).function(name).methodHandle();
  }

  private static TrinoException trapped(Trap trap) {
    return new TrinoException(GENERIC_USER_ERROR, trap.getMessage(), trap);
  }

  /** The type that Trino calls. */
  private static MethodType trinoType(Type result, List<Type> arguments) {
    List<Class<?>> parameters = new ArrayList<>();
    for (Type argument : arguments) {
      parameters.add(argument.getJavaType());
    }
    return MethodType.methodType(result.getJavaType(), parameters);
  }

  /** The type that the module must have. */
  private static MethodType wasmType(Type result, List<Type> arguments) {
    List<Class<?>> parameters = new ArrayList<>();
    for (Type argument : arguments) {
      parameters.add(wasmType(argument));
    }
    return MethodType.methodType(wasmType(result), parameters);
  }

  private static Class<?> wasmType(Type type) {
    return switch (type) {
      case BigintType bigint -> long.class;
      case IntegerType integer -> int.class;
      case BooleanType bool -> int.class;
      case DoubleType number -> double.class;
      default -> throw new TrinoException(INVALID_ARGUMENTS, "functions in wasm know no values of type " + type);
    };
  }
}
