package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Trap;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random ways to compute an index, in front of random accesses: what a compiler folds into addressing modes, where a
 * sign or an upper half that is forgotten reaches out of the sandbox. Each index ends with an argument that is chosen
 * so that the access lies where it could go wrong; it must then read or write exactly its bytes, or trap.
 *
 * <p>{@code -Dgatun.modules=N} makes N modules for each kind of memory instead of 3, {@code -Dgatun.seed=N} others.
 */
final class RandomAddressesTest {
  private static final int MODULES = Integer.getInteger("gatun.modules", 3);
  private static final long SEED = Long.getLong("gatun.seed", 1);
  private static final int FUNCTIONS = 60;
  private static final int CALLS = 25;

  // Parameters, all of which every function has.
  private static final int FINAL_I32 = 0;
  private static final int FINAL_I64 = 1;
  private static final int SOME_I32 = 2;
  private static final int SOME_I64 = 3;
  private static final int STORED = 4;
  private static final int PARAMETERS = 5;
  private static final String SIGNATURE = "ilill:l";
  private static final int SPARE_I32 = PARAMETERS;
  private static final int SPARE_I64 = PARAMETERS + 1;

  /** Bytes before and behind an access that are looked at. */
  private static final int MARGIN = 16;

  private final Random random = new Random();

  /** An expression over the parameters. */
  private record Expression(boolean wide, Consumer<Code> emit, ToLongFunction<long[]> value) {
    /** An i32 zero-extended. */
    long of(long[] parameters) {
      long bits = value.applyAsLong(parameters);
      return wide ? bits : bits & 0xffff_ffffL;
    }

    long signed(long[] parameters) {
      return wide ? of(parameters) : (int) of(parameters);
    }
  }

  /** A function of one expression: how the argument is found that makes its index a given one. */
  private record Subject(
      Expression index, Access access, long offset, boolean solvedWide, ToLongFunction<long[]> solution) {}

  private enum Effect {
    LOAD,
    STORE,
    ADD
  }

  /**
   * An access.
   *
   * @param opcode with its prefix in the upper half, as in the opcode tables
   * @param type what it loads or stores
   * @param width in bytes
   * @param extend makes 64 bits of those that were read
   */
  private record Access(int opcode, char type, int width, Effect effect, ToLongFunction<byte[]> extend) {
    boolean isAtomic() {
      return opcode >>> 16 == 0xFE;
    }

    void emit(Code code, int memory, long offset) {
      int alignment = isAtomic() ? Integer.numberOfTrailingZeros(width) : 0;
      int flags = memory == 0 ? alignment : alignment | 0x40;
      if (opcode >>> 16 == 0) {
        code.memory(opcode, alignment, memory, offset);
      } else if (memory == 0) {
        code.prefixed(opcode >>> 16, opcode & 0xffff, flags, offset);
      } else {
        code.prefixed(opcode >>> 16, opcode & 0xffff, flags, memory, offset);
      }
    }
  }

