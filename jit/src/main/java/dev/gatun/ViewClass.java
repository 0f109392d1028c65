package dev.gatun;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class of views of an interface. It is hidden: the JIT compiler trusts its final fields, so that all that a view
 * holds is constant if the view is. The code of the calls is its class data, constant for all views. Of the engine's
 * own classes it names none, since it may be defined where they can't be seen.
 */
final class ViewClass {
  private static final DirectMethodHandleDesc CLASS_DATA_AT =
      ConstantDescs.ofConstantBootstrap(
          MethodHandles.class.describeConstable().orElseThrow(),
          "classDataAt",
          CD_Object,
          ConstantDescs.CD_int);

  private static final String FIELD = "value";

  /**
   * A method and what it is bound to.
   *
   * @param shape of the call if the field holds a function; null if the method returns what is in the field, or is
   *     close, which closes that
   */
  record Bound(String name, MethodType type, @Nullable CallShape shape, int field) {}

  private final Class<?> type;
  private final String text;
  private final List<Bound> methods;
  private final List<ViewPlan.Field> fields;
  private final List<MethodHandle> handles = new ArrayList<>();
  private final ClassDesc name;

  /**
   * A class to be made.
   *
   * @param text what views say they are
   */
  ViewClass(Class<?> type, String text, List<Bound> methods, List<ViewPlan.Field> fields) {
    this.type = type;
    this.text = text;
    this.methods = methods;
    this.fields = fields;
    for (Bound method : methods) {
      CallShape shape = method.shape();
      if (shape != null) {
        handles.add(handle(shape, method.type()));
      }
    }
    this.name = ClassDesc.of("View");
  }

  private static MethodHandle handle(CallShape shape, MethodType method) {
    MethodHandle call = CallCode.of(shape);
    Class<?> result = method.returnType();
    return JavaType.isRecord(result) && shape.result() == JavaType.SEVERAL ? RecordResult.make(call, result) : call;
  }

  /** Defines the class beside that of a lookup, and returns its constructor: (Object[]) → Object. */
  MethodHandle define(MethodHandles.Lookup home) {
    String packageName = home.lookupClass().getPackageName();
    ClassDesc self = ClassDesc.of(packageName, type.getSimpleName() + "$View");
    byte[] bytes = ClassFile.of().build(self, builder -> build(builder, self));
    try {
      MethodHandles.Lookup hidden = home.defineHiddenClassWithClassData(bytes, List.copyOf(handles), true);
      MethodHandle constructor =
          hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class, Object[].class));
      return constructor.asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void build(ClassBuilder builder, ClassDesc self) {
    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
    builder.withInterfaceSymbols(type.describeConstable().orElseThrow());
    for (int i = 0; i < fields.size(); i++) {
      builder.withField(FIELD + i, CD_Object, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
    }
    builder.withMethodBody(
        ConstantDescs.INIT_NAME,
        MethodTypeDesc.of(CD_void, CD_Object.arrayType()),
        0,
        code -> {
          code.aload(0).invokespecial(CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
          for (int i = 0; i < fields.size(); i++) {
            code.aload(0).aload(1).loadConstant(i).aaload().putfield(self, FIELD + i, CD_Object);
          }
          code.return_();
        });
    builder.withMethodBody(
        "toString",
        MethodTypeDesc.of(CD_String),
        ClassFile.ACC_PUBLIC,
        code -> code.loadConstant((ConstantDesc) text).areturn());
    int handle = 0;
    for (Bound method : methods) {
      int number = method.shape() == null ? -1 : handle++;
      builder.withMethodBody(
          method.name(),
          method.type().describeConstable().orElseThrow(),
          ClassFile.ACC_PUBLIC,
          code -> {
            code.aload(0).getfield(self, FIELD + method.field(), CD_Object);
            if (number >= 0) {
              emitCall(code, self, method, number);
            } else if (method.type().returnType() == void.class) {
              ClassDesc closeable = AutoCloseable.class.describeConstable().orElseThrow();
              code.checkcast(closeable).invokeinterface(closeable, "close", ConstantDescs.MTD_void).return_();
            } else {
              code.checkcast(method.type().returnType().describeConstable().orElseThrow()).areturn();
            }
          });
    }
  }

  /** Calls a handle of the class data. The call is on the stack, below which the handle must be. */
  private void emitCall(CodeBuilder code, ClassDesc self, Bound method, int number) {
    MethodHandle handle = handles.get(number);
    code.loadConstant(
        DynamicConstantDesc.ofNamed(CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, CD_MethodHandle, number));
    code.swap();
    CallShape shape = method.shape();
    if (shape != null && shape.usesMemory()) {
      code.aload(0).getfield(self, FIELD + (fields.size() - 1), CD_Object);
    }
    int local = 1;
    for (Class<?> param : method.type().parameterList()) {
      TypeKind kind = TypeKind.from(param);
      code.loadLocal(kind, local);
      local += kind.slotSize();
    }
    code.invokevirtual(CD_MethodHandle, "invokeExact", handle.type().describeConstable().orElseThrow());
    Class<?> result = method.type().returnType();
    if (!result.isPrimitive() && result != handle.type().returnType()) {
      code.checkcast(result.describeConstable().orElseThrow());
    }
    code.return_(TypeKind.from(result));
  }
}
