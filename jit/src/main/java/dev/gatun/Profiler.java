package dev.gatun;

import dev.gatun.profile.ProfileData;
import dev.gatun.profile.ThreadProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Samples what wasm does, at a fixed rate, from its start until it is closed. Wasm that runs is stopped for a few
 * microseconds at its next loop iteration or function entry, and the functions on its stack are noted; time in host
 * functions, and in the engine itself (compiling a function, growing a memory), is told apart from it.
 *
 * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="profiler"}
 *
 * <p>Code between two places where wasm can be stopped counts for the second of them, so that of a long loop without
 * calls no line but the first is seen. Any thread may use a profiler; what is profiled need not be stopped, and while
 * it is not in wasm nothing is counted.
 */
public final class Profiler implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofNanos(50_000);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Duration interval;
  private final Instant start = Instant.now();
  private final long epoch = System.nanoTime();
  private final List<StackSampler> samplers = new CopyOnWriteArrayList<>();
  private final List<Store> stores = new CopyOnWriteArrayList<>();
  private final @Nullable Engine engine;
  private volatile long end;
  private volatile boolean closed;

  private Profiler(@Nullable Engine engine, Duration interval) {
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("an interval of " + interval + ": must be from 50 microseconds to 10 seconds");
    }
    this.engine = engine;
    this.interval = interval;
  }

  /**
   * Begins to sample a store.
   *
   * @param interval time between two samples, from 50 microseconds to 10 seconds; a millisecond is a good one
   * @throws IllegalArgumentException if the interval is out of range
   * @throws IllegalStateException if the store is being sampled already, or closed
   */
  public static Profiler start(Store store, Duration interval) {
    Profiler profiler = new Profiler(null, interval);
    profiler.add(store);
    profiler.run();
    return profiler;
  }

  /**
   * Begins to sample all stores of an engine that are made from now on; each is a thread of its own in the profile.
   *
   * @param interval time between two samples, from 50 microseconds to 10 seconds; a millisecond is a good one
   * @throws IllegalArgumentException if the interval is out of range
   * @throws IllegalStateException if the engine's stores are being sampled already
   */
  public static Profiler start(Engine engine, Duration interval) {
    Profiler profiler = new Profiler(engine, interval);
    engine.profileStores(profiler);
    profiler.run();
    return profiler;
  }

  /** Adds a store. */
  void add(Store store) {
    StackSampler sampler = new StackSampler(store, epoch);
    store.profile(sampler);
    stores.add(store);
    samplers.add(sampler);
  }

  private void run() {
    Thread thread = new Thread(this::tick, "gatun-profiler");
    thread.setDaemon(true);
    thread.setPriority(Thread.MAX_PRIORITY);
    thread.start();
  }

  private void tick() {
    long step = interval.toNanos();
    long next = System.nanoTime() + step;
    while (!closed) {
      long wait = next - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(this, wait);
        continue;
      }
      // A tick that comes late is one tick: the machine was busy with others.
      next = Math.max(next + step, System.nanoTime());
      for (StackSampler sampler : samplers) {
        sampler.tick();
      }
    }
  }

  /** What has been seen so far, or until the profiler was closed. */
  public Profile profile() {
    return profile("WebAssembly");
  }

  /**
   * What has been seen so far, or until the profiler was closed.
   *
   * @param program what the profile is to be called
   */
  public Profile profile(String program) {
    List<ThreadProfile> threads = new ArrayList<>();
    for (StackSampler sampler : samplers) {
      ThreadProfile thread = sampler.profile();
      if (thread.samples().total() > 0) {
        threads.add(thread);
      }
    }
    long until = closed ? end : System.nanoTime();
    return new Profile(new ProfileData(program, start, Duration.ofNanos(until - epoch), interval, threads));
  }

  /** Ends the sampling. What has been seen is kept. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    end = System.nanoTime();
    closed = true;
    if (engine != null) {
      engine.profileStores(null);
    }
    for (Store store : stores) {
      store.profile(null);
    }
    stores.clear();
  }
}
