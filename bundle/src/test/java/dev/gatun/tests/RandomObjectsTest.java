package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ArrayReference;
import dev.gatun.Engine;
import dev.gatun.I31;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.StructReference;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs on structs, arrays and i31: compiled, and interpreted in Java while they are made. Both must end with
 * the same numbers and with graphs of the same shape.
 */
final class RandomObjectsTest {
  private static final int GC = 0xFB;
  private static final int ANY = 0x6E;
  private static final int NODE = 0;
  private static final int ARRAY = 1;
  private static final int NUMBERS = 5;
  private static final int REFERENCES = 6;
  private static final int MAX_LENGTH = 5;

  /** A struct of the model: a reference, an i32, an i64, an i8 and another reference. */
  private static final class Node {
    Object next;
    int number;
    long wide;
    int octet;
    Object other;
  }

  private final int[] numbers = new int[NUMBERS];
  private final Object[] references = new Object[REFERENCES];
  private Random random = new Random();

  /** What an expression compiles to and evaluates to. */
  private interface Expression<T> {
    void emit(Code code);

    T value();
  }

  private interface Statement {
    void emit(Code code);

    void run();
  }

  private static <T> Expression<T> expression(Consumer<Code> emit, Supplier<T> value) {
    return new Expression<>() {
      @Override
      public void emit(Code code) {
        emit.accept(code);
      }

      @Override
      public T value() {
        return value.get();
      }
    };
  }

  private static Statement statement(Consumer<Code> emit, Runnable run) {
    return new Statement() {
      @Override
      public void emit(Code code) {
        emit.accept(code);
      }

      @Override
      public void run() {
        run.run();
      }
    };
  }

  // Locals: numbers first, then references, then one scratch of each.

  private static int reference(int index) {
    return NUMBERS + index;
  }

  private static final int SCRATCH = NUMBERS + REFERENCES;

  private Expression<Integer> number(int depth) {
    int local = random.nextInt(NUMBERS);
    int constant = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(8);
    if (depth == 0) {
      return random.nextBoolean()
          ? expression(code -> code.i32(constant), () -> constant)
          : expression(code -> code.localGet(local), () -> numbers[local]);
    }
    switch (random.nextInt(7)) {
      case 0, 1 -> {
        Expression<Integer> left = number(depth - 1);
        Expression<Integer> right = number(depth - 1);
        boolean add = random.nextBoolean();
        return expression(
            code -> {
              left.emit(code);
              right.emit(code);
              code.op(add ? 0x6A : 0x73);
            },
            () -> {
              int a = left.value();
              int b = right.value();
              return add ? a + b : a ^ b;
            });
      }
      case 2 -> {
        // A field, or 1 if it is no node.
        Expression<Object> from = object(depth - 1);
        boolean octet = random.nextBoolean();
        return expression(
            code -> {
              from.emit(code);
              code.localTee(SCRATCH).prefixed(GC, 20, NODE).iff('i').localGet(SCRATCH).prefixed(GC, 22, NODE);
              code.prefixed(GC, octet ? 3 : 2, NODE, octet ? 3 : 1).otherwise().i32(1).end();
            },
            () -> from.value() instanceof Node n ? octet ? n.octet : n.number : 1);
      }
      case 3 -> {
        Expression<Object> from = object(depth - 1);
        return expression(
            code -> {
              from.emit(code);
              code.op(0xD1);
            },
            () -> from.value() == null ? 1 : 0);
      }
      case 4 -> {
        Expression<Object> left = object(depth - 1);
        Expression<Object> right = object(depth - 1);
        return expression(
            code -> {
              left.emit(code);
              code.prefixed(GC, 23, 0x6D);
              right.emit(code);
              code.prefixed(GC, 23, 0x6D).op(0xD3);
            },
            () -> {
              Object a = left.value();
              Object b = right.value();
              return a == b || a instanceof Integer && a.equals(b) ? 1 : 0;
            });
      }
      case 5 -> {
        // The number of an i31, or the length of an array, or 7.
        Expression<Object> from = object(depth - 1);
        return expression(
            code -> {
              from.emit(code);
              code.localTee(SCRATCH).prefixed(GC, 20, 0x6C).iff('i');
              code.localGet(SCRATCH).prefixed(GC, 22, 0x6C).prefixed(GC, 29).otherwise();
              code.localGet(SCRATCH).prefixed(GC, 21, ARRAY).iff('i');
              code.localGet(SCRATCH).op(0xD1).iff('i').i32(7).otherwise();
              code.localGet(SCRATCH).prefixed(GC, 22, 0x6A).prefixed(GC, 15).end();
              code.otherwise().i32(7).end().end();
            },
            () -> from.value() instanceof Object value
                ? value instanceof Integer i ? i : value instanceof Object[] a ? a.length : 7
                : 7);
      }
      default -> {
        return number(0);
      }
    }
  }

