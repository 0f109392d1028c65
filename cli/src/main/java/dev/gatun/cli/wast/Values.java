package dev.gatun.cli.wast;

import dev.gatun.ArrayReference;
import dev.gatun.ExceptionReference;
import dev.gatun.Func;
import dev.gatun.HeapReference;
import dev.gatun.I31;
import dev.gatun.StructReference;
import dev.gatun.V128;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values of scripts: bit patterns as decimal strings, classes of NaNs, references by number. */
final class Values {
  private Values() {}

  private static final int NAN_32 = 0x7fc00000;
  private static final long NAN_64 = 0x7ff8000000000000L;

  /** A Java object that stands for {@code (ref.extern n)}. */
  private record Extern(String number) {}

  /** Bits are written signed or unsigned. */
  private static long int64(String text) {
    return new BigInteger(text).longValue();
  }

  private static int int32(String text) {
    return (int) int64(text);
  }

  static @Nullable Object[] arguments(@Nullable List<?> list) {
    if (list == null) {
      return new @Nullable Object[0];
    }
    @Nullable Object[] arguments = new @Nullable Object[list.size()];
    for (int i = 0; i < arguments.length; i++) {
      Map<?, ?> value = (Map<?, ?>) list.get(i);
      String text = String.valueOf(value.get("value"));
      arguments[i] =
          switch (String.valueOf(value.get("type"))) {
            case "i32" -> int32(text);
            case "i64" -> int64(text);
            case "f32" -> Float.intBitsToFloat(int32(text));
            case "f64" -> Double.longBitsToDouble(int64(text));
            case "v128" -> vector(value);
            case "externref", "anyref" -> text.equals("null") ? null : new Extern(text);
            case "funcref", "refnull" -> null;
            default -> throw new IllegalArgumentException("no such argument: " + value);
          };
    }
    return arguments;
  }

  /** Compares results with what a script expects. */
  static void check(@Nullable Object[] results, @Nullable List<?> expected) {
    List<?> values = expected == null ? List.of() : expected;
    boolean matches = results.length == values.size();
    for (int i = 0; matches && i < values.size(); i++) {
      matches = matches(results[i], (Map<?, ?>) values.get(i));
    }
    if (!matches) {
      throw new ScriptRunner.Mismatch("expected " + expected + ", found " + Arrays.toString(results));
    }
  }

  private static boolean matches(@Nullable Object result, Map<?, ?> expected) {
    String type = String.valueOf(expected.get("type"));
    if (type.equals("either")) {
      for (Object alternative : (List<?>) Objects.requireNonNull(expected.get("values"))) {
        if (matches(result, (Map<?, ?>) alternative)) {
          return true;
        }
      }
      return false;
    }
    // A reference without a value stands for any that is not null.
    boolean any = !expected.containsKey("value");
    String text = String.valueOf(expected.get("value"));
    return switch (type) {
      case "i32" -> result instanceof Integer i && i == int32(text);
      case "i64" -> result instanceof Long l && l == int64(text);
      case "f32" -> result instanceof Float f && matches32(Float.floatToRawIntBits(f), text);
      case "f64" -> result instanceof Double d && matches64(Double.doubleToRawLongBits(d), text);
      case "v128" -> result instanceof V128 v && matchesVector(v, expected);
      case "externref", "anyref" -> {
        if (any) {
          yield result != null;
        }
        yield text.equals("null") ? result == null : result instanceof Extern e && e.number().equals(text);
      }
      case "funcref" -> !any && text.equals("null") ? result == null : result instanceof Func;
      case "eqref" -> any ? result instanceof HeapReference || result instanceof I31 : result == null;
      case "structref" -> any ? result instanceof StructReference : result == null;
      case "arrayref" -> any ? result instanceof ArrayReference : result == null;
      case "i31ref" -> any ? result instanceof I31 : result == null;
      case "exnref" -> any ? result instanceof ExceptionReference : result == null;
      case "refnull", "nullfuncref", "nullexternref", "nullexnref", "nullref" -> result == null;
      default -> throw new IllegalArgumentException("no such result: " + expected);
    };
  }

  /** Bits of a lane: 8, 16, 32 or 64. */
  private static int laneBits(Map<?, ?> value) {
    return Integer.parseInt(String.valueOf(value.get("lane_type")).substring(1));
  }

  private static V128 vector(Map<?, ?> value) {
    int bits = laneBits(value);
    List<?> lanes = (List<?>) Objects.requireNonNull(value.get("value"));
    long[] halves = new long[2];
    for (int i = 0; i < lanes.size(); i++) {
      long lane = int64(String.valueOf(lanes.get(i))) & -1L >>> 64 - bits;
      halves[i * bits / 64] |= lane << i * bits % 64;
    }
    return new V128(halves[0], halves[1]);
  }

  private static boolean matchesVector(V128 found, Map<?, ?> expected) {
    int bits = laneBits(expected);
    boolean floats = String.valueOf(expected.get("lane_type")).startsWith("f");
    List<?> lanes = (List<?>) Objects.requireNonNull(expected.get("value"));
    for (int i = 0; i < lanes.size(); i++) {
      String text = String.valueOf(lanes.get(i));
      long half = i * bits < 64 ? found.low() : found.high();
      long lane = half >>> i * bits % 64 & -1L >>> 64 - bits;
      boolean matches =
          !floats
              ? lane == (int64(text) & -1L >>> 64 - bits)
              : bits == 32 ? matches32((int) lane, text) : matches64(lane, text);
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches32(int bits, String text) {
    return switch (text) {
      case "nan:canonical" -> (bits & 0x7fffffff) == NAN_32;
      case "nan:arithmetic" -> (bits & NAN_32) == NAN_32;
      default -> bits == int32(text);
    };
  }

  private static boolean matches64(long bits, String text) {
    return switch (text) {
      case "nan:canonical" -> (bits & Long.MAX_VALUE) == NAN_64;
      case "nan:arithmetic" -> (bits & NAN_64) == NAN_64;
      default -> bits == int64(text);
    };
  }
}
