package dev.gatun.tests;

import static dev.gatun.testing.Code.EMPTY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.WasmException;
import dev.gatun.system.OutOfAddressSpaceException;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A module with random bits flipped is refused, traps or gives a result; it never crashes, hangs or confuses the
 * engine.
 */
final class MutatedModulesTest {
  private static final int MUTANTS = 2000;
  private static final long DEADLINE = TimeUnit.MILLISECONDS.toNanos(20);

  /** What is running, and until when; the watchdog interrupts it beyond that. */
  private volatile @Nullable Store running;

  private volatile long until;
  private volatile boolean done;

  private static byte[] original() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "f", "id:l");
    module.memory(1, 3);
    int table = module.table('c', 4, 8);
    int global = module.global('l', true, new Code().i64(1));
    int sum =
        module.function(
            "sum", "i:i",
            new Code().locals(1, 'i').block(EMPTY).loop(EMPTY)
                .localGet(0).op(0x45).brIf(1)
                .localGet(1).localGet(0).op(0x6A).localSet(1)
                .localGet(0).i32(1).op(0x6B).localSet(0).br(0).end().end().localGet(1));
    int fibonacci = module.type("i:i");
    module.function(
        "fibonacci", "i:i",
        new Code().localGet(0).i32(2).op(0x49).iff('i').localGet(0).otherwise()
            .localGet(0).i32(1).op(0x6B).call(2).localGet(0).i32(2).op(0x6B).call(2).op(0x6A).end());
    module.function(
        "memory", "iil:l",
        new Code().localGet(0).localGet(2).memory(0x37, 0, 8).localGet(1).memory(0x29, 0, 8).localGet(0)
            .memory(0x2D, 0, 3)
            .op(0xAD).op(0x85));
    module.function("floats", "fd:d", new Code().localGet(0).op(0xBB).localGet(1).op(0xA2).op(0x9F).f64(1.5).op(0xA0));
    module.function("convert", "d:l", new Code().localGet(0).op(0xB0).localGet(0).misc(6).op(0x7D));
    module.function("divide", "ll:l", new Code().localGet(0).localGet(1).op(0x7F).localGet(1).op(0x82));
    module.function("indirect", "ii:i", new Code().localGet(0).localGet(1).callIndirect(fibonacci, table));
    module.function("host", "i:l", new Code().localGet(0).f64(0.5).call(host).globalGet(global).op(0x7C)
        .globalSet(global).globalGet(global));
    module.function("grow", "i:i", new Code().localGet(0).op(0x40, 0).op(0x3F, 0).op(0x6A));
    module.function("bulk", "iii:", new Code().localGet(0).localGet(1).localGet(2).misc(10, 0, 0).localGet(1).i32(7)
        .localGet(2).misc(11, 0));
    module.function(
        "switch", "i:i",
        new Code().block(EMPTY).block(EMPTY).block(EMPTY).localGet(0).brTable(0, 1, 2).end().i32(10).ret().end().i32(20)
            .ret()
            .end().localGet(0).i32(3).op(0x77).op(0x67));
    module.elements(new Code().i32(1), sum, 2);
    module.data(new Code().i32(16), "some bytes to begin with".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    module.export("table", ModuleBuilder.TABLE, table).export("global", ModuleBuilder.GLOBAL, global);
    return module.build();
  }

  private void watch() {
    while (!done) {
      Store store = running;
      if (store != null && System.nanoTime() - until > 0) {
        store.interrupt();
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static @Nullable Object argument(ValType type, Random random) {
    return switch (type) {
      case ValType.NumberType number ->
          switch (number) {
            case I32 -> (Object) (random.nextBoolean() ? random.nextInt(24) : random.nextInt());
            case I64 -> (Object) (random.nextBoolean() ? random.nextLong(10) : random.nextLong());
            case F32 -> (Object) Float.intBitsToFloat(random.nextInt());
            case F64 -> (Object) Double.longBitsToDouble(random.nextLong());
          };
      default -> null;
    };
  }

  private static final class Counts {
    int refused;
    int unlinked;
    int trapped;
    int returned;
  }

  private void run(Engine engine, byte[] bytes, Random random, Counts counts) {
    Imports imports =
        Imports.builder()
            .provider(
                (module, name, type) ->
                    call -> {
                      for (int i = 0; i < type.results().size(); i++) {
                        call.result(i, type.results().get(i), argument(type.results().get(i), random));
                      }
                    })
            .build();
    try (Module module = engine.compile(bytes);
        Store store = engine.newStore()) {
      until = System.nanoTime() + DEADLINE;
      running = store;
      try {
        Instance instance = store.instantiate(module, imports);
        for (ExportType export : module.exports()) {
          if (export.type() instanceof FuncType type) {
            Object[] arguments = new Object[type.params().size()];
            for (int i = 0; i < arguments.length; i++) {
              arguments[i] = argument(type.params().get(i), random);
            }
            until = System.nanoTime() + DEADLINE;
            try {
              instance.function(export.name()).call(arguments);
              counts.returned++;
            } catch (Trap trap) {
              trap.backtrace();
              counts.trapped++;
            }
          }
        }
      } catch (WasmException | Trap | OutOfAddressSpaceException refused) {
        counts.unlinked++;
      } finally {
        running = null;
      }
    } catch (WasmException refused) {
      counts.refused++;
    }
  }

  @Test
  void neverCrashOrHang() throws InterruptedException {
    byte[] original = original();
    Random random = new Random(20_251);
    Counts counts = new Counts();
    Thread watchdog = new Thread(this::watch, "watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
    Limits limits = Limits.builder().stack(256 << 10).build();
    try (Engine lazy = Engine.builder().limits(limits).build();
        Engine eager = Engine.builder().limits(limits).compilation(Engine.Compilation.EAGER).build()) {
      run(eager, original, random, counts);
      assertEquals(0, counts.refused + counts.unlinked);
      for (int i = 0; i < MUTANTS; i++) {
        byte[] mutant = original.clone();
        int flips = 1 + random.nextInt(3);
        for (int flip = 0; flip < flips; flip++) {
          // Most of them in the code; the header would only be refused.
          mutant[8 + random.nextInt(mutant.length - 8)] ^= (byte) (1 << random.nextInt(8));
        }
        run(i % 2 == 0 ? lazy : eager, mutant, random, counts);
      }
    } finally {
      done = true;
      watchdog.join();
    }
    // Were all refused, this would test the decoder alone.
    assertTrue(counts.refused > 100 && counts.trapped > 100 && counts.returned > 1000, counts.refused + " refused, "
        + counts.unlinked + " unlinked, " + counts.trapped + " traps, " + counts.returned + " results");
  }
}
