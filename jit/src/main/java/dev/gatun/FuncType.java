package dev.gatun;

import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function type.
 *
 * @param params types of the parameters
 * @param results types of the results
 */
public record FuncType(List<ValType> params, List<ValType> results) implements ExternType {
  /** Copies the lists. */
  public FuncType {
    params = List.copyOf(params);
    results = List.copyOf(results);
  }

  /**
   * The type of a Java method: int, long, float, double, {@link V128}, {@link Func} and any other reference type stand
   * for i32, i64, f32, f64, v128, funcref and externref; void for no result.
   *
   * @throws IllegalArgumentException if a type stands for none
   */
  public static FuncType of(MethodType method) {
    ValType[] params = new ValType[method.parameterCount()];
    for (int i = 0; i < params.length; i++) {
      params[i] = of(method.parameterType(i));
    }
    Class<?> result = method.returnType();
    return new FuncType(List.of(params), result == void.class ? List.of() : List.of(of(result)));
  }

  private static ValType of(Class<?> type) {
    if (type == int.class) {
      return ValType.I32;
    } else if (type == long.class) {
      return ValType.I64;
    } else if (type == float.class) {
      return ValType.F32;
    } else if (type == double.class) {
      return ValType.F64;
    } else if (type == V128.class) {
      return ValType.V128;
    } else if (type == Func.class) {
      return ValType.FUNCREF;
    } else if (type.isPrimitive()) {
      throw new IllegalArgumentException(type + " stands for no wasm type; use int, long, float or double");
    }
    return ValType.EXTERNREF;
  }

  static FuncType of(FunctionType type) {
    ValType[] params = new ValType[type.paramCount()];
    for (int i = 0; i < params.length; i++) {
      params[i] = ValType.of(type.param(i));
    }
    ValType[] results = new ValType[type.resultCount()];
    for (int i = 0; i < results.length; i++) {
      results[i] = ValType.of(type.result(i));
    }
    return new FuncType(List.of(params), List.of(results));
  }

  FunctionType internal() {
    return new FunctionType(codes(params), codes(results));
  }

  private static int[] codes(List<ValType> types) {
    int[] codes = new int[types.size()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = code(types.get(i));
    }
    return codes;
  }

  static int code(ValType type) {
    return switch (type) {
      case ValType.NumberType number ->
          switch (number) {
            case I32 -> ValueType.I32;
            case I64 -> ValueType.I64;
            case F32 -> ValueType.F32;
            case F64 -> ValueType.F64;
          };
      case ValType.VectorType vector -> ValueType.V128;
      case ValType.ReferenceType reference -> reference.code();
    };
  }

  // Written out, since what a record does itself is linked at its first use, for 6 ms in a cold JVM: each import of a
  // program asks.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FuncType that && params.equals(that.params) && results.equals(that.results);
  }

  @Override
  public int hashCode() {
    return 31 * params.hashCode() + results.hashCode();
  }

  /** The Java method type: the first result's, or Object[] for several. */
  public MethodType methodType() {
    Class<?> result =
        results.isEmpty() ? void.class : results.size() == 1 ? results.get(0).javaType() : Object[].class;
    Class<?>[] types = new Class<?>[params.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = params.get(i).javaType();
    }
    return MethodType.methodType(result, types);
  }

  @Override
  public String kind() {
    return "function";
  }

  @Override
  public String toString() {
    return internal().toString();
  }
}
