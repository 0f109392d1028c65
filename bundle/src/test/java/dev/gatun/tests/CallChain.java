package dev.gatun.tests;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Arrays;
import java.util.Random;

/**
 * A chain of functions of random signatures in two instances, each of which calls the next in a random way: directly,
 * through a table, by reference or through an import. Built twice, with tail calls and with plain ones.
 *
 * <p>Each function mixes its arguments into a global of its instance before it calls, so that an argument that arrives
 * wrong or late shows.
 */
final class CallChain {
  /** What a run leaves behind: the results, and the globals of both instances. */
  record Outcome(String results, Object first, Object second, Object marker) {}

  private static final int CALL_INDIRECT = 0x11;
  private static final int RETURN = 0x0F;
  private static final int I64_ADD = 0x7C;
  private static final int I64_MUL = 0x7E;

  private static final int DIRECT = 0;
  private static final int TABLE = 1;
  private static final int REFERENCE = 2;
  private static final int IMPORT = 3;

  private static final String LETTERS = "ilfdv";

  private static final int SIMD = 0xFD;
  private static final int V128_CONST = 12;
  private static final int I64X2_EXTRACT_LANE = 29;

  private final int length;
  private final String[] params;
  private final String results;
  private final boolean[] inSecond;
  private final int[] how;
  private final long bodySeed;

  CallChain(int seed) {
    Random random = new Random(seed);
    length = 2 + random.nextInt(12);
    params = new String[length];
    inSecond = new boolean[length];
    how = new int[length];
    results = letters(random, random.nextInt(8));
    for (int i = 0; i < length; i++) {
      params[i] = letters(random, random.nextInt(4) == 0 ? random.nextInt(60) : random.nextInt(14));
      inSecond[i] = i > 0 && random.nextBoolean();
    }
    for (int i = 0; i + 1 < length; i++) {
      if (inSecond[i] == inSecond[i + 1]) {
        how[i] = random.nextInt(3);
      } else {
        how[i] = inSecond[i] && random.nextBoolean() ? IMPORT : TABLE;
      }
    }
    bodySeed = random.nextLong();
  }

  private static String letters(Random random, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return letters.toString();
  }

  /** Parameters of the function that has most. */
  int longestSignature() {
    int longest = 0;
    for (String letters : params) {
      longest = Math.max(longest, letters.length());
    }
    return longest;
  }

  Outcome run(Engine engine, boolean tail) {
    try (Store store = engine.newStore();
        Module first = engine.compile(build(false, tail));
        Module second = engine.compile(build(true, tail))) {
      Instance a = store.instantiate(first, Imports.none());
      Instance b = store.instantiate(second, Imports.builder().instance("first", a).build());
      Object returned = a.function("run").call();
      String text = returned instanceof Object[] several ? Arrays.toString(several) : String.valueOf(returned);
      return new Outcome(text, a.global("mix").get(), b.global("mix").get(), a.global("marker").get());
    }
  }

  private byte[] build(boolean second, boolean tail) {
    Random random = new Random(bodySeed + (second ? 1 : 0));
    ModuleBuilder module = new ModuleBuilder();
    int[] index = new int[length];
    int next = 0;
    if (second) {
      for (int i = 1; i < length; i++) {
        if (how[i - 1] == IMPORT) {
          index[i] = module.importFunction("first", "f" + i, signature(i));
          next++;
        }
      }
      module.importTable("first", "table", 'c', length, length);
    } else {
      module.table('c', length, length);
      module.export("table", ModuleBuilder.TABLE, 0);
    }
    for (int i = 0; i < length; i++) {
      if (inSecond[i] == second) {
        index[i] = next++;
        module.elements(new Code().i32(i), index[i]);
      }
    }
    int mix = module.global('l', true, new Code().i64(1));
    module.export("mix", ModuleBuilder.GLOBAL, mix);
    for (int i = 0; i < length; i++) {
      if (inSecond[i] == second) {
        module.function("f" + i, signature(i), body(module, random, i, index, mix, tail));
      }
    }
    if (!second) {
      int marker = module.global('i', true, new Code().i32(0));
      module.export("marker", ModuleBuilder.GLOBAL, marker);
      Code code = new Code();
      for (int i = 0; i < params[0].length(); i++) {
        constant(code, random, params[0].charAt(i));
      }
      // The marker is the first instance's: whoever returned, its context must be back.
      module.function("run", ":" + results, code.call(index[0]).i32(4711).globalSet(marker));
    }
    return module.build();
  }

  private String signature(int function) {
    return params[function] + ":" + results;
  }

  private Code body(ModuleBuilder module, Random random, int i, int[] index, int mix, boolean tail) {
    Code code = new Code();
    String own = params[i];
    for (int p = 0; p < own.length(); p++) {
      code.globalGet(mix).i64(31).op(I64_MUL).localGet(p);
      switch (own.charAt(p)) {
        case 'i' -> code.op(0xAD);
        case 'f' -> code.op(0xBC).op(0xAD);
        case 'd' -> code.op(0xBD);
        case 'v' -> {
          code.prefixed(SIMD, I64X2_EXTRACT_LANE).raw(1).op(I64_ADD);
          code.localGet(p).prefixed(SIMD, I64X2_EXTRACT_LANE).raw(0);
        }
        default -> {}
      }
      code.op(I64_ADD).globalSet(mix);
    }
    if (i + 1 == length) {
      values(code, random, own, results);
      return code;
    }
    // Some values are written again, some stay below the arguments: neither may disturb them.
    for (int p = 0; p < own.length(); p++) {
      if (random.nextInt(6) == 0) {
        constant(code, random, own.charAt(p)).localSet(p);
      }
    }
    values(code, random, own, letters(random, random.nextInt(4)));
    values(code, random, own, params[i + 1]);
    int type = module.type(signature(i + 1));
    int opcode =
        switch (how[i]) {
          case TABLE -> {
            code.i32(i + 1);
            yield CALL_INDIRECT;
          }
          case REFERENCE -> {
            code.op(0xD2, index[i + 1]);
            yield 0x14;
          }
          default -> 0x10;
        };
    int form = tail ? opcode == 0x14 ? 0x15 : opcode + 2 : opcode;
    switch (how[i]) {
      case TABLE -> code.op(form, type, 0);
      case REFERENCE -> code.op(form, type);
      default -> code.op(form, index[i + 1]);
    }
    return tail ? code : code.op(RETURN);
  }

  /** Values of some types: parameters where there are any of the type, or constants. */
  private static void values(Code code, Random random, String own, String wanted) {
    for (int i = 0; i < wanted.length(); i++) {
      char letter = wanted.charAt(i);
      int from = own.isEmpty() ? -1 : own.indexOf(letter, random.nextInt(own.length()));
      if (from >= 0 && random.nextInt(5) > 0) {
        code.localGet(from);
      } else {
        constant(code, random, letter);
      }
    }
  }

  private static Code constant(Code code, Random random, char letter) {
    return switch (letter) {
      case 'i' -> code.i32(random.nextInt());
      case 'l' -> code.i64(random.nextLong());
      case 'f' -> code.f32(random.nextFloat());
      case 'v' -> {
        code.prefixed(SIMD, V128_CONST);
        for (int i = 0; i < 16; i++) {
          code.raw(random.nextInt(256));
        }
        yield code;
      }
      default -> code.f64(random.nextDouble());
    };
  }
}
