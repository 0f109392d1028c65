package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Divisions by constants, which need not divide: against Java's, for divisors and dividends of all sizes. */
class DivisionTest {
  private static final List<String> OPERATIONS = List.of("div_s", "div_u", "rem_s", "rem_u");

  private final Random random = new Random(6);

  /** Powers of two and their neighbours, small numbers, and random ones; never zero. */
  private List<Long> divisors(int bits) {
    List<Long> divisors = new ArrayList<>();
    for (long small = 1; small <= 40; small++) {
      divisors.add(small);
      divisors.add(-small);
    }
    for (int power = 5; power < bits; power++) {
      for (long near = -2; near <= 2; near++) {
        divisors.add((1L << power) + near);
        divisors.add(-(1L << power) + near);
      }
    }
    for (int i = 0; i < 100; i++) {
      divisors.add(random.nextLong() >> random.nextInt(64));
    }
    divisors.replaceAll(divisor -> bits == 32 ? (int) (long) divisor : divisor);
    divisors.removeIf(divisor -> divisor == 0);
    return divisors;
  }

  private List<Long> dividends(int bits, long divisor) {
    long min = bits == 32 ? Integer.MIN_VALUE : Long.MIN_VALUE;
    List<Long> dividends = new ArrayList<>(List.of(0L, 1L, -1L, 2L, min, min + 1, -min - 1, -min - 2));
    for (int i = 0; i < 60; i++) {
      // Next to a multiple, where a quotient that is rounded wrongly shows.
      long quotient = random.nextLong() >> random.nextInt(64);
      dividends.add(quotient * divisor + random.nextInt(-1, 2));
      dividends.add(random.nextLong() >> random.nextInt(64));
    }
    dividends.replaceAll(dividend -> bits == 32 ? (int) (long) dividend : dividend);
    return dividends;
  }

  private static Object expected(int bits, String operation, long dividend, long divisor) {
    if (bits == 32) {
      int left = (int) dividend;
      int right = (int) divisor;
      return switch (operation) {
        case "div_s" -> left / right;
        case "div_u" -> Integer.divideUnsigned(left, right);
        case "rem_s" -> left % right;
        default -> Integer.remainderUnsigned(left, right);
      };
    }
    return switch (operation) {
      case "div_s" -> dividend / divisor;
      case "div_u" -> Long.divideUnsigned(dividend, divisor);
      case "rem_s" -> dividend % divisor;
      default -> Long.remainderUnsigned(dividend, divisor);
    };
  }

  /** Into another register than the operand's, and into the same one. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void byConstants(int bits) {
    List<Long> divisors = divisors(bits);
    StringBuilder text = new StringBuilder("(module\n");
    for (int i = 0; i < divisors.size(); i++) {
      for (String operation : OPERATIONS) {
        String division = "(iN.OP (local.get 0) (iN.const D))";
        text.append("""
            (func (export "OP I") (param iN) (result iN) DIVISION)
            (func (export "OP same I") (param iN) (result iN) (local.set 0 DIVISION) (local.get 0))
            """
            .replace("DIVISION", division)
            .replace("OP", operation)
            .replace(" I\"", " " + i + "\"")
            .replace("iN", "i" + bits)
            .replace("const D", "const " + divisors.get(i)));
      }
    }
    text.append(")");
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(text.toString()));
        Instance instance = module.instantiate()) {
      for (int i = 0; i < divisors.size(); i++) {
        long divisor = divisors.get(i);
        List<Long> dividends = dividends(bits, divisor);
        for (String operation : OPERATIONS) {
          Func other = instance.function(operation + " " + i);
          Func same = instance.function(operation + " same " + i);
          for (long dividend : dividends) {
            boolean isLeast = dividend == (bits == 32 ? Integer.MIN_VALUE : Long.MIN_VALUE);
            if (operation.equals("div_s") && divisor == -1 && isLeast) {
              continue; // overflows
            }
            Object argument = bits == 32 ? (Object) (int) dividend : (Object) dividend;
            Object expected = expected(bits, operation, dividend, divisor);
            String what = dividend + " " + operation + " " + divisor;
            assertEquals(expected, other.call(argument), what);
            assertEquals(expected, same.call(argument), what);
          }
        }
      }
    }
  }
}
