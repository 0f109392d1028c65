package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Blocks, branches, calls and exceptions. */
final class Control {
  private static final int EMPTY = 0x40;

  /** A block that surrounds: what a branch to it takes along, and whether rethrow may name it. */
  private record Label(List<Integer> types, boolean handler) {}

  private final Body body;
  private final Choices choices;
  private final Draft draft;
  private final Types types;

  /** Outermost first; the first is that of the function. */
  private final List<Label> labels = new ArrayList<>();

  Control(Body body) {
    this.body = body;
    this.choices = body.choices;
    this.draft = body.draft;
    this.types = body.types;
  }

  void enter(List<Integer> branchTypes) {
    labels.add(new Label(branchTypes, false));
  }

  void leave() {
    labels.removeLast();
  }

  private static List<Integer> listOf(int wanted) {
    return wanted == Grammar.NOTHING ? List.of() : List.of(wanted);
  }

  /** What a tree of a type leaves, or statements if none is wanted. */
  private void fill(int wanted, int depth) {
    if (wanted == Grammar.NOTHING) {
      body.statements(choices.between(1, 3), depth);
    } else {
      if (choices.oneIn(3)) {
        body.statement(depth);
      }
      body.expression(wanted, depth);
    }
  }

  boolean produce(Opcode opcode, int wanted, int depth) {
    int below = depth - 1;
    switch (opcode) {
      case NOP -> body.op(opcode);
      case UNREACHABLE -> {
        return rarely(() -> body.op(opcode));
      }
      case BLOCK, LOOP -> block(opcode, wanted, below);
      case IF -> conditional(wanted, below);
      case BR -> {
        return rarely(() -> branch(opcode, below));
      }
      case BR_IF -> branchIf(wanted, below);
      case BR_TABLE -> {
        return rarely(() -> branchTable(below));
      }
      case RETURN -> {
        return rarely(() -> values(body.type.results(), below, opcode));
      }
      case CALL, CALL_INDIRECT, CALL_REF -> {
        return call(opcode, wanted, below);
      }
      case RETURN_CALL, RETURN_CALL_INDIRECT, RETURN_CALL_REF -> {
        return choices.oneIn(2) && tailCall(opcode, wanted, below);
      }
      case BR_ON_NULL -> branchOnNull(wanted, below);
      case BR_ON_NON_NULL -> branchOnNonNull(wanted, below);
      case BR_ON_CAST, BR_ON_CAST_FAIL -> branchOnCast(opcode, wanted, below);
      case THROW -> {
        return choices.oneIn(3) && !draft.tags.isEmpty() && throwTag(below);
      }
      case THROW_REF -> {
        return rarely(() -> {
          body.expression(ValueType.EXNREF, below);
          body.op(opcode);
        });
      }
      case RETHROW -> {
        return rethrow();
      }
      case TRY, DELEGATE -> legacyTry(opcode, wanted, below);
      case TRY_TABLE -> tryTable(wanted, below);
      default -> throw new IllegalStateException("unknown control instruction: " + opcode.name());
    }
    return true;
  }

  /** What ends a block, once in a while: behind it code is unreachable, but must be valid all the same. */
  private boolean rarely(Runnable emit) {
    if (!choices.oneIn(6)) {
      return false;
    }
    emit.run();
    return true;
  }

  private void values(List<Integer> wanted, int depth, Opcode then) {
    for (int type : wanted) {
      body.expression(type, depth);
    }
    body.op(then);
  }

  private void blockType(List<Integer> params, List<Integer> results) {
    if (params.isEmpty() && results.isEmpty() && !choices.oneIn(8)) {
      body.code.write(EMPTY);
    } else if (params.isEmpty() && results.size() == 1 && !choices.oneIn(8)) {
      Types.writeType(body.code, results.get(0));
    } else {
      body.code.signed(types.function(params, results));
    }
  }

  private List<Integer> someTypes(int most) {
    List<Integer> some = new ArrayList<>();
    for (int i = choices.below(most + 1); i > 0; i--) {
      some.add(body.anyType(false));
    }
    return some;
  }

