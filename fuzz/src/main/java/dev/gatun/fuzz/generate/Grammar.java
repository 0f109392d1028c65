package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which instructions can produce a value of a type, or none, read from the table of opcodes: an opcode that is added
 * there is generated from then on, or the generator fails at the first module.
 */
final class Grammar {
  /** In place of a type: a statement, which leaves nothing. */
  static final int NOTHING = ValueType.BOTTOM;

  /** In place of a type: any reference. */
  private static final int REFERENCE = -1;

  /** Instructions without a fixed signature that can stand for a value of every type, and for a statement. */
  private static final Set<Opcode> EVERYTHING =
      EnumSet.of(
          Opcode.UNREACHABLE, Opcode.BLOCK, Opcode.LOOP, Opcode.IF, Opcode.TRY, Opcode.THROW, Opcode.RETHROW,
          Opcode.THROW_REF, Opcode.BR, Opcode.BR_IF, Opcode.BR_TABLE, Opcode.RETURN, Opcode.CALL, Opcode.CALL_INDIRECT,
          Opcode.RETURN_CALL, Opcode.RETURN_CALL_INDIRECT, Opcode.CALL_REF, Opcode.RETURN_CALL_REF, Opcode.DELEGATE,
          Opcode.TRY_TABLE, Opcode.BR_ON_NULL, Opcode.BR_ON_NON_NULL, Opcode.BR_ON_CAST, Opcode.BR_ON_CAST_FAIL);

  private static final Set<Opcode> VALUES =
      EnumSet.of(
          Opcode.SELECT_TYPED, Opcode.LOCAL_GET, Opcode.LOCAL_TEE, Opcode.GLOBAL_GET, Opcode.STRUCT_GET,
          Opcode.ARRAY_GET);

  private static final Set<Opcode> STATEMENTS =
      EnumSet.of(
          Opcode.DROP, Opcode.LOCAL_SET, Opcode.GLOBAL_SET, Opcode.TABLE_SET, Opcode.TABLE_FILL, Opcode.STRUCT_SET,
          Opcode.ARRAY_SET, Opcode.ARRAY_FILL, Opcode.ARRAY_COPY, Opcode.ARRAY_INIT_DATA, Opcode.ARRAY_INIT_ELEM);

  private static final Set<Opcode> REFERENCES =
      EnumSet.of(
          Opcode.TABLE_GET, Opcode.REF_NULL, Opcode.REF_FUNC, Opcode.REF_AS_NON_NULL, Opcode.STRUCT_NEW,
          Opcode.STRUCT_NEW_DEFAULT, Opcode.ARRAY_NEW, Opcode.ARRAY_NEW_DEFAULT, Opcode.ARRAY_NEW_FIXED,
          Opcode.ARRAY_NEW_DATA, Opcode.ARRAY_NEW_ELEM, Opcode.REF_CAST, Opcode.REF_CAST_NULL,
          Opcode.ANY_CONVERT_EXTERN, Opcode.EXTERN_CONVERT_ANY, Opcode.REF_I31);

  private static final Map<Opcode, Integer> RESULTS = new EnumMap<>(Opcode.class);

  static {
    for (Opcode opcode :
        List.of(
            Opcode.REF_IS_NULL, Opcode.REF_EQ, Opcode.REF_TEST, Opcode.REF_TEST_NULL, Opcode.ARRAY_LEN,
            Opcode.I31_GET_S, Opcode.I31_GET_U, Opcode.STRUCT_GET_S, Opcode.STRUCT_GET_U, Opcode.ARRAY_GET_S,
            Opcode.ARRAY_GET_U, Opcode.TABLE_GROW)) {
      RESULTS.put(opcode, ValueType.I32);
    }
    for (Opcode opcode : Opcode.values()) {
      if (opcode.shape() == Shape.WIDE) {
        RESULTS.put(opcode, ValueType.I64);
      }
    }
  }

  /** Parts of others: they are generated with what they belong to. */
  private static final Set<Opcode> PARTS = EnumSet.of(Opcode.ELSE, Opcode.END, Opcode.CATCH, Opcode.CATCH_ALL);

  private final Map<Integer, List<Opcode>> fixed = new HashMap<>();
  private final Map<Integer, List<Opcode>> others = new HashMap<>();

  /** The grammar of modules that use some features. */
  Grammar(Set<Feature> features) {
    for (Opcode opcode : Opcode.values()) {
      if (features.contains(opcode.feature())) {
        add(opcode);
      }
    }
  }

  private void add(Opcode opcode) {
    if (PARTS.contains(opcode)) {
      return;
    }
    if (opcode == Opcode.SELECT) {
      for (int type = ValueType.V128; type <= ValueType.I32; type++) {
        add(others, type, opcode);
      }
    } else if (EVERYTHING.contains(opcode)) {
      addValues(opcode);
      add(others, NOTHING, opcode);
    } else if (VALUES.contains(opcode)) {
      addValues(opcode);
    } else if (STATEMENTS.contains(opcode)) {
      add(others, NOTHING, opcode);
    } else if (REFERENCES.contains(opcode)) {
      add(others, REFERENCE, opcode);
    } else if (RESULTS.containsKey(opcode)) {
      add(others, RESULTS.get(opcode), opcode);
    } else if (isFixed(opcode)) {
      add(fixed, opcode.result(), opcode);
      if (opcode == Opcode.MEMORY_SIZE || opcode == Opcode.MEMORY_GROW || opcode == Opcode.TABLE_SIZE) {
        add(others, ValueType.I64, opcode);
      }
    } else {
      throw new IllegalStateException("the fuzzer does not know how to generate " + opcode.name());
    }
  }

  private static boolean isFixed(Opcode opcode) {
    return opcode.operandCount() > 0 || opcode.result() != ValueType.BOTTOM || opcode == Opcode.NOP
        || opcode == Opcode.DATA_DROP || opcode == Opcode.ELEM_DROP || opcode == Opcode.ATOMIC_FENCE;
  }

  private void addValues(Opcode opcode) {
    for (int type = ValueType.V128; type <= ValueType.I32; type++) {
      add(others, type, opcode);
    }
    add(others, REFERENCE, opcode);
  }

  private static void add(Map<Integer, List<Opcode>> map, int type, Opcode opcode) {
    map.computeIfAbsent(type, unused -> new ArrayList<>()).add(opcode);
  }

  /** An instruction that may produce a value of a type; it depends on the module whether it can. */
  Opcode choose(Choices choices, int type) {
    List<Opcode> plain = fixed.getOrDefault(type, List.of());
    List<Opcode> rest = others.getOrDefault(ValueType.isReference(type) ? REFERENCE : type, List.of());
    return !plain.isEmpty() && (rest.isEmpty() || choices.percent(60)) ? choices.of(plain) : choices.of(rest);
  }
}
