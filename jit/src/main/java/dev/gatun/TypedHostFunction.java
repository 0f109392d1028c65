package dev.gatun;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host function that is a method handle with a type of its own. */
final class TypedHostFunction implements HostFunction {
  private final FuncType type;
  private final MethodHandle body;
  private final boolean takesCall;

  private TypedHostFunction(FuncType type, MethodHandle body, boolean takesCall) {
    this.type = type;
    this.body = body;
    this.takesCall = takesCall;
  }

  static TypedHostFunction of(MethodHandle body) {
    MethodType method = body.type();
    boolean takesCall = method.parameterCount() > 0 && method.parameterType(0) == HostCall.class;
    FuncType type = FuncType.of(takesCall ? method.dropParameterTypes(0, 1) : method);
    int arguments = method.parameterCount();
    MethodHandle spread =
        body.asType(method.generic()).asSpreader(Object[].class, arguments)
            .asType(MethodType.methodType(Object.class, Object[].class));
    return new TypedHostFunction(type, spread, takesCall);
  }

  FuncType type() {
    return type;
  }

  @Override
  public void call(HostCall call) {
    List<ValType> params = type.params();
    int first = takesCall ? 1 : 0;
    @Nullable Object[] arguments = new Object[first + params.size()];
    if (takesCall) {
      arguments[0] = call;
    }
    for (int i = 0; i < params.size(); i++) {
      arguments[first + i] = call.argument(i, params.get(i));
    }
    Object result;
    try {
      result = (Object) body.invokeExact(arguments);
    } catch (Throwable e) {
      throw Store.sneaky(e);
    }
    if (!type.results().isEmpty()) {
      call.result(0, type.results().get(0), result);
    }
  }
}