  private void block(Opcode opcode, int wanted, int depth) {
    boolean several = body.has(Feature.MULTI_VALUE) && choices.oneIn(3);
    List<Integer> params = several ? someTypes(3) : List.of();
    List<Integer> results = new ArrayList<>(listOf(wanted));
    if (several) {
      results.addAll(someTypes(2));
    }
    for (int param : params) {
      body.expression(param, depth);
    }
    int counter = -1;
    if (opcode == Opcode.LOOP && choices.oneIn(2)) {
      counter = body.addLocal(ValueType.I32);
      body.i32(choices.between(2, 12));
      body.op(Opcode.LOCAL_SET, counter);
    }
    body.op(opcode);
    blockType(params, results);
    enter(opcode == Opcode.LOOP ? params : results);
    body.intoLocals(params);
    if (opcode == Opcode.LOOP) {
      body.burn();
    }
    fill(Grammar.NOTHING, depth);
    if (counter >= 0) {
      countDown(counter, params, depth);
    }
    for (int result : results) {
      body.expression(result, depth);
    }
    leave();
    body.op(Opcode.END);
    if (results.size() > listOf(wanted).size()) {
      if (wanted == Grammar.NOTHING) {
        body.drop(results.size());
      } else {
        body.keep(results, 0);
      }
    }
  }

  /** Another round of the loop that is the innermost block, unless it was the last. */
  private void countDown(int counter, List<Integer> params, int depth) {
    for (int param : params) {
      body.expression(param, Math.min(depth, 1));
    }
    body.op(Opcode.LOCAL_GET, counter);
    body.i32(1);
    body.op(Opcode.I32_SUB);
    body.op(Opcode.LOCAL_TEE, counter);
    body.op(Opcode.BR_IF, 0);
    body.drop(params.size());
  }

  private void conditional(int wanted, int depth) {
    body.condition(depth);
    body.op(Opcode.IF);
    blockType(List.of(), listOf(wanted));
    enter(listOf(wanted));
    fill(wanted, depth);
    if (wanted != Grammar.NOTHING || choices.oneIn(2)) {
      body.op(Opcode.ELSE);
      fill(wanted, depth);
    }
    leave();
    body.op(Opcode.END);
  }

  private int anyLabel() {
    return choices.oneIn(2) ? choices.below(Math.min(3, labels.size())) : choices.below(labels.size());
  }

  private List<Integer> typesOf(int label) {
    return labels.get(labels.size() - 1 - label).types();
  }

  private void branch(Opcode opcode, int depth) {
    int label = anyLabel();
    values(typesOf(label), depth, opcode);
    body.code.unsigned(label);
  }

  /** A branch that may be taken, in front of what is wanted or in place of it. */
  private void branchIf(int wanted, int depth) {
    int label = anyLabel();
    List<Integer> carried = typesOf(label);
    for (int type : carried) {
      body.expression(type, depth);
    }
    body.condition(depth);
    body.op(Opcode.BR_IF, label);
    if (carried.equals(listOf(wanted))) {
      return;
    }
    body.drop(carried.size());
    if (wanted != Grammar.NOTHING) {
      body.expression(wanted, depth);
    }
  }

