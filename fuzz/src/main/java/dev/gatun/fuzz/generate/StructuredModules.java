package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Valid modules of everything there is, which end and do the same everywhere. Exported functions take and give numbers
 * alone, so that every engine's host can call them; {@code state} gives what the host could not read otherwise.
 */
public final class StructuredModules implements Generator {
  private static final List<Integer> NUMBERS =
      List.of(ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64);

  /** What a call may use up: entries of functions and rounds of loops. */
  private static final int FUEL = 150;

  /** Numbers that the host passes and is given: the thunks for each signature live as long as the process. */
  private static final int MOST_PARAMS = 3;

  private static final int MOST_RESULTS = 2;

  @Override
  public String name() {
    return "structured";
  }

  @Override
  public int batch() {
    return 200;
  }

  @Override
  public Subject generate(long seed) {
    return new Making(new Choices(seed)).make();
  }

  /** The constant expression, without its end, that refers to a function. */
  static byte[] refFunc(int function) {
    BinaryWriter out = new BinaryWriter();
    Body.op(out, Opcode.REF_FUNC);
    out.unsigned(function);
    return out.toByteArray();
  }

  /** One module. */
  private static final class Making {
    private final Choices choices;
    private final Set<Feature> features;
    private final Draft draft = new Draft();
    private final Types types = draft.types;
    private final Body.Context context;
    private final List<Integer> plainFunctions = new ArrayList<>();
    private final List<Subject.Call> calls = new ArrayList<>();

    Making(Choices choices) {
      this.choices = choices;
      features = chooseFeatures(choices);
      // The fuel is the first global.
      context = new Body.Context(draft, choices, new Grammar(features), features, 0);
    }

    private static Set<Feature> chooseFeatures(Choices choices) {
      Set<Feature> chosen = EnumSet.allOf(Feature.class);
      if (!choices.oneIn(3)) {
        chosen.removeIf(feature -> feature != Feature.MVP && choices.oneIn(4));
      }
      chosen.remove(choices.oneIn(3) ? Feature.EXCEPTIONS : Feature.LEGACY_EXCEPTIONS);
      // What other engines lack, more seldom than the rest.
      if (!choices.oneIn(10)) {
        chosen.remove(Feature.WIDE_ARITHMETIC);
        chosen.remove(Feature.CUSTOM_PAGE_SIZES);
      }
      require(chosen, Feature.GC, Feature.FUNCTION_REFERENCES);
      require(chosen, Feature.FUNCTION_REFERENCES, Feature.REFERENCE_TYPES);
      require(chosen, Feature.EXCEPTIONS, Feature.REFERENCE_TYPES);
      require(chosen, Feature.EXCEPTIONS, Feature.MULTI_VALUE);
      require(chosen, Feature.RELAXED_SIMD, Feature.SIMD);
      return chosen;
    }

    private static void require(Set<Feature> chosen, Feature feature, Feature needed) {
      if (!chosen.contains(needed)) {
        chosen.remove(feature);
      }
    }

    private boolean has(Feature feature) {
      return features.contains(feature);
    }

    Subject make() {
      if (has(Feature.GC)) {
        new TypeMaker(types, choices, features).make();
      }
      makeImports();
      declareFunctions();
      makeMemories();
      makeTables();
      makeTags();
      makeGlobals();
      makeSegments();
      int own = draft.functions.size();
      declareWrappers(own);
      int wrappersEnd = draft.functions.size();
      int state = draft.addFunction(types.function(List.of(), List.of(ValueType.I64)));
      draft.export("state", Draft.FUNCTION, state);
      if (choices.oneIn(6)) {
        declareStart();
      }
      writeBodies(own, wrappersEnd);
      planCalls(own, wrappersEnd);
      return new Subject(draft.build(), features, calls, Subject.Kind.DETERMINISTIC);
    }

    private List<Integer> someTypes(int most, boolean onlyNumbers) {
      List<Integer> some = new ArrayList<>();
      Body body = new Body(context, new Types.Function(List.of(), List.of()), 0);
      for (int i = choices.below(most + 1); i > 0; i--) {
        some.add(onlyNumbers ? choices.of(NUMBERS) : body.anyType(false));
      }
      return some;
    }