  private Expression<Object> object(int depth) {
    int local = random.nextInt(REFERENCES);
    if (depth == 0) {
      return random.nextInt(5) == 0
          ? expression(code -> code.raw(0xD0, ANY), () -> null)
          : expression(code -> code.localGet(reference(local)), () -> references[local]);
    }
    switch (random.nextInt(8)) {
      case 7 -> {
        Expression<Object> element = object(depth - 1);
        Expression<Integer> length = number(depth - 1);
        return expression(
            code -> {
              element.emit(code);
              length.emit(code);
              code.i32(3).op(0x71).prefixed(GC, 6, ARRAY);
            },
            () -> {
              Object value = element.value();
              Object[] array = new Object[length.value() & 3];
              Arrays.fill(array, value);
              return array;
            });
      }
      case 0, 1 -> {
        Expression<Object> next = object(depth - 1);
        Expression<Integer> number = number(depth - 1);
        Expression<Integer> octet = number(0);
        Expression<Object> other = object(depth - 1);
        return expression(
            code -> {
              next.emit(code);
              number.emit(code);
              code.i64(77);
              octet.emit(code);
              other.emit(code);
              code.prefixed(GC, 0, NODE);
            },
            () -> {
              Node node = new Node();
              node.next = next.value();
              node.number = number.value();
              node.wide = 77;
              node.octet = (byte) (int) octet.value();
              node.other = other.value();
              return node;
            });
      }
      case 2 -> {
        Expression<Integer> value = number(depth - 1);
        return expression(
            code -> {
              value.emit(code);
              code.prefixed(GC, 28);
            },
            () -> value.value() << 1 >> 1);
      }
      case 3 -> {
        int length = random.nextInt(MAX_LENGTH);
        List<Expression<Object>> elements = new ArrayList<>();
        for (int i = 0; i < length; i++) {
          elements.add(object(depth - 1));
        }
        return expression(
            code -> {
              for (Expression<Object> element : elements) {
                element.emit(code);
              }
              code.prefixed(GC, 8, ARRAY, length);
            },
            () -> {
              Object[] array = new Object[length];
              for (int i = 0; i < length; i++) {
                array[i] = elements.get(i).value();
              }
              return array;
            });
      }
      case 4 -> {
        Expression<Object> from = object(depth - 1);
        boolean onSuccess = random.nextBoolean();
        boolean second = random.nextBoolean();
        int field = second ? 4 : 0;
        return expression(
            code -> {
              code.block('a').block('a');
              from.emit(code);
              if (onSuccess) {
                code.prefixed(GC, 24).raw(1, 0, ANY, NODE).drop().raw(0xD0, ANY).br(1).end();
                code.prefixed(GC, 22, NODE).prefixed(GC, 2, NODE, field).end();
              } else {
                code.prefixed(GC, 25).raw(1, 0, ANY, NODE).prefixed(GC, 2, NODE, field).br(1).end();
                code.drop().raw(0xD0, ANY).end();
              }
            },
            () -> from.value() instanceof Node n ? second ? n.other : n.next : null);
      }
      case 5 -> {
        Expression<Object> from = object(depth - 1);
        int index = random.nextInt(MAX_LENGTH);
        return expression(
            code -> {
              from.emit(code);
              code.localTee(SCRATCH).prefixed(GC, 20, ARRAY).iff('a');
              code.i32(index).localGet(SCRATCH).prefixed(GC, 22, ARRAY).prefixed(GC, 15).op(0x49).iff('a');
              code.localGet(SCRATCH).prefixed(GC, 22, ARRAY).i32(index).prefixed(GC, 11, ARRAY);
              code.otherwise().raw(0xD0, ANY).end().otherwise().raw(0xD0, ANY).end();
            },
            () -> from.value() instanceof Object[] a && index < a.length ? a[index] : null);
      }
      default -> {
        Expression<Object> one = object(depth - 1);
        Expression<Object> two = object(depth - 1);
        Expression<Integer> condition = number(depth - 1);
        return expression(
            code -> {
              one.emit(code);
              two.emit(code);
              condition.emit(code);
              code.raw(0x1C, 1, ANY);
            },
            () -> {
              Object a = one.value();
              Object b = two.value();
              return condition.value() != 0 ? a : b;
            });
      }
    }
  }

  private Statement block(int count, int depth) {
    Statement[] statements = new Statement[count];
    for (int i = 0; i < count; i++) {
      statements[i] = one(depth);
    }
    return statement(
        code -> {
          for (Statement statement : statements) {
            statement.emit(code);
          }
        },
        () -> {
          for (Statement statement : statements) {
            statement.run();
          }
        });
  }

