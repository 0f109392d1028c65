package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes the struct, array and function types of a module: groups of types that refer to each other, with subtypes. A
 * field that can't be null refers to an earlier type, so that a value of every type can be made.
 */
final class TypeMaker {
  private final Types types;
  private final Choices choices;
  private final Set<Feature> features;

  TypeMaker(Types types, Choices choices, Set<Feature> features) {
    this.types = types;
    this.choices = choices;
    this.features = features;
  }

  void make() {
    // One of each sort at least.
    types.addGroup(List.of(definition(structure(0, 0, List.of()), -1)));
    types.addGroup(List.of(definition(new Types.Array(field(types.count(), types.count())), -1)));
    for (int groups = choices.below(4); groups > 0; groups--) {
      int first = types.count();
      int size = choices.between(1, 3);
      List<Types.Definition> group = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        group.add(member(first, first + i, first + size));
      }
      types.addGroup(group);
    }
  }

  private Types.Definition definition(Types.Composite composite, int supertype) {
    return new Types.Definition(composite, supertype, choices.oneIn(3));
  }

  /** A member of a group that goes from a first index to an end. */
  private Types.Definition member(int first, int own, int end) {
    int supertype = choices.oneIn(2) ? choices.below(first) : -1;
    if (supertype >= 0 && !types.definition(supertype).isFinal()) {
      return definition(
          switch (types.composite(supertype)) {
            case Types.Struct struct -> structure(own, end, struct.fields());
            case Types.Array array -> array;
            case Types.Function function -> function;
          },
          supertype);
    }
    return definition(
        switch (choices.below(4)) {
          case 0, 1 -> structure(own, end, List.of());
          case 2 -> new Types.Array(field(own, end));
          default -> new Types.Function(values(own, end, 4), values(own, end, 2));
        },
        -1);
  }

  private Types.Struct structure(int own, int end, List<Types.Field> inherited) {
    List<Types.Field> fields = new ArrayList<>(inherited);
    for (int i = choices.below(5); i > 0; i--) {
      fields.add(field(own, end));
    }
    return new Types.Struct(fields);
  }

  private Types.Field field(int own, int end) {
    int type = choices.oneIn(4) ? choices.of(ValueType.I8, ValueType.I16) : value(own, end);
    return new Types.Field(type, !choices.oneIn(3));
  }

  private List<Integer> values(int own, int end, int most) {
    List<Integer> values = new ArrayList<>();
    for (int i = choices.below(most + 1); i > 0; i--) {
      values.add(value(own, end));
    }
    return values;
  }

  private int value(int own, int end) {
    return switch (choices.below(8)) {
      case 0 -> ValueType.I32;
      case 1 -> ValueType.I64;
      case 2 -> ValueType.F32;
      case 3 -> ValueType.F64;
      case 4 -> features.contains(Feature.SIMD) ? ValueType.V128 : ValueType.I32;
      case 5 -> choices.of(
          ValueType.ANYREF, ValueType.EQREF, ValueType.I31REF, ValueType.STRUCTREF, ValueType.ARRAYREF,
          ValueType.FUNCREF, ValueType.EXTERNREF, ValueType.NULLREF, ValueType.nonNull(ValueType.I31REF));
      case 6 -> end == 0 ? ValueType.STRUCTREF : ValueType.reference(choices.below(end));
      default -> nonNull(own);
    };
  }

  private int nonNull(int own) {
    int index = own == 0 ? -1 : choices.below(own);
    // Those of the group that is being made are not known yet.
    return index >= 0 && index < types.count() && !(types.composite(index) instanceof Types.Function)
        ? ValueType.nonNull(ValueType.reference(index))
        : ValueType.ANYREF;
  }
}
