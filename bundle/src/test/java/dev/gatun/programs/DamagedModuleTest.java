package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Modules that were cut or changed end in an error, a trap or an exit: never in a crash of the JVM or a hang. */
class DamagedModuleTest {
  private static final int FLIPS = Integer.getInteger("gatun.test.flips", 10_000);
  private static final long SEED = Long.getLong("gatun.test.seed", 20_260_101);
  private static final int LIMIT_MILLIS = 200;

  /** Compiles and runs a module; what it ended in, if it is one of the ways a module may end in. All else is a bug. */
  private static String outcome(Engine engine, byte[] wasm, ScheduledExecutorService watchdog) throws IOException {
    try (Module module = engine.compile(wasm);
        Wasi wasi = Wasi.builder().argument("damaged").argument("1").build();
        Store store = engine.newStore()) {
      Future<?> alarm =
          watchdog.scheduleAtFixedRate(store::interrupt, LIMIT_MILLIS, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
      try {
        wasi.run(store.instantiate(module, Imports.builder().provider(wasi.imports()).build()));
        return "exit";
      } finally {
        alarm.cancel(false);
      }
    } catch (Trap e) {
      return "trap " + e.kind() + (e.backtrace().isEmpty() ? " without frames" : "");
    } catch (WasmException e) {
      assertTrue(e.getMessage() != null && !e.getMessage().isEmpty(), "an error without a message: " + e);
      return e.getClass().getSimpleName();
    } catch (NoSuchElementException e) {
      return "no _start";
    }
  }

  @Test
  void everyPrefixIsRefusedOrRuns() throws IOException {
    byte[] whole = Files.readAllBytes(Programs.c("tiny"));
    int accepted = 0;
    try (Engine engine = Engine.create();
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor()) {
      assertEquals("exit", outcome(engine, whole, watchdog));
      for (int length = 0; length < whole.length; length++) {
        String outcome = outcome(engine, Arrays.copyOf(whole, length), watchdog);
        // Cut between sections that may be absent, what is left can be a whole module.
        accepted += outcome.endsWith("Exception") ? 0 : 1;
      }
    }
    assertTrue(accepted < 12, accepted + " prefixes were accepted, more than there are sections");
  }

  @Test
  void prefixesOfALargeProgramAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Programs.c("hello"));
    int code = 20_000;
    try (Engine engine = Engine.create()) {
      for (int length = 9; length < code; length += 97) {
        byte[] prefix = Arrays.copyOf(whole, length);
        assertThrows(WasmException.class, () -> engine.compile(prefix), () -> "a prefix of " + prefix.length);
      }
    }
  }

  @Test
  void flippedBitsEndWell() throws IOException {
    byte[] tiny = Files.readAllBytes(Programs.c("tiny"));
    byte[] hello = Files.readAllBytes(Programs.c("hello"));
    Random random = new Random(SEED);
    Map<String, Integer> outcomes = new TreeMap<>();
    try (Engine engine = Engine.create();
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i < FLIPS; i++) {
        // Tiny modules are cheap, so most are of these; large ones reach far more of the compiler.
        byte[] flipped = (i % 10 == 0 ? hello : tiny).clone();
        int limit = Math.min(flipped.length, 30_000);
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          flipped[random.nextInt(limit)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          outcomes.merge(outcome(engine, flipped, watchdog), 1, Integer::sum);
        } catch (RuntimeException | Error e) {
          throw new AssertionError("seed " + SEED + ", flip " + i + " of " + FLIPS + ": " + e, e);
        }
      }
    }
    System.out.println("flipped modules: " + outcomes);
    assertTrue(outcomes.size() > 4, outcomes::toString);
  }
}