  private static long little(byte[] bytes) {
    return ByteBuffer.wrap(Arrays.copyOf(bytes, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static long upper(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
  }

  private static final ToLongFunction<byte[]> UNSIGNED = RandomAddressesTest::little;

  /** Sign-extends from the width to the type, whose upper half an i32 does not have. */
  private static ToLongFunction<byte[]> signed(int width, char type) {
    return bytes -> {
      long value = little(bytes) << 64 - 8 * width >> 64 - 8 * width;
      return type == 'i' ? value & 0xffff_ffffL : value;
    };
  }

  private static Access load(int opcode, char type, int width) {
    return new Access(opcode, type, width, Effect.LOAD, UNSIGNED);
  }

  private static Access loadSigned(int opcode, char type, int width) {
    return new Access(opcode, type, width, Effect.LOAD, signed(width, type));
  }

  /** How a vector becomes a number: three times its first lane of 64 bits and its second. */
  private static Access loadVector(int opcode, int width, ToLongFunction<byte[]> value) {
    return new Access(opcode, 'v', width, Effect.LOAD, value);
  }

  private static Access store(int opcode, char type, int width) {
    return new Access(opcode, type, width, Effect.STORE, UNSIGNED);
  }

  private static Access add(int opcode, char type, int width) {
    return new Access(opcode, type, width, Effect.ADD, UNSIGNED);
  }

  private static final List<Access> ACCESSES =
      List.of(
          load(0x28, 'i', 4),
          load(0x29, 'l', 8),
          load(0x2A, 'f', 4),
          load(0x2B, 'd', 8),
          loadSigned(0x2C, 'i', 1),
          load(0x2D, 'i', 1),
          loadSigned(0x2E, 'i', 2),
          load(0x2F, 'i', 2),
          loadSigned(0x30, 'l', 1),
          load(0x31, 'l', 1),
          loadSigned(0x32, 'l', 2),
          load(0x33, 'l', 2),
          loadSigned(0x34, 'l', 4),
          load(0x35, 'l', 4),
          store(0x36, 'i', 4),
          store(0x37, 'l', 8),
          store(0x38, 'f', 4),
          store(0x39, 'd', 8),
          store(0x3A, 'i', 1),
          store(0x3B, 'i', 2),
          store(0x3C, 'l', 1),
          store(0x3D, 'l', 2),
          store(0x3E, 'l', 4),
          loadVector(0xFD_0000, 16, bytes -> 3 * little(bytes) + upper(bytes)),
          loadVector(0xFD_000A, 8, bytes -> 4 * little(bytes)), // splat
          loadVector(0xFD_005C, 4, bytes -> 3 * little(bytes)), // zero
          loadVector(0xFD_005D, 8, bytes -> 3 * little(bytes)),
          store(0xFD_000B, 'v', 16),
          load(0xFE_0010, 'i', 4),
          load(0xFE_0011, 'l', 8),
          load(0xFE_0012, 'i', 1),
          load(0xFE_0016, 'l', 4),
          store(0xFE_0017, 'i', 4),
          store(0xFE_0018, 'l', 8),
          store(0xFE_001B, 'l', 1),
          add(0xFE_001E, 'i', 4),
          add(0xFE_001F, 'l', 8),
          add(0xFE_0020, 'i', 1),
          add(0xFE_0024, 'l', 4));

  // Expressions.

  private Expression number(boolean wide) {
    long[] some =
        {0, 1, 3, 8, 255, 4096, 0x7fff, 0x1_0000, 0x7fff_ffff, 0x8000_0000L, 0xffff_ffffL, -1, -8, -4096,
            Long.MIN_VALUE, 0x1_0000_0000L, random.nextLong()};
    long value = some[random.nextInt(some.length)];
    return wide
        ? new Expression(true, code -> code.i64(value), parameters -> value)
        : new Expression(false, code -> code.i32((int) value), parameters -> value);
  }

  private static Expression parameter(boolean wide, int parameter) {
    return new Expression(wide, code -> code.localGet(parameter), parameters -> parameters[parameter]);
  }

  private static Expression binary(int i32, Expression a, Expression b, Operation operation) {
    boolean wide = a.wide;
    int opcode = wide ? i32 + 0x12 : i32;
    return new Expression(
        wide,
        code -> {
          a.emit.accept(code);
          b.emit.accept(code);
          code.raw(opcode);
        },
        parameters -> operation.apply(a.of(parameters), b.of(parameters), wide));
  }

  private interface Operation {
    long apply(long a, long b, boolean wide);
  }

  private static Expression unary(boolean wide, int opcode, Expression a, ToLongFunction<Long> operation) {
    return new Expression(
        wide,
        code -> {
          a.emit.accept(code);
          code.raw(opcode);
        },
        parameters -> operation.applyAsLong(a.of(parameters)));
  }

  private Expression leaf(boolean wide) {
    return switch (random.nextInt(4)) {
      case 0 -> number(wide);
      default -> parameter(wide, wide ? SOME_I64 : SOME_I32);
    };
  }

  private Expression expression(boolean wide, int depth) {
    if (depth == 0) {
      return leaf(wide);
    }
    int sub = depth - 1;
    return switch (random.nextInt(12)) {
      case 0 -> binary(0x6A, expression(wide, sub), expression(wide, sub), (a, b, w) -> a + b);
      case 1 -> binary(0x6B, expression(wide, sub), expression(wide, sub), (a, b, w) -> a - b);
      case 2 -> binary(0x71, expression(wide, sub), expression(wide, sub), (a, b, w) -> a & b);
      case 3 -> binary(0x73, expression(wide, sub), expression(wide, sub), (a, b, w) -> a ^ b);
      case 4 -> {
        int distance = random.nextInt(5);
        Expression by = new Expression(wide, code -> constant(code, wide, distance), parameters -> distance);
        yield binary(0x74, expression(wide, sub), by, (a, b, w) -> a << b);
      }
      case 5 -> {
        int distance = random.nextInt(wide ? 64 : 32);
        Expression by = new Expression(wide, code -> constant(code, wide, distance), parameters -> distance);
        yield random.nextBoolean()
            ? binary(0x76, expression(wide, sub), by, (a, b, w) -> a >>> b)
            : binary(0x75, expression(wide, sub), by, (a, b, w) -> w ? a >> b : (int) a >> b);
      }
      case 6 ->
          wide
              ? unary(true, 0xAD, expression(false, sub), a -> a) // i64.extend_i32_u
              : unary(false, 0xA7, expression(true, sub), a -> a); // i32.wrap_i64
      case 7 ->
          wide
              ? unary(true, 0xAC, expression(false, sub), a -> a.intValue()) // i64.extend_i32_s
              : unary(false, 0xA7, expression(true, sub), a -> a);
      case 8 ->
          random.nextBoolean()
              ? unary(wide, wide ? 0xC2 : 0xC0, expression(wide, sub), a -> a.byteValue()) // extend8_s
              : unary(wide, wide ? 0xC4 : 0xC1, expression(wide, sub), a -> wide ? a.intValue() : a.shortValue());
      case 9 -> {
        Expression a = expression(wide, sub);
        Expression b = expression(wide, sub);
        Expression condition = expression(false, sub);
        yield new Expression(
            wide,
            code -> {
              a.emit.accept(code);
              b.emit.accept(code);
              condition.emit.accept(code);
              code.raw(0x1B); // select
            },
            parameters -> condition.of(parameters) != 0 ? a.of(parameters) : b.of(parameters));
      }
      case 10 -> {
        // Through a block, which gives it a place of its own.
        Expression a = expression(wide, sub);
        yield new Expression(
            wide,
            code -> {
              code.block(wide ? 'l' : 'i');
              a.emit.accept(code);
              code.localGet(SOME_I32).brIf(0).end();
            },
            a.value);
      }
      default -> {
        Expression a = expression(wide, sub);
        int spare = wide ? SPARE_I64 : SPARE_I32;
        yield new Expression(
            wide,
            code -> {
              a.emit.accept(code);
              code.localTee(spare);
            },
            a.value);
      }
    };
  }

  private static void constant(Code code, boolean wide, int value) {
    if (wide) {
      code.i64(value);
    } else {
      code.i32(value);
    }
  }

  /** An index that becomes any that is wanted, by one of the arguments. In its parameters, that is the wanted one. */
  private Subject subject(boolean wide, Access access, long offset) {
    Expression rest = expression(wide, random.nextInt(4));
    int parameter = wide ? FINAL_I64 : FINAL_I32;
    Expression last = parameter(wide, parameter);
    Operation sum = (a, b, w) -> a + b;
    return switch (random.nextInt(7)) {
      case 0 -> new Subject(binary(0x6A, rest, last, sum), access, offset, wide, p -> p[parameter] - rest.of(p));
      case 1 -> new Subject(binary(0x6A, last, rest, sum), access, offset, wide, p -> p[parameter] - rest.of(p));
      case 2 ->
          new Subject(
              binary(0x6B, rest, last, (a, b, w) -> a - b), access, offset, wide, p -> rest.of(p) - p[parameter]);
      case 3 ->
          new Subject(
              binary(0x73, rest, last, (a, b, w) -> a ^ b), access, offset, wide, p -> rest.of(p) ^ p[parameter]);
      case 4 -> new Subject(last, access, offset, wide, p -> p[parameter]);
      default -> {
        if (wide) {
          // From an i32: all that is wanted of it is its lower half.
          Expression narrow = expression(false, random.nextInt(3));
          Expression found = binary(0x6A, narrow, parameter(false, FINAL_I32), sum);
          boolean signed = random.nextBoolean();
          Expression index =
              new Expression(
                  true,
                  code -> {
                    found.emit.accept(code);
                    code.raw(signed ? 0xAC : 0xAD);
                  },
                  p -> signed ? found.signed(p) : found.of(p));
          yield new Subject(index, access, offset, false, p -> p[FINAL_I32] - narrow.of(p));
        }
        // From an i64 with an upper half that must be forgotten.
        Expression large = expression(true, random.nextInt(3));
        Expression found = binary(0x6A, large, parameter(true, FINAL_I64), sum);
        yield new Subject(
            unary(false, 0xA7, found, a -> a), access, offset, true, p -> p[FINAL_I64] - large.of(p));
      }
    };
  }

  // A module.

  private Code body(Subject subject, int memory) {
    Code code = new Code().locals(1, 'i').locals(1, 'l');
    subject.index.emit.accept(code);
    Access access = subject.access;
    if (access.effect != Effect.LOAD) {
      code.localGet(STORED);
      switch (access.type) {
        case 'i' -> code.raw(0xA7);
        case 'f' -> code.raw(0xA7, 0xBE); // f32.reinterpret_i32
        case 'd' -> code.raw(0xBF);
        case 'v' -> code.prefixed(0xFD, 18); // i64x2.splat
        default -> { }
      }
    }
    access.emit(code, memory, subject.offset);
    if (access.effect == Effect.STORE) {
      return code.i64(0);
    }
    switch (access.type) {
      case 'i' -> code.raw(0xAD);
      case 'f' -> code.raw(0xBC, 0xAD);
      case 'd' -> code.raw(0xBD);
      case 'v' -> {
        code.locals(1, 'v').localTee(PARAMETERS + 2).prefixed(0xFD, 29).raw(0).i64(3).raw(0x7E);
        code.localGet(PARAMETERS + 2).prefixed(0xFD, 29).raw(1).raw(0x7C);
      }
      default -> { }
    }
    return code;
  }

  private long offset(AddressingTest.Place place) {
    long[] some = {0, 0, 1, 4, 255, 256, 4095, 4096, 32760, 65528, 0x7fff_ffffL, 0x8000_0000L, 0xffff_fff0L};
    long offset = some[random.nextInt(some.length)] + random.nextInt(8);
    return place.isWide() && random.nextInt(8) == 0 ? random.nextLong() : offset;
  }

  /** Where an access begins that could go wrong. */
  private long start(AddressingTest.Place place, int width) {
    long size = place.size();
    long start =
        switch (random.nextInt(6)) {
          case 0 -> random.nextInt(100);
          case 1, 2 -> size - width - random.nextInt(40);
          case 3 -> size - width + 1 + random.nextInt(40);
          case 4 -> 0x8000_0000L - 20 + random.nextInt(40);
          default -> size == 0 ? 0 : Math.floorMod(random.nextLong(), size);
        };
    return start;
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  static List<AddressingTest.Place> places() {
    return AddressingTest.places();
  }

  @ParameterizedTest
  @MethodSource("places")
  void accessesReachTheirBytesAndNoOthers(AddressingTest.Place place) {
    Engine engine = Engine.builder().boundsChecks(place.bounds()).build();
    Map<String, Integer> endings = new TreeMap<>();
    for (int round = 0; round < MODULES; round++) {
      random.setSeed(1_000_003L * SEED + round);
      ModuleBuilder module = new ModuleBuilder();
      for (int i = 0; i < place.others(); i++) {
        module.memory(2, 2);
      }
      module.memory(place.addressType(), place.pageSizeLog2(), place.pages(), ModuleBuilder.NO_MAXIMUM);
      module.export("memory", ModuleBuilder.MEMORY, place.others());
      List<Subject> subjects = new ArrayList<>();
      for (int i = 0; i < FUNCTIONS; i++) {
        Access access = ACCESSES.get(random.nextInt(ACCESSES.size()));
        Subject subject = subject(place.isWide(), access, offset(place));
        subjects.add(subject);
        module.function("f" + i, SIGNATURE, body(subject, place.others()));
      }
      try (Instance instance = engine.compile(module.build()).instantiate()) {
        Memory memory = instance.memory("memory");
        for (int i = 0; i < FUNCTIONS; i++) {
          Func function = instance.function("f" + i);
          for (int call = 0; call < CALLS; call++) {
            String what = place + ", seed " + SEED + ", module " + round + ", function " + i + ", call " + call;
            endings.merge(check(place, subjects.get(i), function, memory, what), 1, Integer::sum);
          }
        }
      }
    }
    assertTrue(endings.getOrDefault("out of bounds", 0) > 20 * MODULES, endings::toString);
    if (place.size() > 100) {
      assertTrue(endings.getOrDefault("done", 0) > 100 * MODULES, endings::toString);
    }
  }

  private String check(
      AddressingTest.Place place, Subject subject, Func function, Memory memory, String what) {
    Access access = subject.access;
    long[] p = new long[PARAMETERS];
    p[SOME_I32] = random.nextBoolean() ? random.nextInt() : random.nextInt(200) - 100;
    p[SOME_I64] = random.nextBoolean() ? random.nextLong() : random.nextInt(200) - 100;
    p[STORED] = random.nextLong();
    // The wanted index in both, with an upper half that must not matter in the one that has it to spare.
    long wanted = start(place, access.width) - subject.offset;
    if (access.isAtomic() && random.nextInt(4) != 0) {
      wanted -= Math.floorMod(wanted + subject.offset, access.width);
    }
    p[FINAL_I32] = wanted;
    p[FINAL_I64] = place.isWide() ? wanted : wanted & 0xffff_ffffL | random.nextLong() << 32;
    long solution = subject.solution.applyAsLong(p);
    p[subject.solvedWide ? FINAL_I64 : FINAL_I32] = solution;

    long index = subject.index.of(p);
    BigInteger start = unsigned(index).add(unsigned(subject.offset));
    boolean fits = start.add(BigInteger.valueOf(access.width)).compareTo(BigInteger.valueOf(place.size())) <= 0;
    boolean aligned = !access.isAtomic() || start.mod(BigInteger.valueOf(access.width)).signum() == 0;
    long from = 0;
    byte[] before = {};
    long at = start.longValue();
    if (fits) {
      from = Math.max(0, at - MARGIN);
      before = new byte[(int) (Math.min(place.size(), at + access.width + MARGIN) - from)];
      random.nextBytes(before);
      memory.write(from, before);
    }
    long result;
    try {
      result =
          (Long)
              function.call((int) p[FINAL_I32], p[FINAL_I64], (int) p[SOME_I32], p[SOME_I64], p[STORED]);
    } catch (Trap trap) {
      if (trap.kind() == Trap.Kind.UNALIGNED_ATOMIC) {
        assertTrue(!aligned, what);
        return "unaligned";
      }
      assertEquals(Trap.Kind.MEMORY_OUT_OF_BOUNDS, trap.kind(), what);
      assertTrue(!fits, () -> what + ": index " + Long.toHexString(index));
      return "out of bounds";
    }
    assertTrue(fits && aligned, () -> what + ": index " + Long.toHexString(index) + " is no trap");
    byte[] accessed = Arrays.copyOfRange(before, (int) (at - from), (int) (at - from) + access.width);
    if (access.effect != Effect.STORE) {
      assertEquals(access.extend.applyAsLong(accessed), result, what);
    }
    if (access.effect != Effect.LOAD) {
      long value = access.effect == Effect.STORE ? p[STORED] : p[STORED] + little(accessed);
      for (int i = 0; i < access.width; i++) {
        before[(int) (at - from) + i] = (byte) (value >>> 8 * i); // a vector has the same number twice
      }
    }
    assertArrayEquals(before, memory.read(from, before.length), what);
    return "done";
  }
}