    private void makeImports() {
      for (int i = choices.below(3); i > 0; i--) {
        List<Integer> results = someTypes(has(Feature.MULTI_VALUE) ? 2 : 1, true);
        draft.addImport("f" + i + letters(results), someTypes(5, true), results);
      }
    }

    /** The types of results as letters, since a host in JavaScript sees the name alone. */
    private static String letters(List<Integer> types) {
      StringBuilder text = new StringBuilder("_");
      for (int type : types) {
        text.append("dfli".charAt(type - ValueType.F64));
      }
      return text.toString();
    }

    private void declareFunctions() {
      int first = draft.functions.size();
      // So that there is something to refer to.
      draft.addFunction(types.function(List.of(), List.of(ValueType.I32)));
      for (int i = choices.between(1, 6); i > 0; i--) {
        int most = choices.oneIn(12) ? 24 : 5;
        List<Integer> params = someTypes(most, false);
        List<Integer> results = someTypes(has(Feature.MULTI_VALUE) ? choices.oneIn(10) ? 14 : 3 : 1, false);
        int defined = has(Feature.GC) && choices.oneIn(3) ? definedFunctionType() : -1;
        draft.addFunction(defined >= 0 ? defined : types.function(params, results));
      }
      for (int i = first; i < draft.functions.size(); i++) {
        plainFunctions.add(i);
      }
    }

    private int definedFunctionType() {
      for (int tries = 0; tries < 6; tries++) {
        int index = choices.below(types.count());
        if (types.composite(index) instanceof Types.Function) {
          return index;
        }
      }
      return -1;
    }

    private void makeMemories() {
      int count = choices.oneIn(8) ? 0 : has(Feature.MULTI_MEMORY) ? choices.between(1, 3) : 1;
      for (int i = 0; i < count; i++) {
        boolean small = has(Feature.CUSTOM_PAGE_SIZES) && choices.oneIn(2);
        int min = small ? choices.below(300) : choices.oneIn(6) ? 0 : 1;
        draft.memories.add(
            new Draft.Memory(
                has(Feature.MEMORY64) && choices.oneIn(3), has(Feature.THREADS) && choices.oneIn(4), small, min,
                min + choices.below(4)));
        draft.export("m" + i, Draft.MEMORY, i);
      }
    }

    private void makeTables() {
      int count = has(Feature.REFERENCE_TYPES) ? choices.below(4) : 1;
      for (int i = 0; i < count; i++) {
        int element = i == 0 || !has(Feature.REFERENCE_TYPES) ? ValueType.FUNCREF : References.any(context);
        draft.tables.add(
            new Draft.Table(element, has(Feature.MEMORY64) && choices.oneIn(4), 10, 10 + choices.below(20)));
      }
    }

    private void makeTags() {
      if (has(Feature.EXCEPTIONS) || has(Feature.LEGACY_EXCEPTIONS)) {
        for (int i = choices.between(1, 3); i > 0; i--) {
          draft.tags.add(types.function(someTypes(3, false), List.of()));
        }
      }
    }

    private void makeGlobals() {
      Constants constants = new Constants(context);
      draft.addGlobal(ValueType.I32, true, constants.number(ValueType.I32, FUEL));
      draft.export("fuel", Draft.GLOBAL, 0);
      Body body = new Body(context, new Types.Function(List.of(), List.of()), 0);
      for (int i = choices.between(1, 7); i > 0; i--) {
        int type = body.anyType(true);
        boolean mutable = !choices.oneIn(3);
        int index = draft.addGlobal(type, mutable, constants.of(type));
        if (NUMBERS.contains(type)) {
          draft.export("g" + index, Draft.GLOBAL, index);
        }
      }
    }

