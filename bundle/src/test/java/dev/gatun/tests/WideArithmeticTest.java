package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Arithmetic of 128 bits agrees with {@link BigInteger}, whatever its operands are: locals, the same twice, constants.
 */
final class WideArithmeticTest {
  private static final BigInteger MASK = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final int ADD128 = 19;
  private static final int SUB128 = 20;
  private static final int MUL_WIDE_S = 21;
  private static final int MUL_WIDE_U = 22;
  private static final long[] EDGES = {0, 1, -1, 2, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffffL, 1L << 32, -2};

  /** A value that is not a constant: an operand of the function. */
  private static final int LOCALS = 4;

  private static BigInteger unsigned(long value) {
    return BigInteger.valueOf(value).and(MASK);
  }

  private static BigInteger pair(long low, long high) {
    return unsigned(high).shiftLeft(64).or(unsigned(low));
  }

  private static BigInteger expected(int opcode, long[] operands) {
    return switch (opcode) {
      case ADD128 -> pair(operands[0], operands[1]).add(pair(operands[2], operands[3]));
      case SUB128 -> pair(operands[0], operands[1]).subtract(pair(operands[2], operands[3]));
      case MUL_WIDE_S -> BigInteger.valueOf(operands[0]).multiply(BigInteger.valueOf(operands[1]));
      default -> unsigned(operands[0]).multiply(unsigned(operands[1]));
    };
  }

  @Test
  void agreesWithBigInteger() {
    Random random = new Random(128);
    for (int round = 0; round < 200; round++) {
      ModuleBuilder module = new ModuleBuilder();
      int functions = 50;
      int[] opcodes = new int[functions];
      int[][] sources = new int[functions][];
      long[][] constants = new long[functions][];
      boolean[] afterLoop = new boolean[functions];
      for (int f = 0; f < functions; f++) {
        int opcode = ADD128 + random.nextInt(4);
        int count = opcode <= SUB128 ? 4 : 2;
        opcodes[f] = opcode;
        sources[f] = new int[count];
        constants[f] = new long[count];
        Code code = new Code().locals(2, 'l');
        afterLoop[f] = random.nextBoolean();
        if (afterLoop[f]) {
          code.loop(Code.EMPTY).i32(0).brIf(0).end(); // a loop gives the locals registers of their own
        }
        for (int i = 0; i < count; i++) {
          sources[f][i] = random.nextInt(LOCALS + 2);
          constants[f][i] = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextLong();
          if (sources[f][i] < LOCALS) {
            code.localGet(sources[f][i]);
          } else if (sources[f][i] == LOCALS) {
            code.i64(constants[f][i]);
          } else {
            code.localGet(0).i64(constants[f][i]).raw(0x7C); // local 0 + constant
          }
        }
        code.misc(opcode);
        // The lower half, then a function of both halves and of all locals, which must not have changed.
        code.localSet(5).localSet(4).localGet(4).localGet(5);
        code.localGet(0).localGet(1).raw(0x85).localGet(2).raw(0x85).localGet(3).raw(0x85);
        module.function("f" + f, "llll:lll", code);
      }
      try (Instance instance = Engine.create().compile(module.build()).instantiate()) {
        for (int f = 0; f < functions; f++) {
          for (int repeat = 0; repeat < 5; repeat++) {
            Object[] arguments = new Object[LOCALS];
            long[] locals = new long[LOCALS];
            long parity = 0;
            for (int i = 0; i < LOCALS; i++) {
              locals[i] = random.nextInt(3) == 0 ? EDGES[random.nextInt(EDGES.length)] : random.nextLong();
              arguments[i] = locals[i];
              parity ^= locals[i];
            }
            long[] operands = new long[sources[f].length];
            for (int i = 0; i < operands.length; i++) {
              int source = sources[f][i];
              operands[i] =
                  source < LOCALS ? locals[source] : source == LOCALS ? constants[f][i] : locals[0] + constants[f][i];
            }
            BigInteger expected = expected(opcodes[f], operands);
            Object[] results = (Object[]) instance.function("f" + f).call(arguments);
            assertEquals(expected.longValue(), results[0], "lower half of opcode " + opcodes[f]);
            assertEquals(expected.shiftRight(64).longValue(), results[1], "upper half of opcode " + opcodes[f]);
            assertEquals(parity, results[2], "a local has changed");
          }
        }
      }
    }
  }
}
