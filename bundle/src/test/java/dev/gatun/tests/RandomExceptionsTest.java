package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Tag;
import dev.gatun.TagType;
import dev.gatun.ThrownException;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random functions of throws, handlers of both kinds, branches, loops and calls: compiled, and interpreted in Java.
 * Both must end with the same numbers in all locals, or with the same exception.
 */
final class RandomExceptionsTest {
  private static final int PROGRAMS = 400;

  /** Locals: i32, of which the first two are parameters and the last two count loops; i64; exnref. */
  private static final int INTS = 7;

  private static final int COUNTERS = 2;
  private static final int LONGS = 2;
  private static final int REFERENCES = 4;

  private static final int ANY = -1;
  private static final List<List<ValType>> TAGS =
      List.of(List.of(), List.of(ValType.I32), List.of(ValType.I32, ValType.I64));

  private Random random = new Random();

  // The program.

  private sealed interface Expression permits Constant, Local, Sum, Around {}

  private record Constant(int value) implements Expression {}

  private record Local(int index) implements Expression {}

  private record Sum(Expression left, Expression right) implements Expression {}

  /** The sum of two expressions, between which something else is done. */
  private record Around(Expression left, Statement between, Expression right) implements Expression {}

  private sealed interface Statement
      permits Set, Mix, Throw, Call, Sequence, If, Loop, Block, Leave, Try, Again, Pass {}

  private record Set(int local, Expression value) implements Statement {}

  /** {@code long = 3 * long + value}. */
  private record Mix(int local, Expression value) implements Statement {}

  private record Throw(int tag, Expression value) implements Statement {}

  /** Calls a function that may throw, through the host or not. */
  private record Call(int function, int local, Expression value) implements Statement {}

  private record Sequence(List<Statement> statements) implements Statement {}

  private record If(Expression condition, Statement then, Statement otherwise) implements Statement {}

  private record Loop(int counter, int times, Statement body) implements Statement {}

  private static final class Block implements Statement {
    Statement body = new Sequence(List.of());
  }

  private record Leave(Block block, Expression condition) implements Statement {}

  private static final class Try implements Statement {
    final boolean legacy;
    final int reference;
    Statement body = new Sequence(List.of());
    int[] tags = {};
    final List<Statement> handlers = new ArrayList<>();

    Try(boolean legacy, int reference) {
      this.legacy = legacy;
      this.reference = reference;
    }
  }

  /** Throws again what a handler has caught. */
  private record Again(Try caught) implements Statement {}

  /** A legacy try that delegates to another structure, or to the caller if that is null. */
  private record Pass(Statement body, @Nullable Statement to) implements Statement {}

  // Its making.

  private final List<Block> blocks = new ArrayList<>();
  private final List<Statement> around = new ArrayList<>();
  private final List<Try> caught = new ArrayList<>();
  private int loops;
  private int tries;

