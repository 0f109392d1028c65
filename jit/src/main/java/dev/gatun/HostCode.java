package dev.gatun;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.runtime.NativeMemory;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The code of typed host functions: for each shape a class that reads the arguments from their cells, calls a method
 * handle and puts its result into its cell, with nothing boxed. The counterpart of {@link CallCode}.
 */
final class HostCode {
  private HostCode() {}

  /**
   * What the functions of a class have in common.
   *
   * @param takesCall whether the method's first parameter, not one of the shape, is the {@link HostCall}
   */
  private record Key(CallShape shape, boolean takesCall) {
    static Key of(CallShape shape, MethodType method) {
      return new Key(shape, HostCode.takesCall(method));
    }

    /** The type of the method handle. */
    MethodType type() {
      MethodType type = MethodType.methodType(shape.result().carrier());
      if (takesCall) {
        type = type.appendParameterTypes(HostCall.class);
      }
      for (JavaType param : shape.params()) {
        type = type.appendParameterTypes(param.carrier());
      }
      return type;
    }
  }

  /** A method of a class, as functions of some shape. */
  private record MethodKey(Method method, CallShape shape) {}

  private static final ClassDesc CALL = HostCall.class.describeConstable().orElseThrow();
  private static final ClassDesc TRANSFER = Transfer.class.describeConstable().orElseThrow();
  private static final ClassDesc CELLS = NativeMemory.class.describeConstable().orElseThrow();
  private static final ClassDesc NAME = ClassDesc.of("dev.gatun.HostCode$Shape");
  private static final MethodType CONSTRUCTOR = MethodType.methodType(void.class, Object.class, Object.class);
  private static final DirectMethodHandleDesc CLASS_DATA =
      ConstantDescs.ofConstantBootstrap(
          MethodHandles.class.describeConstable().orElseThrow(), "classData", CD_Object);

  /** The receiver of a method, or a method handle. */
  private static final String TARGET = "target";

  private static final String ALLOCATOR = "allocator";

  /** Constructors for any method handle; for the process, and no more at a time than {@link CallCode} has. */
  private static final ConcurrentHashMap<Key, MethodHandle> KNOWN = new ConcurrentHashMap<>();

  /** Constructors for the methods of a class; they go with it. */
  private static final ClassValue<ConcurrentHashMap<MethodKey, MethodHandle>> METHODS =
      new ClassValue<>() {
        @Override
        protected ConcurrentHashMap<MethodKey, MethodHandle> computeValue(Class<?> type) {
          return new ConcurrentHashMap<>();
        }
      };

  /**
   * A host function that calls a method handle.
   *
   * @param body of the shape's types, or such as can be converted, perhaps after a HostCall
   */
  static HostFunction of(CallShape shape, MethodHandle body) {
    Key key = Key.of(shape, body.type());
    MethodHandle constructor = KNOWN.get(key);
    if (constructor == null) {
      constructor = generate(key, null);
      if (KNOWN.size() >= CallCode.MOST) {
        KNOWN.clear();
      }
      KNOWN.put(key, constructor);
    }
    return construct(constructor, body.asFixedArity().asType(key.type()), null);
  }

  /**
   * A host function that calls a method. The code is the method's own, so that the JIT compiler can inline it; made
   * once for a method, it serves all objects.
   *
   * @param body takes the receiver as an Object, then what {@link #of(CallShape, MethodHandle)} says
   * @param allocator of the calling module, needed if the result lies in memory
   */
  static HostFunction of(
      CallShape shape, Method method, MethodHandle body, Object receiver, @Nullable GuestAllocator allocator) {
    ConcurrentHashMap<MethodKey, MethodHandle> known = METHODS.get(method.getDeclaringClass());
    MethodKey methodKey = new MethodKey(method, shape);
    MethodHandle constructor = known.get(methodKey);
    if (constructor == null) {
      Key key = Key.of(shape, body.type().dropParameterTypes(0, 1));
      constructor = generate(key, body.asType(key.type().insertParameterTypes(0, Object.class)));
      known.put(methodKey, constructor);
    }
    return construct(constructor, receiver, allocator);
  }