    private void makeSegments() {
      Constants constants = new Constants(context);
      for (int table = 0; table < draft.tables.size(); table++) {
        int element = draft.tables.get(table).element();
        if (types.top(element) == ValueType.EXNREF) {
          continue;
        }
        List<byte[]> items = new ArrayList<>();
        for (int i = choices.below(8); i > 0; i--) {
          items.add(element == ValueType.FUNCREF && !choices.oneIn(6)
              ? refFunc(choices.of(plainFunctions))
              : constants.of(element));
        }
        draft.elements.add(new Draft.Elements(Draft.Mode.ACTIVE, table, choices.below(3), element, items));
        if (has(Feature.BULK_MEMORY)) {
          List<byte[]> passive = new ArrayList<>();
          for (int i = choices.below(6); i > 0; i--) {
            passive.add(constants.of(element));
          }
          draft.elements.add(new Draft.Elements(Draft.Mode.PASSIVE, 0, 0, element, passive));
        }
      }
      draft.referable = draft.functions.size();
      List<byte[]> all = new ArrayList<>();
      for (int i = 0; i < draft.functions.size(); i++) {
        all.add(refFunc(i));
      }
      draft.elements.add(new Draft.Elements(Draft.Mode.DECLARED, 0, 0, ValueType.FUNCREF, all));
      for (int memory = 0; memory < draft.memories.size(); memory++) {
        int length = Math.min(choices.below(64), draft.memories.get(memory).bytes());
        int offset = choices.below(draft.memories.get(memory).bytes() - length + 1);
        draft.data.add(new Draft.Data(OptionalInt.of(memory), offset, choices.bytes(length)));
      }
      if (has(Feature.BULK_MEMORY)) {
        draft.data.add(new Draft.Data(OptionalInt.empty(), 0, choices.bytes(choices.below(40))));
      }
    }

    // What the host calls.

    private void declareWrappers(int end) {
      for (int function : plainFunctions) {
        if (function >= end) {
          continue;
        }
        Types.Function type = draft.function(function);
        boolean wide = choices.oneIn(100);
        List<Integer> params = new ArrayList<>();
        for (int param : type.params()) {
          if (passed(param) && (wide || params.size() < MOST_PARAMS)) {
            params.add(param == ValueType.V128 ? ValueType.I64 : param);
          }
        }
        List<Integer> results = new ArrayList<>();
        if (has(Feature.MULTI_VALUE) || type.results().size() <= 1) {
          for (int result : type.results()) {
            if (wide || results.size() < MOST_RESULTS) {
              results.add(shown(result));
            }
          }
        }
        int wrapper = draft.addFunction(types.function(params, results));
        draft.export("call" + function, Draft.FUNCTION, wrapper);
      }
    }

    private static boolean passed(int param) {
      return NUMBERS.contains(param) || param == ValueType.V128;
    }

    /** As what a value of a type is shown to the host. */
    private static int shown(int type) {
      return type == ValueType.V128 ? ValueType.I64 : ValueType.isReference(type) ? ValueType.I32 : type;
    }

    /** Leaves what the host sees of the value on the stack. */
    private void show(Body body, int type) {
      if (type == ValueType.V128) {
        int local = body.scratch(ValueType.V128);
        body.op(Opcode.LOCAL_TEE, local);
        body.op(Opcode.I64X2_EXTRACT_LANE, 0);
        body.op(Opcode.LOCAL_GET, local);
        body.op(Opcode.I64X2_EXTRACT_LANE, 1);
        body.i64(3);
        body.op(Opcode.I64_ROTL);
        body.op(Opcode.I64_XOR);
      } else if (!ValueType.isReference(type)) {
        return;
      } else if (has(Feature.GC) && types.top(type) == ValueType.ANYREF) {
        int local = body.scratch(ValueType.ANYREF);
        body.op(Opcode.LOCAL_TEE, local);
        body.op(Opcode.REF_TEST);
        Types.writeHeapType(body.code, ValueType.I31REF);
        body.op(Opcode.IF);
        body.code.write(ValueType.I32);
        body.op(Opcode.LOCAL_GET, local);
        body.op(Opcode.REF_CAST);
        Types.writeHeapType(body.code, ValueType.I31REF);
        body.op(Opcode.I31_GET_S);
        body.op(Opcode.ELSE);
        body.op(Opcode.LOCAL_GET, local);
        body.op(Opcode.REF_TEST);
        Types.writeHeapType(body.code, ValueType.STRUCTREF);
        body.op(Opcode.LOCAL_GET, local);
        body.op(Opcode.REF_TEST_NULL);
        Types.writeHeapType(body.code, ValueType.ARRAYREF);
        body.op(Opcode.I32_SUB);
        body.op(Opcode.END);
      } else {
        body.op(Opcode.REF_IS_NULL);
      }
    }

