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

  private static final int MOST_STATE = 90;

  @Override
  public String name() {
    return "structured";
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
      int state = draft.addFunction(types.function(List.of(), stateTypes()));
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
        List<Integer> params = new ArrayList<>();
        for (int param : type.params()) {
          if (NUMBERS.contains(param)) {
            params.add(param);
          } else if (param == ValueType.V128) {
            params.add(ValueType.I64);
          }
        }
        List<Integer> results = new ArrayList<>();
        if (has(Feature.MULTI_VALUE) || type.results().size() <= 1) {
          for (int result : type.results()) {
            results.add(shown(result));
          }
        }
        int wrapper = draft.addFunction(types.function(params, results));
        draft.export("call" + function, Draft.FUNCTION, wrapper);
      }
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
        if (NUMBERS.contains(param)) {
          body.op(Opcode.LOCAL_GET, next++);
        } else if (param == ValueType.V128) {
          body.op(Opcode.LOCAL_GET, next++);
          body.op(Opcode.I64X2_SPLAT);
        } else {
          body.leaf(param);
        }
      }
      body.op(Opcode.CALL, function);
      if (ownType.results().size() != type.results().size()) {
        body.drop(type.results().size());
        return body.finish();
      }
      List<Integer> kept = new ArrayList<>();
      for (int i = type.results().size() - 1; i >= 0; i--) {
        int result = type.results().get(i);
        int local = body.addLocal(Types.isDefaultable(result) ? result : ValueType.heap(result));
        kept.addFirst(local);
        body.op(Opcode.LOCAL_SET, local);
      }
      for (int i = 0; i < kept.size(); i++) {
        body.op(Opcode.LOCAL_GET, kept.get(i));
        show(body, type.results().get(i));
      }
      return body.finish();
    }

    /** What {@code state} gives: globals that are no numbers, then tables, an element each. */
    private List<Integer> stateTypes() {
      List<Integer> results = new ArrayList<>();
      for (Draft.Global global : draft.globals) {
        if (!NUMBERS.contains(global.type())) {
          results.add(shown(global.type()));
        }
      }
      for (Draft.Table table : draft.tables) {
        results.add(table.wide() ? ValueType.I64 : ValueType.I32);
        for (int i = 0; i < table.min() && has(Feature.REFERENCE_TYPES); i++) {
          results.add(shown(table.element()));
        }
      }
      int most = has(Feature.MULTI_VALUE) ? MOST_STATE : 1;
      return results.subList(0, Math.min(most, results.size()));
    }

    private byte[] state(Types.Function ownType) {
      Body body = new Body(context, ownType, 0);
      int left = ownType.results().size();
      for (int i = 0; i < draft.globals.size() && left > 0; i++) {
        int type = draft.globals.get(i).type();
        if (!NUMBERS.contains(type)) {
          body.op(Opcode.GLOBAL_GET, i);
          show(body, type);
          left--;
        }
      }
      for (int table = 0; table < draft.tables.size() && left > 0; table++) {
        body.op(Opcode.TABLE_SIZE, table);
        left--;
        for (int i = 0; i < draft.tables.get(table).min() && has(Feature.REFERENCE_TYPES) && left > 0; i++) {
          if (draft.tables.get(table).wide()) {
            body.i64(i);
          } else {
            body.i32(i);
          }
          body.op(Opcode.TABLE_GET, table);
          show(body, draft.tables.get(table).element());
          left--;
        }
      }
      return body.finish();
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
