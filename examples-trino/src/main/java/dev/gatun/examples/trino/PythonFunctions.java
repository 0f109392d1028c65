package dev.gatun.examples.trino;

import static io.trino.spi.StandardErrorCode.GENERIC_USER_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_ARGUMENTS;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.examples.python.PythonException;
import dev.gatun.examples.python.PythonFunction;
import io.trino.spi.TrinoException;
import io.trino.spi.block.ArrayBlockBuilder;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.InvocationConvention.InvocationArgumentConvention;
import io.trino.spi.function.InvocationConvention.InvocationReturnConvention;
import io.trino.spi.function.LanguageFunctionEngine;
import io.trino.spi.function.ScalarFunctionAdapter;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.session.PropertyMetadata;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.BooleanType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeUtils;
import io.trino.spi.type.VarcharType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Functions in Python. The definition is a Python module; the property {@code handler} names a function of it. Values
 * cross as JSON, and a call costs milliseconds, so a function that is to see many rows takes and returns arrays:
 * {@code array_agg} makes them of rows, {@code UNNEST} makes rows of them.
 *
 * <p>Each call finds the definition as it was executed, and nothing of other calls. Guests have no files, no network,
 * and the engine's limits, so that those who may write queries may write functions.
 */
final class PythonFunctions implements LanguageFunctionEngine {
  /** Each holds some ten megabytes. */
  private static final int MAX_RECENT = 16;

  private static final Cleaner CLEANER = Cleaner.create();

  /** With NaN and the infinities, as Python has them. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private static final MethodHandle CALL;

  static {
    try {
      CALL =
          MethodHandles.lookup()
              .findVirtual(Function.class, "call", MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engine engine;
  private final Supplier<Path> file;
  private @Nullable Module python;

  /** What was started last, by definition and handler: the same functions come again and again. */
  private final Map<List<String>, Started> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Started> eldest) {
          return size() > MAX_RECENT;
        }
      };

  PythonFunctions(Engine engine, Supplier<Path> file) {
    this.engine = engine;
    this.file = file;
  }

  @Override
  public String getLanguage() {
    return "PYTHON";
  }

  @Override
  public List<PropertyMetadata<?>> getFunctionProperties() {
    return List.of(PropertyMetadata.stringProperty("handler", "The name of the Python function", "", false));
  }

  @Override
  public void validateScalarFunction(
      Type result, List<Type> arguments, String definition, Map<String, Object> properties) {
    requireKnown(result);
    for (Type argument : arguments) {
      requireKnown(argument);
    }
    start(definition, properties);
  }

  private static void requireKnown(Type type) {
    switch (type) {
      case ArrayType array -> requireKnown(array.getElementType());
      case BigintType _, IntegerType _, DoubleType _, BooleanType _, VarcharType _ -> {}
      default -> throw new TrinoException(INVALID_ARGUMENTS, "functions in Python know no values of type " + type);
    }
  }

  @Override
  public ScalarFunctionImplementation getScalarFunctionImplementation(
      Type result,
      List<Type> arguments,
      String definition,
      Map<String, Object> properties,
      InvocationConvention convention) {
    Function function = new Function(() -> start(definition, properties), result, arguments);
    List<Class<?>> parameters = new ArrayList<>();
    for (Type argument : arguments) {
      parameters.add(argument.getJavaType());
    }
    MethodHandle call =
        CALL.bindTo(function)
            .asCollector(Object[].class, arguments.size())
            .asType(MethodType.methodType(result.getJavaType(), parameters).wrap());
    InvocationConvention boxes =
        InvocationConvention.simpleConvention(
            InvocationReturnConvention.NULLABLE_RETURN,
            Collections.nCopies(arguments.size(), InvocationArgumentConvention.BOXED_NULLABLE)
                .toArray(InvocationArgumentConvention[]::new));
    return ScalarFunctionImplementation.builder()
        .methodHandle(ScalarFunctionAdapter.adapt(call, result, arguments, boxes, convention))
        .build();
  }

  /** CPython, compiled when the first query needs it. */
  private Module python() {
    Module module = python;
    if (module == null) {
      try {
        module = engine.compile(file.get());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      python = module;
    }
    return module;
  }

  private synchronized Started start(String definition, Map<String, Object> properties) {
    List<String> key = List.of(definition, WasmFunctions.handler(properties));
    Started known = recent.get(key);
    if (known == null) {
      try {
        PythonFunction python = new PythonFunction(python(), definition.stripIndent(), key.getLast());
        known = new Started(python);
        // Trino does not tell when it needs a function no longer.
        CLEANER.register(known, python::close);
      } catch (PythonException e) {
        throw new TrinoException(GENERIC_USER_ERROR, e.traceback(), e);
      } catch (Trap | IllegalStateException | IOException e) {
        throw new TrinoException(GENERIC_USER_ERROR, e.getMessage(), e);
      }
      recent.put(key, known);
    }
    return known;
  }

  /** A definition that has been executed, to be closed when no query and no cache has it. */
  private static final class Started {
    final PythonFunction function;

    Started(PythonFunction function) {
      this.function = function;
    }
  }

  /** A function of a query. Python starts with the first call, as who plans a query does not wait that long. */
  private static final class Function {
    private final Supplier<Started> starter;
    private final Type result;
    private final List<Type> arguments;
    private volatile @Nullable Started started;

    Function(Supplier<Started> starter, Type result, List<Type> arguments) {
      this.starter = starter;
      this.result = result;
      this.arguments = arguments;
    }

    private PythonFunction python() {
      Started known = started;
      if (known == null) {
        known = starter.get();
        started = known;
      }
      return known.function;
    }

    @Nullable Object call(@Nullable Object[] values) {
      List<@Nullable Object> list = new ArrayList<>();
      for (int i = 0; i < values.length; i++) {
        Type type = arguments.get(i);
        list.add(type.getObjectValue(TypeUtils.writeNativeValue(type, values[i]), 0));
      }
      try {
        String reply = python().call(JSON.writeValueAsString(list));
        BlockBuilder builder = result.createBlockBuilder(null, 1);
        write(builder, result, JSON.readValue(reply, Object.class));
        return TypeUtils.readNativeValue(result, builder.build(), 0);
      } catch (PythonException e) {
        throw new TrinoException(GENERIC_USER_ERROR, e.traceback(), e);
      } catch (Trap | IllegalStateException | IOException e) {
        throw new TrinoException(GENERIC_USER_ERROR, e.getMessage(), e);
      }
    }

    private static void write(BlockBuilder builder, Type type, @Nullable Object value) {
      switch (type) {
        case Type any when value == null -> builder.appendNull();
        case ArrayType array when value instanceof List<?> list ->
            ((ArrayBlockBuilder) builder)
                .buildEntry(
                    elements -> {
                      for (Object element : list) {
                        write(elements, array.getElementType(), element);
                      }
                    });
        case VarcharType varchar when value instanceof String string -> varchar.writeString(builder, string);
        case BooleanType bool when value instanceof Boolean bit -> bool.writeBoolean(builder, bit);
        case DoubleType number when value instanceof Number n -> number.writeDouble(builder, n.doubleValue());
        case IntegerType integer when value instanceof Integer n -> integer.writeLong(builder, n);
        case BigintType bigint when value instanceof Integer n -> bigint.writeLong(builder, n);
        case BigintType bigint when value instanceof Long n -> bigint.writeLong(builder, n);
        default -> throw new TrinoException(INVALID_ARGUMENTS, "Python returned " + value + " for a value of " + type);
      }
    }
  }
}
