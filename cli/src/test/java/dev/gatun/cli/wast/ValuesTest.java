package dev.gatun.cli.wast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {
  private static Map<String, Object> value(String type, String value) {
    return Map.of("type", type, "value", value);
  }

  private static void check(@Nullable Object result, Map<String, ?> expected) {
    Values.check(new @Nullable Object[] {result}, List.of(expected));
  }

  @Test
  void argumentsAreBitPatterns() {
    Object[] arguments =
        Values.arguments(
            List.of(
                value("i32", "4294967295"),
                value("i32", "-1"),
                value("i64", "18446744073709551615"),
                value("f32", "1069547520"),
                value("f64", "13832806255468478464"),
                value("externref", "null"),
                value("funcref", "null")));
    assertArrayEquals(new Object[] {-1, -1, -1L, 1.5f, -1.5, null, null}, arguments);
    assertEquals(0, Values.arguments(null).length);
  }

  @Test
  void anExternalReferenceIsTheSameBothWays() {
    Object reference = Values.arguments(List.of(value("externref", "7")))[0];
    assertDoesNotThrow(() -> check(reference, value("externref", "7")));
    assertDoesNotThrow(() -> check(reference, Map.of("type", "externref")));
    assertThrows(ScriptRunner.Mismatch.class, () -> check(reference, value("externref", "8")));
    assertThrows(ScriptRunner.Mismatch.class, () -> check(reference, value("externref", "null")));
    assertThrows(ScriptRunner.Mismatch.class, () -> check(null, value("externref", "7")));
    assertDoesNotThrow(() -> check(null, Map.of("type", "refnull")));
    assertNull(Values.arguments(List.of(value("externref", "null")))[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "7fc00000, nan:canonical, true",
    "ffc00000, nan:canonical, true",
    "7fc00001, nan:canonical, false",
    "7fc00001, nan:arithmetic, true",
    "7f800001, nan:arithmetic, false",
    "7f800000, nan:arithmetic, false",
    "7fc00001, 2143289345, true",
    "80000000, 0, false",
  })
  void nansAndZerosOfFloatsAreToldApart(String bits, String expected, boolean matches) {
    float result = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    if (matches) {
      check(result, value("f32", expected));
    } else {
      assertThrows(ScriptRunner.Mismatch.class, () -> check(result, value("f32", expected)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7ff8000000000000, nan:canonical, true",
    "fff8000000000000, nan:canonical, true",
    "7ff8000000000001, nan:canonical, false",
    "7ffc000000000000, nan:arithmetic, true",
    "7ff4000000000000, nan:arithmetic, false",
    "8000000000000000, 9223372036854775808, true",
  })
  void nansOfDoublesAreToldApart(String bits, String expected, boolean matches) {
    double result = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
    if (matches) {
      check(result, value("f64", expected));
    } else {
      assertThrows(ScriptRunner.Mismatch.class, () -> check(result, value("f64", expected)));
    }
  }

  @Test
  void oneOfTheAlternativesIsEnough() {
    Map<String, ?> either = Map.of("type", "either", "values", List.of(value("i32", "1"), value("i32", "2")));
    check(2, either);
    assertThrows(ScriptRunner.Mismatch.class, () -> check(3, either));
  }

  @Test
  void typeAndNumberOfResultsCount() {
    assertThrows(ScriptRunner.Mismatch.class, () -> check(1L, value("i32", "1")));
    assertThrows(ScriptRunner.Mismatch.class, () -> Values.check(new Object[0], List.of(value("i32", "1"))));
    assertThrows(ScriptRunner.Mismatch.class, () -> Values.check(new Object[] {1}, List.of()));
    Values.check(new Object[0], null);
  }
}
