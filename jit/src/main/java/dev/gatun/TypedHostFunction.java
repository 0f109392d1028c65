package dev.gatun;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/**
 * A host function that is a method handle with a type of its own.
 *
 * @param function reads what the handle takes and stores what it returns
 */
record TypedHostFunction(FuncType type, HostFunction function) {
  static TypedHostFunction of(MethodHandle body) {
    MethodType method = body.type();
    FuncType type = FuncType.of(HostCode.takesCall(method) ? method.dropParameterTypes(0, 1) : method);
    return new TypedHostFunction(type, HostCode.of(CallShape.plain(type.internal()), body));
  }
}