  private Statement one(int depth) {
    switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0, 1 -> {
        int local = random.nextInt(NUMBERS);
        Expression<Integer> value = number(3);
        return statement(
            code -> {
              value.emit(code);
              code.localSet(local);
            },
            () -> numbers[local] = value.value());
      }
      case 2, 3 -> {
        int local = random.nextInt(REFERENCES);
        Expression<Object> value = object(3);
        return statement(
            code -> {
              value.emit(code);
              code.localSet(reference(local));
            },
            () -> references[local] = value.value());
      }
      case 4, 5 -> {
        // Sets a field, if there is a node.
        int local = random.nextInt(REFERENCES);
        boolean number = random.nextBoolean();
        Expression<Integer> numeric = number(2);
        Expression<Object> object = object(2);
        return statement(
            code -> {
              code.localGet(reference(local)).prefixed(GC, 20, NODE).iff(Code.EMPTY);
              code.localGet(reference(local)).prefixed(GC, 22, NODE);
              if (number) {
                numeric.emit(code);
              } else {
                object.emit(code);
              }
              code.prefixed(GC, 5, NODE, number ? 1 : 4).end();
            },
            () -> {
              if (references[local] instanceof Node node) {
                if (number) {
                  node.number = numeric.value();
                } else {
                  node.other = object.value();
                }
              }
            });
      }
      case 6 -> {
        Expression<Integer> condition = number(2);
        Statement yes = block(2, depth - 1);
        Statement no = block(2, depth - 1);
        return statement(
            code -> {
              condition.emit(code);
              code.iff(Code.EMPTY);
              yes.emit(code);
              code.otherwise();
              no.emit(code);
              code.end();
            },
            () -> {
              if (condition.value() != 0) {
                yes.run();
              } else {
                no.run();
              }
            });
      }
      default -> {
        int counter = SCRATCH + 1 + depth;
        int rounds = 1 + random.nextInt(4);
        Statement body = block(3, depth - 1);
        return statement(
            code -> {
              code.i32(rounds).localSet(counter).loop(Code.EMPTY);
              body.emit(code);
              code.localGet(counter).i32(1).op(0x6B).localTee(counter).brIf(0).end();
            },
            () -> {
              for (int i = 0; i < rounds; i++) {
                body.run();
              }
            });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void compiledAndInterpretedProgramsAgree(boolean stress) {
    int programs = stress ? 150 : 600;
    for (int seed = 0; seed < programs; seed++) {
      random = new Random(seed);
      Arrays.fill(numbers, 0);
      Arrays.fill(references, null);
      Statement program = block(12, 3);
      Code code = new Code().locals(NUMBERS, 'i').locals(REFERENCES + 1, 'a').locals(4, 'i');
      program.emit(code);
      for (int i = 0; i < NUMBERS; i++) {
        code.localGet(i);
      }
      for (int i = 0; i < REFERENCES; i++) {
        code.localGet(reference(i));
      }
      ModuleBuilder module = new ModuleBuilder();
      module.definedType(0x5F, 5, ANY, 1, 0x7F, 1, 0x7E, 1, 0x78, 1, ANY, 1);
      module.definedType(0x5E, ANY, 1);
      module.function("run", ":" + "i".repeat(NUMBERS) + "a".repeat(REFERENCES), code);
      System.setProperty("gatun.gc.stress", String.valueOf(stress));
      try (Engine engine = Engine.builder().limits(Limits.builder().heap(1 << 20).build()).build();
          Instance instance = engine.compile(module.build()).instantiate(Imports.builder().build())) {
        Object[] results = (Object[]) instance.function("run").call();
        program.run();
        String name = "program " + seed;
        for (int i = 0; i < NUMBERS; i++) {
          assertEquals(numbers[i], results[i], name);
        }
        Map<Object, Object> seen = new IdentityHashMap<>();
        for (int i = 0; i < REFERENCES; i++) {
          same(references[i], results[NUMBERS + i], seen, name);
        }
      } finally {
        System.clearProperty("gatun.gc.stress");
      }
    }
  }

  private static void same(Object expected, Object actual, Map<Object, Object> seen, String name) {
    switch (expected) {
      case null -> assertEquals(null, actual, name);
      case Integer number -> assertEquals(new I31(number), actual, name);
      default -> {
        Object known = seen.putIfAbsent(expected, actual);
        assertEquals(known == null ? actual : known, actual, name);
        if (known == null && expected instanceof Node node) {
          StructReference struct = (StructReference) actual;
          assertEquals(node.number, struct.get(1), name);
          assertEquals(node.wide, struct.get(2), name);
          assertEquals(node.octet & 0xff, struct.get(3), name);
          same(node.next, struct.get(0), seen, name);
          same(node.other, struct.get(4), seen, name);
        } else if (known == null && expected instanceof Object[] elements) {
          ArrayReference array = (ArrayReference) actual;
          assertEquals(elements.length, array.length(), name);
          for (int i = 0; i < elements.length; i++) {
            same(elements[i], array.get(i), seen, name);
          }
        }
      }
    }
  }
}
