package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.ValueType;

/** Which reference types a module can name. */
final class References {
  private References() {}

  /** A nullable reference type of the module's features. */
  static int any(Body.Context context) {
    Choices choices = context.choices();
    if (choices.oneIn(3) && context.features().contains(Feature.FUNCTION_REFERENCES)) {
      return defined(context);
    }
    if (context.features().contains(Feature.GC)) {
      int chosen =
          choices.of(
              ValueType.FUNCREF, ValueType.EXTERNREF, ValueType.ANYREF, ValueType.ANYREF, ValueType.EQREF,
              ValueType.I31REF, ValueType.STRUCTREF, ValueType.ARRAYREF, ValueType.NULLREF, ValueType.NULLFUNCREF,
              ValueType.NULLEXTERNREF, ValueType.EXNREF);
      return chosen != ValueType.EXNREF || context.features().contains(Feature.EXCEPTIONS) ? chosen : ValueType.ANYREF;
    }
    return choices.of(ValueType.FUNCREF, ValueType.EXTERNREF);
  }

  private static int defined(Body.Context context) {
    Draft draft = context.draft();
    // Functions as often as all else, since one must exist for each.
    if (!context.features().contains(Feature.GC) || context.choices().oneIn(4)) {
      return ValueType.reference(context.choices().of(draft.functions));
    }
    return ValueType.reference(context.choices().below(draft.types.count()));
  }

  /** A reference type in whose place the wanted one may stand, at the top of the hierarchy more often than not. */
  static int above(Body body, int wanted) {
    int top = body.types.top(wanted);
    int heap = ValueType.heap(wanted);
    if (body.choices.oneIn(3) && ValueType.isIndexed(heap)) {
      int supertype = body.types.definition(ValueType.typeId(heap)).supertype();
      return supertype >= 0 ? ValueType.reference(supertype) : body.types.abstractType(ValueType.typeId(heap));
    }
    return body.choices.oneIn(4) ? heap : top;
  }

  /** A reference type that may stand in the place of another, which may be the same. */
  static int below(Body body, int type) {
    int result = type;
    for (int tries = 0; tries < 4 && result == type; tries++) {
      int candidate = any(body.context);
      if (body.choices.oneIn(2) || !ValueType.isNullable(type)) {
        candidate = ValueType.nonNull(candidate);
      }
      if (body.types.matches(candidate, type)) {
        result = candidate;
      }
    }
    return result;
  }
}