  private Expression expression(int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 2)) {
      case 0 -> new Constant(random.nextInt(8));
      case 1, 2 -> new Local(random.nextInt(INTS));
      case 3 -> new Sum(expression(depth - 1), expression(depth - 1));
      default -> new Around(expression(depth - 1), statement(depth - 1), expression(0));
    };
  }

  private Statement sequence(int depth) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      statements.add(statement(depth));
    }
    return new Sequence(statements);
  }

  private Statement statement(int depth) {
    int local = random.nextInt(INTS - COUNTERS);
    int which = random.nextInt(depth > 0 ? 16 : 7);
    return switch (which) {
      case 0, 1 -> new Set(local, expression(depth));
      case 2 -> new Mix(random.nextInt(LONGS), expression(depth));
      case 3, 4 -> new Call(random.nextInt(3), local, expression(depth));
      case 5 ->
          blocks.isEmpty()
              ? new Set(local, expression(depth))
              : new Leave(blocks.get(random.nextInt(blocks.size())), expression(0));
      case 6 ->
          caught.isEmpty() || random.nextInt(3) > 0
              ? new If(expression(0), new Throw(random.nextInt(TAGS.size()), expression(0)), new Sequence(List.of()))
              : new Again(caught.get(random.nextInt(caught.size())));
      case 7, 8 -> new If(expression(1), sequence(depth - 1), sequence(depth - 1));
      case 9 -> {
        if (loops == COUNTERS) {
          yield sequence(depth - 1);
        }
        int counter = INTS - COUNTERS + loops++;
        Loop loop = new Loop(counter, 1 + random.nextInt(3), sequence(depth - 1));
        loops--;
        yield loop;
      }
      case 10 -> {
        Block block = new Block();
        blocks.add(block);
        around.add(block);
        block.body = sequence(depth - 1);
        blocks.removeLast();
        around.removeLast();
        yield block;
      }
      case 11 ->
          new Pass(sequence(depth - 1), around.isEmpty() ? null : around.get(random.nextInt(around.size())));
      default -> tries == REFERENCES ? sequence(depth - 1) : makeTry(depth);
    };
  }

  private Try makeTry(int depth) {
    Try made = new Try(random.nextBoolean(), tries++);
    around.add(made);
    made.body = sequence(depth - 1);
    if (!made.legacy) {
      around.removeLast();
    }
    caught.add(made);
    made.tags = new int[1 + random.nextInt(3)];
    for (int i = 0; i < made.tags.length; i++) {
      boolean all = i == made.tags.length - 1 && random.nextBoolean();
      made.tags[i] = all ? ANY : random.nextInt(TAGS.size());
      made.handlers.add(sequence(depth - 1));
    }
    caught.removeLast();
    if (made.legacy) {
      around.removeLast();
    }
    tries--;
    return made;
  }

  // Its compilation.

  private final List<Object> labels = new ArrayList<>();
  private static final Object NO_NAME = new Object();

  private int label(@Nullable Object name) {
    for (int i = labels.size() - 1; i >= 0; i--) {
      if (labels.get(i) == name) {
        return labels.size() - 1 - i;
      }
    }
    return labels.size(); // the function's
  }

  private void open(Code code, int opcode, int type, Object name) {
    code.blockType(opcode, type);
    labels.add(name);
  }

  private void close(Code code) {
    code.end();
    labels.removeLast();
  }

  private void emit(Code code, Expression expression) {
    switch (expression) {
      case Constant constant -> code.i32(constant.value);
      case Local local -> code.localGet(local.index);
      case Sum sum -> {
        emit(code, sum.left);
        emit(code, sum.right);
        code.op(0x6A);
      }
      case Around sum -> {
        emit(code, sum.left);
        emit(code, sum.between);
        emit(code, sum.right);
        code.op(0x6A);
      }
    }
  }

  private void emit(Code code, Statement statement) {
    switch (statement) {
      case Set set -> {
        emit(code, set.value);
        code.localSet(set.local);
      }
      case Mix mix -> {
        code.localGet(INTS + mix.local).i64(3).op(0x7E);
        emit(code, mix.value);
        code.op(0xAC).op(0x7C).localSet(INTS + mix.local);
      }
      case Throw thrown -> {
        emit(code, thrown.value);
        if (thrown.tag == 0) {
          code.drop();
        } else if (thrown.tag == 2) {
          code.localGet(INTS);
        }
        code.op(0x08, thrown.tag);
      }
      case Call call -> {
        emit(code, call.value);
        code.call(call.function).localSet(call.local);
      }
      case Sequence sequence -> sequence.statements.forEach(s -> emit(code, s));
      case If choice -> {
        emit(code, choice.condition);
        code.i32(1).op(0x71);
        open(code, 0x04, Code.EMPTY, NO_NAME);
        emit(code, choice.then);
        code.otherwise();
        emit(code, choice.otherwise);
        close(code);
      }
      case Loop loop -> {
        code.i32(loop.times).localSet(loop.counter);
        open(code, 0x03, Code.EMPTY, NO_NAME);
        emit(code, loop.body);
        code.localGet(loop.counter).i32(1).op(0x6B).localTee(loop.counter).brIf(0);
        close(code);
      }
      case Block block -> {
        open(code, 0x02, Code.EMPTY, block);
        emit(code, block.body);
        close(code);
      }
      case Leave leave -> {
        emit(code, leave.condition);
        code.i32(1).op(0x71).brIf(label(leave.block));
      }
      case Try guarded -> {
        if (guarded.legacy) {
          emitLegacy(code, guarded);
        } else {
          emitTable(code, guarded);
        }
      }
      case Again again -> {
        if (again.caught.legacy) {
          code.op(0x09, label(again.caught));
        } else {
          code.localGet(INTS + LONGS + again.caught.reference).op(0x0A);
        }
      }
      case Pass pass -> {
        open(code, 0x06, Code.EMPTY, NO_NAME);
        emit(code, pass.body);
        labels.removeLast();
        code.op(0x18, label(pass.to));
      }
    }
  }

  private void emitLegacy(Code code, Try guarded) {
    open(code, 0x06, Code.EMPTY, guarded);
    emit(code, guarded.body);
    for (int i = 0; i < guarded.tags.length; i++) {
      if (guarded.tags[i] == ANY) {
        code.op(0x19);
      } else {
        code.op(0x07, guarded.tags[i]);
      }
      emitHandler(code, guarded, i);
    }
    close(code);
  }

  private void emitTable(Code code, Try guarded) {
    open(code, 0x02, Code.EMPTY, NO_NAME);
    for (int i = guarded.tags.length - 1; i >= 0; i--) {
      open(code, 0x02, blockTypes[1 + guarded.tags[i]], NO_NAME);
    }
    open(code, 0x1F, Code.EMPTY, guarded);
    code.raw(guarded.tags.length);
    for (int i = 0; i < guarded.tags.length; i++) {
      if (guarded.tags[i] == ANY) {
        code.raw(3, i);
      } else {
        code.raw(1, guarded.tags[i], i);
      }
    }
    emit(code, guarded.body);
    close(code);
    code.br(guarded.tags.length);
    for (int i = 0; i < guarded.tags.length; i++) {
      close(code);
      code.localSet(INTS + LONGS + guarded.reference);
      emitHandler(code, guarded, i);
      code.br(guarded.tags.length - 1 - i);
    }
    close(code);
  }

  /** What an exception carries goes to the locals behind the parameters. */
  private void emitHandler(Code code, Try guarded, int handler) {
    if (guarded.tags[handler] == 2) {
      code.localSet(INTS + 1);
    }
    if (guarded.tags[handler] > 0) {
      code.localSet(2);
    }
    emit(code, guarded.handlers.get(handler));
  }

  /** Block types of the values with the reference: for any tag, then by tag. */
  private final int[] blockTypes = new int[1 + TAGS.size()];

  // Its interpretation.

  private final int[] ints = new int[INTS];
  private final long[] longs = new long[LONGS];
  private final Raised[] caughtBy = new Raised[REFERENCES];

  private static final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int tag;
    final int number;
    final long wide;

    /** The structure up to which a delegate has passed it, or null. */
    transient @Nullable Object passedTo;

    Raised(int tag, int number, long wide) {
      super(null, null, false, false);
      this.tag = tag;
      this.number = tag == 0 ? 0 : number;
      this.wide = tag == 2 ? wide : 0;
    }
  }

  private static final class Left extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient Block block;

    Left(Block block) {
      super(null, null, false, false);
      this.block = block;
    }
  }

  private int value(Expression expression) {
    return switch (expression) {
      case Constant constant -> constant.value;
      case Local local -> ints[local.index];
      case Sum sum -> value(sum.left) + value(sum.right);
      case Around sum -> {
        int left = value(sum.left);
        run(sum.between);
        yield left + value(sum.right);
      }
    };
  }

  private void run(Statement statement) {
    switch (statement) {
      case Set set -> ints[set.local] = value(set.value);
      case Mix mix -> {
        long tripled = 3 * longs[mix.local];
        longs[mix.local] = tripled + value(mix.value);
      }
      case Throw thrown -> {
        int number = value(thrown.value);
        throw new Raised(thrown.tag, number, longs[0]);
      }
      case Call call -> {
        int argument = value(call.value);
        if ((argument & 3) != 0) {
          throw new Raised((argument & 3) - 1, argument, argument);
        }
        ints[call.local] = argument + 5;
      }
      case Sequence sequence -> sequence.statements.forEach(this::run);
      case If choice -> run((value(choice.condition) & 1) != 0 ? choice.then : choice.otherwise);
      case Loop loop -> {
        ints[loop.counter] = loop.times;
        do {
          run(loop.body);
        } while (--ints[loop.counter] != 0);
      }
      case Block block -> {
        try {
          run(block.body);
        } catch (Left left) {
          if (left.block != block) {
            throw left;
          }
        } catch (Raised raised) {
          throw arrived(raised, block);
        }
      }
      case Leave leave -> {
        if ((value(leave.condition) & 1) != 0) {
          throw new Left(leave.block);
        }
      }
      case Try guarded -> runTry(guarded);
      case Again again -> {
        Raised known = caughtBy[again.caught.reference];
        throw new Raised(known.tag, known.number, known.wide);
      }
      case Pass pass -> {
        try {
          run(pass.body);
        } catch (Raised raised) {
          if (raised.passedTo == null) {
            raised.passedTo = pass.to == null ? this : pass.to;
          }
          throw raised;
        }
      }
    }
  }

  private static Raised arrived(Raised raised, Statement at) {
    if (raised.passedTo == at) {
      raised.passedTo = null;
    }
    return raised;
  }

  private void runTry(Try guarded) {
    Raised raised;
    try {
      run(guarded.body);
      return;
    } catch (Raised thrown) {
      raised = arrived(thrown, guarded);
    }
    if (raised.passedTo != null) {
      throw raised;
    }
    for (int i = 0; i < guarded.tags.length; i++) {
      if (guarded.tags[i] == ANY || guarded.tags[i] == raised.tag) {
        if (guarded.tags[i] == 2) {
          longs[1] = raised.wide;
        }
        if (guarded.tags[i] > 0) {
          ints[2] = raised.number;
        }
        caughtBy[guarded.reference] = raised;
        try {
          run(guarded.handlers.get(i));
        } catch (Raised again) {
          throw arrived(again, guarded);
        }
        return;
      }
    }
    throw raised;
  }

  // The comparison.

  private void host(HostCall call, Instance instance, List<Tag> tags, boolean inJava) {
    int value = call.i32(0);
    if (!inJava) {
      call.result((int) instance.function("thrower").call(value));
      return;
    }
    switch (value & 3) {
      case 0 -> call.result(value + 5);
      case 1 -> throw new ThrownException(tags.get(0));
      case 2 -> throw new ThrownException(tags.get(1), value);
      default -> throw new ThrownException(tags.get(2), value, (long) value);
    }
  }

  private byte[] compile(Statement program) {
    ModuleBuilder module = new ModuleBuilder();
    String[] tags = {"", "i", "il"};
    for (int i = 0; i < tags.length; i++) {
      module.importTag("host", "tag" + i, tags[i] + ":");
      blockTypes[1 + i] = ~module.type(":" + tags[i] + "e");
    }
    blockTypes[0] = 'e';
    module.importFunction("host", "java", "i:i");
    module.importFunction("host", "wasm", "i:i");
    Code thrower = new Code().block(Code.EMPTY).block(Code.EMPTY).block(Code.EMPTY).block(Code.EMPTY);
    thrower.localGet(0).i32(3).op(0x71).brTable(0, 1, 2, 3).end().localGet(0).i32(5).op(0x6A).ret();
    thrower.end().op(0x08, 0).end().localGet(0).op(0x08, 1).end().localGet(0).localGet(0).op(0xAC).op(0x08, 2);
    module.function("thrower", "i:i", thrower);
    Code code = new Code().locals(INTS - 2, 'i').locals(LONGS, 'l').locals(REFERENCES, 'e');
    emit(code, program);
    for (int i = 0; i < INTS + LONGS; i++) {
      code.localGet(i);
    }
    module.function("main", "ii:" + "i".repeat(INTS) + "l".repeat(LONGS), code);
    return module.build();
  }

  private List<Object> interpret(Statement program, int a, int b) {
    Arrays.fill(ints, 0);
    Arrays.fill(longs, 0);
    ints[0] = a;
    ints[1] = b;
    List<Object> outcome = new ArrayList<>();
    try {
      run(program);
      for (int number : ints) {
        outcome.add(number);
      }
      for (long number : longs) {
        outcome.add(number);
      }
    } catch (Raised raised) {
      outcome.add("tag " + raised.tag);
      if (raised.tag > 0) {
        outcome.add(raised.number);
      }
      if (raised.tag > 1) {
        outcome.add(raised.wide);
      }
    }
    return outcome;
  }

  private static List<Object> execute(Instance instance, List<Tag> tags, int a, int b) {
    List<Object> outcome = new ArrayList<>();
    try {
      outcome.addAll(List.of((Object[]) instance.function("main").call(a, b)));
    } catch (ThrownException thrown) {
      outcome.add("tag " + tags.indexOf(thrown.tag()));
      for (int i = 0; i < thrown.size(); i++) {
        outcome.add(thrown.value(i));
      }
    }
    return outcome;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void compiledAndInterpretedAgree(int seed) {
    FuncType type = new FuncType(List.of(ValType.I32), List.of(ValType.I32));
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < PROGRAMS; i++) {
        random = new Random(1_000_000L * seed + i);
        Statement program = sequence(2 + random.nextInt(3));
        try (Store store = engine.newStore();
            Module module = engine.compile(compile(program))) {
          List<Tag> tags = new ArrayList<>();
          Imports.Builder imports = Imports.builder();
          for (int tag = 0; tag < TAGS.size(); tag++) {
            tags.add(Tag.create(store, new TagType(TAGS.get(tag))));
            imports.define("host", "tag" + tag, tags.get(tag));
          }
          Instance[] self = new Instance[1];
          imports.function("host", "java", type, call -> host(call, self[0], tags, true));
          imports.function("host", "wasm", type, call -> host(call, self[0], tags, false));
          Instance instance = store.instantiate(module, imports.build());
          self[0] = instance;
          for (int a = 0; a < 4; a++) {
            int b = random.nextInt(100);
            assertEquals(
                interpret(program, a, b), execute(instance, tags, a, b), "seed " + seed + ", program " + i + ", " + a);
          }
        }
      }
    }
  }
}
