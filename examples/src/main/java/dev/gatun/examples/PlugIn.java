package dev.gatun.examples;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.LimitException;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Runs code that nobody has read. A plug-in is a module that imports nothing and exports
 * {@code run: (param i32) (result i32)}; whatever it does, Java gets an outcome.
 */
public final class PlugIn {
  /** Fuel ends a plug-in at the same instruction on each machine; the time is for what fuel does not measure. */
  private static final Limits LIMITS =
      Limits.builder()
          .memory(16 << 20)
          .stack(256 << 10)
          .heap(16 << 20)
          .tableElements(10_000)
          .fuel(50_000_000)
          .timeout(Duration.ofSeconds(10))
          .build();

  private static final Engine ENGINE = Engine.builder().limits(LIMITS).build();

  private PlugIn() {}

  /** What has become of a call. */
  public sealed interface Outcome {
    /** It has returned. */
    record Returned(int value) implements Outcome {}

    /** It has used more than it may. */
    record Stopped(LimitException why) implements Outcome {}

    /** It has failed by itself. */
    record Failed(RuntimeException why) implements Outcome {}

    /** It never ran: it is no plug-in. */
    record Rejected(WasmException why) implements Outcome {}
  }

  /** Runs a plug-in. Any thread may call this at any time: each call has an instance of its own. */
  public static Outcome run(Path plugIn, int argument) throws IOException {
    try (Module module = ENGINE.compile(plugIn);
        Instance instance = module.instantiate()) {
      return new Outcome.Returned(instance.as(Exports.class).run(argument));
    } catch (LimitException e) {
      return new Outcome.Stopped(e);
    } catch (Trap | ThrownException e) {
      return new Outcome.Failed(e);
    } catch (WasmException e) {
      return new Outcome.Rejected(e);
    }
  }

  /** What a plug-in exports. */
  public interface Exports {
    /** Its only function. */
    int run(int argument);
  }

  /** Runs the plug-in {@code arguments[0]} on the number {@code arguments[1]}. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(run(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
  }
}