  private static HostFunction construct(
      MethodHandle constructor, Object target, @Nullable GuestAllocator allocator) {
    try {
      return (HostFunction) constructor.invokeExact(target, (Object) allocator);
    } catch (Throwable e) {
      throw Store.sneaky(e);
    }
  }

  /** Whether a method wants the call itself, which is no parameter of the function. */
  static boolean takesCall(MethodType method) {
    return method.parameterCount() > 0 && method.parameterType(0) == HostCall.class;
  }

  /**
   * Makes a class.
   *
   * @param method what it calls with the target as the first argument; null if the target is what it calls
   */
  private static MethodHandle generate(Key key, @Nullable MethodHandle method) {
    byte[] bytes = ClassFile.of().build(NAME, builder -> build(builder, key, method));
    try {
      MethodHandles.Lookup own = MethodHandles.lookup();
      MethodHandles.Lookup hidden =
          method == null
              ? own.defineHiddenClass(bytes, true)
              : own.defineHiddenClassWithClassData(bytes, method, true);
      return hidden
          .findConstructor(hidden.lookupClass(), CONSTRUCTOR)
          .asType(CONSTRUCTOR.changeReturnType(HostFunction.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void build(ClassBuilder builder, Key key, @Nullable MethodHandle method) {
    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
    builder.withInterfaceSymbols(HostFunction.class.describeConstable().orElseThrow());
    builder.withField(TARGET, CD_Object, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
    builder.withField(ALLOCATOR, CD_Object, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
    builder.withMethodBody(
        ConstantDescs.INIT_NAME,
        CONSTRUCTOR.describeConstable().orElseThrow(),
        0,
        code -> {
          code.aload(0).invokespecial(CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
          code.aload(0).aload(1).putfield(NAME, TARGET, CD_Object);
          code.aload(0).aload(2).putfield(NAME, ALLOCATOR, CD_Object).return_();
        });
    builder.withMethodBody(
        "call",
        MethodTypeDesc.of(CD_void, CALL),
        ClassFile.ACC_PUBLIC,
        code -> new Emitter(code, key, method == null ? key.type() : method.type()).emit());
  }

  /** The code of one call. Local 1 is the HostCall. */
  private static final class Emitter {
    private final CodeBuilder code;
    private final Key key;
    private final CallShape shape;

    /** The type of what is called: with a first parameter more if that is a method. */
    private final MethodType called;

    private final int cells;
    private final int transfer;

    Emitter(CodeBuilder code, Key key, MethodType called) {
      this.code = code;
      this.key = key;
      this.called = called;
      this.shape = key.shape();
      this.cells = code.allocateLocal(TypeKind.LONG);
      this.transfer = code.allocateLocal(TypeKind.REFERENCE);
    }

    void emit() {
      code.aload(1).invokevirtual(CALL, "cells", MethodTypeDesc.of(CD_long)).lstore(cells);
      if (shape.usesMemory()) {
        code.aload(1).aload(0).getfield(NAME, ALLOCATOR, CD_Object);
        code.invokevirtual(CALL, "transfer", MethodTypeDesc.of(TRANSFER, CD_Object)).astore(transfer);
      }
      if (called.parameterCount() > key.type().parameterCount()) {
        code.loadConstant(
            DynamicConstantDesc.ofNamed(CLASS_DATA, ConstantDescs.DEFAULT_NAME, CD_MethodHandle));
        code.aload(0).getfield(NAME, TARGET, CD_Object);
      } else {
        code.aload(0).getfield(NAME, TARGET, CD_Object).checkcast(CD_MethodHandle);
      }
      if (key.takesCall()) {
        code.aload(1);
      }
      int cell = 0;
      int index = 0;
      for (JavaType param : shape.params()) {
        argument(param, index, cell);
        index += param.isInMemory() ? 2 : 1;
        cell += param.isInMemory() || param == JavaType.VECTOR ? 2 : 1;
      }
      code.invokevirtual(CD_MethodHandle, "invokeExact", called.describeConstable().orElseThrow());
      result();
      code.return_();
    }

    private CodeBuilder cell(int cell) {
      code.lload(cells);
      return cell == 0 ? code : code.loadConstant(8L * cell).ladd();
    }

    private void get(String method, ClassDesc type, int cell) {
      cell(cell).invokestatic(CELLS, method, MethodTypeDesc.of(type, CD_long));
    }

    private void argument(JavaType param, int index, int cell) {
      switch (param) {
        case INT -> get("getInt", CD_int, cell);
        case BOOLEAN -> {
          get("getInt", CD_int, cell);
          code.ifThenElse(yes -> yes.iconst_1(), no -> no.iconst_0());
        }
        case LONG -> get("getLong", CD_long, cell);
        case FLOAT -> get("getFloat", CD_float, cell);
        case DOUBLE -> get("getDouble", CD_double, cell);
        case VECTOR, FUNC, OBJECT -> {
          code.aload(1).loadConstant(index).invokevirtual(CALL, "argument", MethodTypeDesc.of(CD_Object, CD_int));
          if (param != JavaType.OBJECT) {
            code.checkcast(param.carrier().describeConstable().orElseThrow());
          }
        }
        case STRING, BYTES, SEGMENT, BUFFER -> {
          code.aload(transfer);
          address(cell);
          address(cell + 1);
          code.invokevirtual(TRANSFER, "locate", MethodTypeDesc.of(CD_void, CD_long, CD_long));
          code.aload(transfer).iconst_0();
          code.invokevirtual(
              TRANSFER,
              Transfer.taking(param),
              MethodTypeDesc.of(param.carrier().describeConstable().orElseThrow(), CD_boolean));
        }
        case VOID, SEVERAL -> throw new AssertionError(param);
      }
    }

    /** An address or a length, which is unsigned. */
    private void address(int cell) {
      get("getLong", CD_long, cell);
      if (!shape.wide()) {
        code.loadConstant(0xffff_ffffL).land();
      }
    }

    /** Puts the result, which is on the stack, into its cell. */
    private void result() {
      JavaType result = shape.result();
      if (result == JavaType.VOID) {
        return;
      }
      TypeKind kind = TypeKind.from(result.carrier());
      int value = code.allocateLocal(kind);
      code.storeLocal(kind, value);
      switch (result) {
        case INT, BOOLEAN -> put("putInt", CD_int, kind, value);
        case LONG -> put("putLong", CD_long, kind, value);
        case FLOAT -> put("putFloat", CD_float, kind, value);
        case DOUBLE -> put("putDouble", CD_double, kind, value);
        case VECTOR, FUNC, OBJECT -> {
          code.aload(1).aload(value);
          code.invokevirtual(CALL, "resultObject", MethodTypeDesc.of(CD_void, CD_Object));
        }
        case SEVERAL -> {
          code.aload(1).aload(value);
          code.invokevirtual(CALL, "results", MethodTypeDesc.of(CD_void, CD_Object.arrayType()));
        }
        case STRING, BYTES, SEGMENT, BUFFER -> {
          code.aload(transfer).aload(value);
          ClassDesc carrier = result.carrier().describeConstable().orElseThrow();
          code.invokevirtual(TRANSFER, "pass", MethodTypeDesc.of(CD_long, carrier));
          int address = code.allocateLocal(TypeKind.LONG);
          code.lstore(address).lload(cells).lload(address);
          if (shape.packed()) {
            code.loadConstant(32).lshl();
            code.aload(transfer).invokevirtual(TRANSFER, "length", MethodTypeDesc.of(CD_long)).lor();
          } else {
            code.invokestatic(CELLS, "putLong", MethodTypeDesc.of(CD_void, CD_long, CD_long));
            cell(1).aload(transfer).invokevirtual(TRANSFER, "length", MethodTypeDesc.of(CD_long));
          }
          code.invokestatic(CELLS, "putLong", MethodTypeDesc.of(CD_void, CD_long, CD_long));
        }
        case VOID -> throw new AssertionError();
      }
    }

    private void put(String method, ClassDesc type, TypeKind kind, int value) {
      code.lload(cells).loadLocal(kind, value);
      code.invokestatic(CELLS, method, MethodTypeDesc.of(CD_void, CD_long, type));
    }
  }
}
