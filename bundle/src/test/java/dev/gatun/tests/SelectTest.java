package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.text.TextFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code select} whose result a local gets that is one of its operands, part of its condition, or neither: every local
 * has afterwards the value that it should have.
 */
class SelectTest {
  private static final String CONDITION_LEFT = "(local.get $l)";
  private static final String CONDITION_RIGHT = "(local.get $r)";

  private static final List<String> TARGETS = List.of("$first", "$other", "$l", "$r", "$free");

  private static final double[] VALUES = {-1, -0.0, 0, 1, 2, Double.NaN};

  /** A function that selects, sets the target, and combines all locals into a number from which each can be told. */
  private static String function(String type, String condition, String target, boolean negated) {
    String test = "(" + type + "." + condition + " " + CONDITION_LEFT + " " + CONDITION_RIGHT + ")";
    StringBuilder text = new StringBuilder("(func (export \"f\") ");
    for (String param : List.of("$l", "$r", "$first", "$other", "$free")) {
      text.append("(param ").append(param).append(' ').append(type).append(") ");
    }
    text.append("(result").append((" " + type).repeat(5)).append(") ");
    // Used often, so that each has a register of its own.
    for (String local : List.of("$l", "$r", "$first", "$other", "$free")) {
      text.append("(drop (local.get ").append(local).append(")) (drop (local.get ").append(local).append(")) ");
    }
    text.append("(local.set ").append(target).append(" (select (local.get $first) (local.get $other) ");
    text.append(negated ? "(i32.eqz " + test + ")" : test).append(")) ");
    for (String local : List.of("$l", "$r", "$first", "$other", "$free")) {
      text.append("(local.get ").append(local).append(") ");
    }
    return text.append(')').toString();
  }

  private static boolean holds(String condition, double left, double right) {
    return switch (condition) {
      case "eq" -> left == right;
      case "ne" -> left != right;
      case "lt", "lt_s" -> left < right;
      case "ge", "ge_s" -> left >= right;
      default -> throw new AssertionError(condition);
    };
  }

  private static Object value(String type, double of) {
    return switch (type) {
      case "i32" -> (int) of;
      case "i64" -> (long) of;
      case "f32" -> (float) of;
      default -> of;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "i32,eq", "i32,ne", "i32,lt_s", "i32,ge_s", "i64,eq", "i64,lt_s", "f32,eq", "f32,ne", "f32,lt", "f32,ge", "f64,eq",
    "f64,ne", "f64,lt", "f64,ge"
  })
  void localsKeepWhatTheyShould(String type, String condition) {
    for (String target : TARGETS) {
      for (boolean negated : new boolean[] {false, true}) {
        String text = "(module " + function(type, condition, target, negated) + ")";
        try (Engine engine = Engine.create();
            Module module = engine.compile(TextFormat.parse(text));
            Instance instance = module.instantiate()) {
          check(instance.function("f"), type, condition, target, negated);
        }
      }
    }
  }

  private static void check(Func function, String type, String condition, String target, boolean negated) {
    for (double left : VALUES) {
      for (double right : VALUES) {
        if (type.startsWith("i") && (Double.isNaN(left) || Double.isNaN(right))) {
          continue;
        }
        Object[] locals = {value(type, left), value(type, right), value(type, 10), value(type, 20), value(type, 30)};
        Object[] expected = locals.clone();
        boolean first = holds(condition, left, right) != negated;
        int at = List.of("$l", "$r", "$first", "$other", "$free").indexOf(target);
        expected[at] = first ? locals[2] : locals[3];
        Object results = function.call(locals);
        assertEquals(
            List.of(expected),
            List.of((Object[]) results),
            () -> type + "." + condition + " of " + left + " and " + right + " into " + target + ", " + negated);
      }
    }
  }
}