  private void branchTable(int depth) {
    int label = anyLabel();
    List<Integer> carried = typesOf(label);
    List<Integer> same = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (typesOf(i).equals(carried)) {
        same.add(i);
      }
    }
    for (int type : carried) {
      body.expression(type, depth);
    }
    body.expression(ValueType.I32, depth);
    body.op(Opcode.BR_TABLE);
    int count = choices.oneIn(8) ? choices.between(5, 40) : choices.below(5);
    body.code.unsigned(count);
    for (int i = 0; i < count; i++) {
      body.code.unsigned(choices.of(same));
    }
    body.code.unsigned(label);
  }

  // Calls.

  /** A function whose results have a value of a type, or any if none is wanted, or -1. */
  private int callee(int wanted) {
    // Those behind are for the host alone: they fill the fuel up again.
    int count = draft.referable;
    int from = choices.below(count);
    for (int i = 0; i < count; i++) {
      int function = (from + i) % count;
      if (wanted == Grammar.NOTHING || resultOf(function, wanted) >= 0) {
        return function;
      }
    }
    return -1;
  }

  private int resultOf(int function, int wanted) {
    List<Integer> results = draft.function(function).results();
    for (int i = 0; i < results.size(); i++) {
      if (types.matches(results.get(i), wanted)) {
        return i;
      }
    }
    return -1;
  }

  /** A table of functions through which one of a type may be called, or -1. */
  private int tableOf(int function) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < draft.tables.size(); i++) {
      int element = draft.tables.get(i).element();
      if (element == ValueType.FUNCREF
          || element == ValueType.reference(draft.functions.get(function))) {
        found.add(i);
      }
    }
    return found.isEmpty() ? -1 : choices.of(found);
  }

  private boolean call(Opcode opcode, int wanted, int depth) {
    int function = callee(wanted);
    if (function < 0 || !callOf(opcode, function, depth)) {
      return false;
    }
    List<Integer> results = draft.function(function).results();
    if (wanted == Grammar.NOTHING) {
      body.drop(results.size());
    } else {
      body.keep(results, resultOf(function, wanted));
    }
    return true;
  }

  private boolean callOf(Opcode opcode, int function, int depth) {
    boolean indirect = opcode == Opcode.CALL_INDIRECT || opcode == Opcode.RETURN_CALL_INDIRECT;
    int table = indirect ? tableOf(function) : 0;
    if (table < 0) {
      return false;
    }
    for (int param : draft.function(function).params()) {
      body.expression(param, depth);
    }
    int type = draft.functions.get(function);
    if (indirect) {
      boolean wide = draft.tables.get(table).wide();
      if (choices.oneIn(4)) {
        body.expression(wide ? ValueType.I64 : ValueType.I32, depth);
      } else if (wide) {
        body.i64(placeOf(function, table));
      } else {
        body.i32(placeOf(function, table));
      }
      body.op(opcode, type);
      body.code.unsigned(table);
    } else if (opcode == Opcode.CALL_REF || opcode == Opcode.RETURN_CALL_REF) {
      body.expression(ValueType.reference(type), depth);
      body.op(opcode, type);
    } else {
      body.op(opcode, function);
    }
    return true;
  }

  /** Where a segment puts a function into a table; or anywhere. */
  private int placeOf(int function, int table) {
    for (Draft.Elements segment : draft.elements) {
      if (segment.mode() == Draft.Mode.ACTIVE && segment.table() == table) {
        byte[] wanted = StructuredModules.refFunc(function);
        for (int i = 0; i < segment.items().size(); i++) {
          if (java.util.Arrays.equals(segment.items().get(i), wanted)) {
            return segment.offset() + i;
          }
        }
      }
    }
    return choices.below(10);
  }

  private boolean tailCall(Opcode opcode, int wanted, int depth) {
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < draft.referable; i++) {
      if (draft.function(i).results().equals(body.type.results())) {
        candidates.add(i);
      }
    }
    if (candidates.isEmpty()) {
      return false;
    }
    // In one arm of two, so that what follows is reached as well.
    int function = choices.of(candidates);
    Opcode call = opcode;
    boolean indirect = opcode == Opcode.RETURN_CALL_INDIRECT;
    if (indirect && tableOf(function) < 0) {
      return false;
    }
    body.condition(depth);
    body.op(Opcode.IF);
    blockType(List.of(), listOf(wanted));
    enter(listOf(wanted));
    callOf(call, function, depth);
    if (wanted != Grammar.NOTHING) {
      body.op(Opcode.ELSE);
      body.expression(wanted, depth);
    }
    leave();
    body.op(Opcode.END);
    return true;
  }

  // Branches on references.

  private void branchOnNull(int wanted, int depth) {
    if (ValueType.isReference(wanted)) {
      body.op(Opcode.BLOCK);
      blockType(List.of(), List.of(wanted));
      enter(List.of(wanted));
      body.op(Opcode.BLOCK);
      blockType(List.of(), List.of());
      enter(List.of());
      body.expression(ValueType.heap(wanted), depth);
      body.op(Opcode.BR_ON_NULL, 0);
      body.op(Opcode.BR, 1);
      leave();
      body.op(Opcode.END);
      body.expression(wanted, depth);
      leave();
      body.op(Opcode.END);
      return;
    }
    int label = anyLabel();
    List<Integer> carried = typesOf(label);
    for (int type : carried) {
      body.expression(type, depth);
    }
    body.expression(body.anyReference(), depth);
    body.op(Opcode.BR_ON_NULL, label);
    body.drop(carried.size() + 1);
    if (wanted != Grammar.NOTHING) {
      body.expression(wanted, depth);
    }
  }

  private void branchOnNonNull(int wanted, int depth) {
    int reference = ValueType.isReference(wanted) ? wanted : body.anyReference();
    int nonNull = ValueType.nonNull(ValueType.heap(reference));
    body.op(Opcode.BLOCK);
    blockType(List.of(), List.of(nonNull));
    enter(List.of(nonNull));
    body.expression(ValueType.heap(reference), depth);
    body.op(Opcode.BR_ON_NON_NULL, 0);
    body.expression(nonNull, depth);
    leave();
    body.op(Opcode.END);
    if (!ValueType.isReference(wanted)) {
      body.op(Opcode.DROP);
      if (wanted != Grammar.NOTHING) {
        body.expression(wanted, depth);
      }
    }
  }

  private void branchOnCast(Opcode opcode, int wanted, int depth) {
    int from = wanted;
    if (!ValueType.isReference(wanted) || types.top(wanted) == ValueType.EXNREF) {
      from = choices.of(ValueType.ANYREF, ValueType.EQREF, ValueType.FUNCREF, ValueType.EXTERNREF);
    }
    int to = References.below(body, from);
    body.op(Opcode.BLOCK);
    blockType(List.of(), List.of(from));
    enter(List.of(from));
    body.expression(from, depth);
    body.op(opcode);
    body.code.write((ValueType.isNullable(from) ? 1 : 0) | (ValueType.isNullable(to) ? 2 : 0));
    body.code.unsigned(0);
    Types.writeHeapType(body.code, from);
    Types.writeHeapType(body.code, to);
    if (choices.oneIn(2)) {
      body.op(Opcode.DROP);
      body.expression(from, depth);
    }
    leave();
    body.op(Opcode.END);
    if (from != wanted) {
      body.op(Opcode.DROP);
      if (wanted != Grammar.NOTHING) {
        body.expression(wanted, depth);
      }
    }
  }

  // Exceptions.

  private List<Integer> carriedBy(int tag) {
    return types.functionType(draft.tags.get(tag)).params();
  }

  private boolean throwTag(int depth) {
    int tag = choices.below(draft.tags.size());
    values(carriedBy(tag), depth, Opcode.THROW);
    body.code.unsigned(tag);
    return true;
  }

  private boolean rethrow() {
    for (int label = 0; label < labels.size(); label++) {
      if (labels.get(labels.size() - 1 - label).handler() && choices.oneIn(4)) {
        body.op(Opcode.RETHROW, label);
        return true;
      }
    }
    return false;
  }

  private void legacyTry(Opcode opcode, int wanted, int depth) {
    List<Integer> results = listOf(wanted);
    body.op(Opcode.TRY);
    blockType(List.of(), results);
    enter(results);
    fill(wanted, depth);
    leave();
    if (opcode == Opcode.DELEGATE) {
      body.op(Opcode.DELEGATE, choices.below(labels.size()));
      return;
    }
    for (int tag = 0; tag < draft.tags.size() && tag < 3; tag++) {
      if (choices.oneIn(2)) {
        body.op(Opcode.CATCH, tag);
        labels.add(new Label(results, true));
        body.intoLocals(carriedBy(tag));
        fill(wanted, depth);
        leave();
      }
    }
    if (choices.oneIn(2)) {
      body.op(Opcode.CATCH_ALL);
      labels.add(new Label(results, true));
      fill(wanted, depth);
      leave();
    }
    body.op(Opcode.END);
  }

  /** A try_table inside of blocks to which its handlers lead; what they bring is dropped or kept in locals. */
  private void tryTable(int wanted, int depth) {
    List<Integer> results = listOf(wanted);
    int kind = choices.below(4);
    boolean withTag = kind <= Instructions.CATCH_REF;
    if (withTag && draft.tags.isEmpty()) {
      kind = Instructions.CATCH_ALL_REF;
      withTag = false;
    }
    int tag = withTag ? choices.below(draft.tags.size()) : 0;
    List<Integer> brought = new ArrayList<>(withTag ? carriedBy(tag) : List.of());
    if (kind == Instructions.CATCH_REF || kind == Instructions.CATCH_ALL_REF) {
      brought.add(choices.oneIn(2) ? ValueType.EXNREF : ValueType.nonNull(ValueType.EXNREF));
    }
    body.op(Opcode.BLOCK);
    blockType(List.of(), results);
    enter(results);
    body.op(Opcode.BLOCK);
    blockType(List.of(), brought);
    enter(brought);
    int other = results.isEmpty() && choices.oneIn(3) ? labels.size() : -1;
    body.op(Opcode.TRY_TABLE);
    blockType(List.of(), results);
    body.code.unsigned(other >= 0 ? 2 : 1);
    handler(kind, tag, 0);
    if (other >= 0) {
      // Whatever else it is leads to the end.
      handler(Instructions.CATCH_ALL, 0, 1);
    }
    enter(results);
    fill(wanted, depth);
    leave();
    body.op(Opcode.END);
    body.op(Opcode.BR, 1);
    leave();
    body.op(Opcode.END);
    body.intoLocals(brought);
    fill(wanted, depth);
    leave();
    body.op(Opcode.END);
  }

  private void handler(int kind, int tag, int label) {
    body.code.write(kind);
    if (kind <= Instructions.CATCH_REF) {
      body.code.unsigned(tag);
    }
    body.code.unsigned(label);
  }
}
