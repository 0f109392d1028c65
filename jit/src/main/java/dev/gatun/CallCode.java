package dev.gatun;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The code of typed calls: for each {@link CallShape} a static method that takes a {@link TypedCall}, the instance's
 * {@link GuestMemory} if something lies in memory, and the arguments. Instances share it: what differs between them is
 * in the first two arguments, which are constants for the JIT compiler when whoever holds them is one.
 */
final class CallCode {
  private CallCode() {}

  private static final ClassDesc CALL = TypedCall.class.describeConstable().orElseThrow();
  private static final ClassDesc TENURE = Tenancy.Tenure.class.describeConstable().orElseThrow();
  private static final ClassDesc GUEST = GuestMemory.class.describeConstable().orElseThrow();
  private static final ClassDesc TRANSFER = Transfer.class.describeConstable().orElseThrow();
  private static final ClassDesc NAME = ClassDesc.of("dev.gatun.CallCode$Shape");

  /**
   * How many shapes are kept at a time. Guests choose signatures, so there is no end of them; what is dropped here
   * lives on with those who have it.
   */
  static final int MOST = 1024;

  /** For the process: instances of all modules share it. */
  private static final ConcurrentHashMap<CallShape, MethodHandle> KNOWN = new ConcurrentHashMap<>();

  /**
   * The code of a shape. Its type: Object (the call), Object (the memory, if there is one), the carriers of the
   * parameters, returning that of the result.
   */
  static MethodHandle of(CallShape shape) {
    MethodHandle known = KNOWN.get(shape);
    if (known == null) {
      known = generate(shape);
      if (KNOWN.size() >= MOST) {
        KNOWN.clear();
      }
      MethodHandle raced = KNOWN.putIfAbsent(shape, known);
      known = raced == null ? known : raced;
    }
    return known;
  }