    private byte[] wrapper(int function, Types.Function ownType) {
      Types.Function type = draft.function(function);
      Body body = new Body(context, ownType, 0);
      body.i32(FUEL);
      body.op(Opcode.GLOBAL_SET, context.fuelGlobal());
      int next = 0;
      for (int param : type.params()) {
        if (!passed(param) || next == ownType.params().size()) {
          body.leaf(param);
        } else {
          body.op(Opcode.LOCAL_GET, next++);
          if (param == ValueType.V128) {
            body.op(Opcode.I64X2_SPLAT);
          }
        }
      }
      body.op(Opcode.CALL, function);
      List<Integer> kept = new ArrayList<>();
      for (int i = type.results().size() - 1; i >= 0; i--) {
        int result = type.results().get(i);
        int local = body.addLocal(Types.isDefaultable(result) ? result : ValueType.heap(result));
        kept.addFirst(local);
        body.op(Opcode.LOCAL_SET, local);
      }
      for (int i = 0; i < ownType.results().size(); i++) {
        body.op(Opcode.LOCAL_GET, kept.get(i));
        show(body, type.results().get(i));
      }
      return body.finish();
    }

    /** Hashes the globals that are no numbers, sizes of tables, and their elements. */
    private byte[] state(Types.Function ownType) {
      Body body = new Body(context, ownType, 0);
      body.i64(0);
      for (int i = 0; i < draft.globals.size(); i++) {
        int type = draft.globals.get(i).type();
        if (!NUMBERS.contains(type)) {
          body.op(Opcode.GLOBAL_GET, i);
          show(body, type);
          mix(body, shown(type));
        }
      }
      for (int table = 0; table < draft.tables.size() && has(Feature.REFERENCE_TYPES); table++) {
        int index = draft.tables.get(table).wide() ? ValueType.I64 : ValueType.I32;
        body.op(Opcode.TABLE_SIZE, table);
        mix(body, index);
        for (int i = 0; i < draft.tables.get(table).min(); i++) {
          if (index == ValueType.I64) {
            body.i64(i);
          } else {
            body.i32(i);
          }
          body.op(Opcode.TABLE_GET, table);
          show(body, draft.tables.get(table).element());
          mix(body, shown(draft.tables.get(table).element()));
        }
      }
      return body.finish();
    }

    /** Takes an integer into the hash that lies below it. */
    private static void mix(Body body, int type) {
      if (type == ValueType.I32) {
        body.op(Opcode.I64_EXTEND_I32_U);
      }
      body.op(Opcode.I64_ADD);
      body.i64(0x9E3779B97F4A7C15L);
      body.op(Opcode.I64_MUL);
    }

    private void declareStart() {
      draft.start = OptionalInt.of(draft.addFunction(types.function(List.of(), List.of())));
    }

    private void writeBodies(int own, int wrappersEnd) {
      for (int i = draft.imports.size(); i < draft.functions.size(); i++) {
        Types.Function type = draft.function(i);
        if (i < own) {
          int budget = choices.oneIn(10) ? 400 : choices.between(5, 120);
          draft.bodies.add(new Body(context, type, budget).generate());
        } else if (i < wrappersEnd) {
          draft.bodies.add(wrapper(plainFunctions.get(i - own), type));
        } else if (i == wrappersEnd) {
          draft.bodies.add(state(type));
        } else {
          draft.bodies.add(new Body(context, type, 30).generate());
        }
      }
    }

    private void planCalls(int own, int wrappersEnd) {
      for (int round = 0; round < 2; round++) {
        for (int i = own; i < wrappersEnd; i++) {
          List<Subject.Argument> arguments = new ArrayList<>();
          for (int param : draft.function(i).params()) {
            arguments.add(new Subject.Argument(param, bits(param)));
          }
          calls.add(new Subject.Call("call" + plainFunctions.get(i - own), arguments));
        }
        calls.add(new Subject.Call("state", List.of()));
      }
    }

    private long bits(int type) {
      return switch (type) {
        case ValueType.I32 -> choices.i32();
        case ValueType.I64 -> choices.i64();
        case ValueType.F32 -> choices.f32();
        default -> choices.f64();
      };
    }
  }
}
