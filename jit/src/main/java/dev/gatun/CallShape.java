package dev.gatun;

import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the parameters and the result of a Java method are passed as those of a wasm function. Functions of equal shape
 * are called by the same code.
 *
 * @param params of the method
 * @param result of the method
 * @param packed whether a result in memory is one i64, the address in the upper half, else address and length
 * @param wide whether addresses are i64; false if nothing lies in memory
 * @param borrowed whether a result in memory stays the guest's
 */
record CallShape(List<JavaType> params, JavaType result, boolean packed, boolean wide, boolean borrowed) {
  /** The shape of {@link FuncType#methodType}. */
  static CallShape plain(FunctionType type) {
    JavaType[] params = new JavaType[type.paramCount()];
    for (int i = 0; i < params.length; i++) {
      params[i] = plain(type.param(i));
    }
    JavaType result =
        switch (type.resultCount()) {
          case 0 -> JavaType.VOID;
          case 1 -> plain(type.result(0));
          default -> JavaType.SEVERAL;
        };
    return new CallShape(List.of(params), result, false, false, false);
  }

  private static JavaType plain(int type) {
    return switch (type) {
      case ValueType.I32 -> JavaType.INT;
      case ValueType.I64 -> JavaType.LONG;
      case ValueType.F32 -> JavaType.FLOAT;
      case ValueType.F64 -> JavaType.DOUBLE;
      case ValueType.V128 -> JavaType.VECTOR;
      default -> ValueType.top(type) == ValueType.FUNCREF ? JavaType.FUNC : JavaType.OBJECT;
    };
  }

  /**
   * The shape that fits both a method and a function.
   *
   * @param address the type of addresses, or 0 if there is no memory
   * @return null if none fits
   */
  static @Nullable CallShape of(MethodType method, FunctionType type, int address, boolean borrowed) {
    List<JavaType> params = new ArrayList<>();
    boolean inMemory = false;
    int at = 0;
    for (Class<?> param : method.parameterList()) {
      if (at == type.paramCount()) {
        return null;
      }
      JavaType passed = JavaType.of(param, type.param(at));
      if (passed == null) {
        return null;
      }
      if (passed.isInMemory()) {
        if (type.param(at) != address || at + 1 == type.paramCount() || type.param(at + 1) != address) {
          return null;
        }
        inMemory = true;
        at++;
      }
      params.add(passed);
      at++;
    }
    JavaType result = at == type.paramCount() ? result(method.returnType(), type, address) : null;
    if (result == null) {
      return null;
    }
    inMemory |= result.isInMemory();
    return new CallShape(
        List.copyOf(params),
        result,
        result.isInMemory() && type.resultCount() == 1,
        inMemory && address == ValueType.I64,
        borrowed && result.isInMemory());
  }

  private static @Nullable JavaType result(Class<?> result, FunctionType type, int address) {
    int count = type.resultCount();
    if (count == 0) {
      return result == void.class ? JavaType.VOID : null;
    }
    if (JavaType.isRecord(result) && (count > 1 || !ValueType.isReference(type.result(0)))) {
      return isRecordOf(result, type) ? JavaType.SEVERAL : null;
    }
    if (result == Object[].class && count > 1) {
      return JavaType.SEVERAL;
    }
    if (count == 2 && type.result(0) == address && type.result(1) == address) {
      return JavaType.ofMemory(result);
    }
    JavaType only = count == 1 ? JavaType.of(result, type.result(0)) : null;
    if (only != null && only.isInMemory()) {
      return address == ValueType.I32 && type.result(0) == ValueType.I64 ? only : null;
    }
    return only;
  }

  private static boolean isRecordOf(Class<?> record, FunctionType type) {
    RecordComponent[] components = record.getRecordComponents();
    if (components.length != type.resultCount()) {
      return false;
    }
    for (int i = 0; i < components.length; i++) {
      JavaType passed = JavaType.of(components[i].getType(), type.result(i));
      if (passed == null || passed.isInMemory()) {
        return false;
      }
    }
    return true;
  }

  /** Whether something lies in memory. */
  boolean usesMemory() {
    return result.isInMemory() || passesMemory();
  }

  /** Whether an argument lies in memory. */
  boolean passesMemory() {
    for (JavaType param : params) {
      if (param.isInMemory()) {
        return true;
      }
    }
    return false;
  }

  /** Java's signature, for messages. */
  static String signature(String name, MethodType method) {
    StringBuilder java = new StringBuilder();
    java.append(typeName(method.returnType())).append(' ').append(name).append('(');
    for (int i = 0; i < method.parameterCount(); i++) {
      java.append(i == 0 ? "" : ", ").append(typeName(method.parameterType(i)));
    }
    return java.append(')').toString();
  }

  /** Java's signature and what of wasm it stands for, for messages. */
  static String describe(String name, MethodType method, boolean wide) {
    String java = signature(name, method);
    StringBuilder wasm = new StringBuilder("(func");
    String unfit = null;
    for (int i = 0; i < method.parameterCount(); i++) {
      Class<?> param = method.parameterType(i);
      String text = JavaType.text(param, wide);
      if (text == null) {
        unfit = param.getName();
      }
      wasm.append(i == 0 ? " (param " : " ").append(text);
    }
    wasm.append(method.parameterCount() == 0 ? "" : ")");
    Class<?> result = method.returnType();
    String or = "";
    if (JavaType.isRecord(result)) {
      wasm.append(" (result");
      for (RecordComponent component : result.getRecordComponents()) {
        String text = JavaType.text(component.getType(), wide);
        if (text == null || JavaType.ofMemory(component.getType()) != null) {
          unfit = component.getType().getSimpleName() + " in a record";
        }
        wasm.append(' ').append(text);
      }
      wasm.append(')');
    } else if (result == Object[].class) {
      wasm.append(" (result ...)");
    } else if (result != void.class) {
      String text = JavaType.text(result, wide);
      if (text == null) {
        unfit = result.getName();
      }
      wasm.append(" (result ").append(text).append(')');
      or = JavaType.ofMemory(result) != null && !wide ? " or (result i64)" : "";
    }
    wasm.append(')');
    return unfit == null
        ? java + " is " + wasm + or
        : java + " is nothing in wasm (" + unfit + " stands for no type; int, long, float, double and boolean do)";
  }

  private static String typeName(Class<?> type) {
    if (!JavaType.isRecord(type)) {
      return type.getSimpleName();
    }
    StringBuilder text = new StringBuilder(type.getSimpleName()).append('(');
    for (RecordComponent component : type.getRecordComponents()) {
      text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ").append(component.getType().getSimpleName());
    }
    return text.append(')').toString();
  }
}