  private static MethodHandle generate(CallShape shape) {
    MethodType type = MethodType.methodType(shape.result().carrier(), Object.class);
    if (shape.usesMemory()) {
      type = type.appendParameterTypes(Object.class);
    }
    for (JavaType param : shape.params()) {
      type = type.appendParameterTypes(param.carrier());
    }
    MethodTypeDesc descriptor = type.describeConstable().orElseThrow();
    byte[] bytes =
        ClassFile.of()
            .build(
                NAME,
                builder -> {
                  builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
                  builder.withMethodBody(
                      "call",
                      descriptor,
                      ClassFile.ACC_STATIC,
                      code -> {
                        if (shape.usesMemory()) {
                          new InMemory(code, shape).emit();
                        } else {
                          emitPlain(code, shape);
                        }
                      });
                });
    try {
      MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return hidden.findStatic(hidden.lookupClass(), "call", type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static String finisher(CallShape shape) {
    return switch (shape.result()) {
      case VOID -> "finishVoid";
      case INT, BOOLEAN -> "finishInt";
      case LONG -> "finishLong";
      case FLOAT -> "finishFloat";
      case DOUBLE -> "finishDouble";
      case VECTOR -> "finishVector";
      case FUNC, OBJECT -> "finishReference";
      case SEVERAL -> "finishSeveral";
      case STRING, BYTES, SEGMENT, BUFFER -> shape.packed() ? "finishLong" : "finishSeveral";
    };
  }

  private static ClassDesc finished(CallShape shape) {
    return switch (shape.result()) {
      case VOID -> CD_void;
      case INT, BOOLEAN -> CD_int;
      case LONG -> CD_long;
      case FLOAT -> CD_float;
      case DOUBLE -> CD_double;
      case VECTOR -> V128.class.describeConstable().orElseThrow();
      case FUNC, OBJECT -> CD_Object;
      case SEVERAL -> CD_Object.arrayType();
      case STRING, BYTES, SEGMENT, BUFFER -> shape.packed() ? CD_long : CD_Object.arrayType();
    };
  }

  private static void emitPlain(CodeBuilder code, CallShape shape) {
    int call = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(0).checkcast(CALL).astore(call);
    int tenure = begin(code, call);
    int local = 1;
    int cell = 0;
    for (int i = 0; i < shape.params().size(); i++) {
      JavaType param = shape.params().get(i);
      put(code, call, param, i, cell, local);
      cell += param == JavaType.VECTOR ? 2 : 1;
      local += kind(param).slotSize();
    }
    finish(code, shape, call, tenure);
    if (shape.result() == JavaType.BOOLEAN) {
      truth(code);
    } else if (shape.result() == JavaType.FUNC) {
      code.checkcast(Func.class.describeConstable().orElseThrow());
    }
    code.return_(kind(shape.result()));
  }

  private static int begin(CodeBuilder code, int call) {
    int tenure = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(call).invokevirtual(CALL, "begin", MethodTypeDesc.of(TENURE)).astore(tenure);
    return tenure;
  }

  private static void put(CodeBuilder code, int call, JavaType param, int index, int cell, int local) {
    boolean reference = param == JavaType.FUNC || param == JavaType.OBJECT || param == JavaType.VECTOR;
    ClassDesc type =
        switch (param) {
          case INT, BOOLEAN -> CD_int;
          case LONG -> CD_long;
          case FLOAT -> CD_float;
          case DOUBLE -> CD_double;
          default -> CD_Object;
        };
    code.aload(call).loadConstant(reference ? index : cell).loadLocal(kind(param), local);
    code.invokevirtual(CALL, "put", MethodTypeDesc.of(CD_void, CD_int, type));
  }

  private static void finish(CodeBuilder code, CallShape shape, int call, int tenure) {
    code.aload(call).aload(tenure).invokevirtual(CALL, finisher(shape), MethodTypeDesc.of(finished(shape), TENURE));
  }

  private static void truth(CodeBuilder code) {
    code.ifThenElse(yes -> yes.iconst_1(), no -> no.iconst_0());
  }

  private static TypeKind kind(JavaType type) {
    return TypeKind.from(type.carrier());
  }

  /** A call of which something lies in memory. */
  private static final class InMemory {
    private final CodeBuilder code;
    private final CallShape shape;
    private final ClassDesc address;

    InMemory(CodeBuilder code, CallShape shape) {
      this.code = code;
      this.shape = shape;
      this.address = shape.wide() ? CD_long : CD_int;
    }

    void emit() {
      int call = code.allocateLocal(TypeKind.REFERENCE);
      int transfer = code.allocateLocal(TypeKind.REFERENCE);
      code.aload(0).checkcast(CALL).astore(call);
      code.new_(TRANSFER).dup().aload(1).checkcast(GUEST);
      code.invokespecial(TRANSFER, "<init>", MethodTypeDesc.of(CD_void, GUEST)).astore(transfer);
      code.trying(
          body -> new InMemory(body, shape).emitBody(call, transfer),
          handlers ->
              handlers.catchingAll(
                  handler -> {
                    int thrown = handler.allocateLocal(TypeKind.REFERENCE);
                    handler.astore(thrown).aload(transfer).aload(thrown);
                    handler.invokevirtual(TRANSFER, "fail", MethodTypeDesc.of(CD_Throwable, CD_Throwable)).athrow();
                  }));
    }

    private void emitBody(int call, int transfer) {
      int[] locals = passMemory(transfer);
      int tenure = begin(code, call);
      int cell = 0;
      int index = 0;
      JavaType part = shape.wide() ? JavaType.LONG : JavaType.INT;
      for (int i = 0; i < locals.length; i++) {
        JavaType param = shape.params().get(i);
        if (param.isInMemory()) {
          put(code, call, part, index, cell, locals[i]);
          put(code, call, part, index + 1, cell + 1, locals[i] + kind(part).slotSize());
          index += 2;
          cell += 2;
        } else {
          put(code, call, param, index, cell, locals[i]);
          index++;
          cell += param == JavaType.VECTOR ? 2 : 1;
        }
      }
      finish(code, shape, call, tenure);
      TypeKind kind = kind(shape.result());
      if (shape.result().isInMemory()) {
        take(transfer);
      } else if (shape.result() == JavaType.BOOLEAN) {
        truth(code);
      } else if (shape.result() == JavaType.FUNC) {
        code.checkcast(Func.class.describeConstable().orElseThrow());
      }
      int result = 0;
      if (kind != TypeKind.VOID) {
        result = code.allocateLocal(kind);
        code.storeLocal(kind, result);
      }
      code.aload(transfer).invokevirtual(TRANSFER, "end", MethodTypeDesc.of(CD_void));
      if (kind != TypeKind.VOID) {
        code.loadLocal(kind, result);
      }
      code.return_(kind);
    }

    /** Passes what lies in memory; returns the local of each argument, of those the first of address and length. */
    private int[] passMemory(int transfer) {
      int[] locals = new int[shape.params().size()];
      int local = 2;
      for (int i = 0; i < locals.length; i++) {
        JavaType param = shape.params().get(i);
        locals[i] = local;
        if (param.isInMemory()) {
          TypeKind kind = TypeKind.from(address);
          locals[i] = code.allocateLocal(kind);
          int length = code.allocateLocal(kind);
          code.aload(transfer).aload(local);
          code.invokevirtual(TRANSFER, "pass", MethodTypeDesc.of(CD_long, carrier(param)));
          narrow().storeLocal(kind, locals[i]);
          code.aload(transfer).invokevirtual(TRANSFER, "length", MethodTypeDesc.of(CD_long));
          narrow().storeLocal(kind, length);
        }
        local += kind(param).slotSize();
      }
      return locals;
    }

    private CodeBuilder narrow() {
      return shape.wide() ? code : code.l2i();
    }

    private static ClassDesc carrier(JavaType type) {
      return type.carrier().describeConstable().orElseThrow();
    }

    /** Takes the result, which is on the stack: a long, or an array of address and length. */
    private void take(int transfer) {
      TypeKind kind = TypeKind.from(finished(shape));
      int raw = code.allocateLocal(kind);
      code.storeLocal(kind, raw).aload(transfer).loadLocal(kind, raw);
      code.invokevirtual(TRANSFER, "locate", MethodTypeDesc.of(CD_void, finished(shape)));
      code.aload(transfer).loadConstant(shape.borrowed() ? 0 : 1);
      String take = Transfer.taking(shape.result());
      code.invokevirtual(TRANSFER, take, MethodTypeDesc.of(carrier(shape.result()), CD_boolean));
    }
  }
}
