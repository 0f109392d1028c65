package dev.gatun;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a guest may use. Given to an engine for all its stores, or to one store, one instance or one pool instead.
 * Immutable; thread-safe.
 *
 * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="limits"}
 *
 * <p>Each limit has an exception of its own, a {@link LimitException} that carries the guest's backtrace. What is not
 * set is unlimited, except for the stack and the heap, which always end somewhere.
 */
public final class Limits {
  private static final long DEFAULT_STACK = 8 << 20;
  private static final long MIN_STACK = 64 << 10;
  private static final long MAX_STACK = 1L << 32;

  private static final long DEFAULT_HEAP = 1L << 30;
  private static final long MIN_HEAP = 64 << 10;
  private static final long MAX_HEAP = 1L << 36;

  private static final Limits NONE = builder().build();

  private final long stack;
  private final long heap;
  private final long memory;
  private final long tableElements;
  private final int instances;
  private final @Nullable Duration timeout;
  private final boolean growthRefused;
  private final @Nullable Long fuel;

  private Limits(Builder builder) {
    stack = builder.stack;
    heap = builder.heap;
    memory = builder.memory;
    tableElements = builder.tableElements;
    instances = builder.instances;
    timeout = builder.timeout;
    growthRefused = builder.growthRefused;
    fuel = builder.fuel;
  }

  /** No limits but the defaults of stack and heap. */
  public static Limits none() {
    return NONE;
  }

  /** A builder, in which nothing is limited but stack and heap. */
  public static Builder builder() {
    return new Builder();
  }

  /** Sets limits. */
  public static final class Builder {
    private long stack = DEFAULT_STACK;
    private long heap = DEFAULT_HEAP;
    private long memory = Long.MAX_VALUE;
    private long tableElements = Long.MAX_VALUE;
    private int instances = Integer.MAX_VALUE;
    private @Nullable Duration timeout;
    private boolean growthRefused;
    private @Nullable Long fuel;

    private Builder() {}

    /**
     * How much stack the wasm of a store may use: beyond it, {@link StackLimitException}. Independent of the stacks of
     * Java's threads. Memory is used as far as the stack has grown.
     *
     * @param bytes from 64 KiB to 4 GiB; 8 MiB if not set
     */
    public Builder stack(long bytes) {
      stack = within("a stack", bytes, MIN_STACK, MAX_STACK);
      return this;
    }

    /**
     * How large the heap of a store may grow, where structs, arrays and exceptions of wasm lie: beyond it, {@link
     * HeapLimitException}. Addresses are reserved when a store first needs its heap; memory is used as far as it has
     * grown.
     *
     * @param bytes from 64 KiB to 64 GiB, rounded down to 64 KiB; 1 GiB if not set
     */
    public Builder heap(long bytes) {
      heap = within("a heap", bytes, MIN_HEAP, MAX_HEAP);
      return this;
    }

    /**
     * How large all linear memories of a store may be together, those included that it imports: beyond it, {@link
     * MemoryLimitException} from {@code memory.grow} and when a memory is made; see {@link #refuseGrowth}.
     *
     * @param bytes 0 or more; no limit if not set
     */
    public Builder memory(long bytes) {
      memory = within("memories", bytes, 0, Long.MAX_VALUE);
      return this;
    }

    /**
     * How many elements all tables of a store may have together: beyond it, {@link TableLimitException} from {@code
     * table.grow} and when a table is made; see {@link #refuseGrowth}.
     *
     * @param elements 0 or more; no limit if not set
     */
    public Builder tableElements(long elements) {
      tableElements = within("tables", elements, 0, Long.MAX_VALUE);
      return this;
    }

    /**
     * How many instances may be made in a store: beyond it, {@link InstanceLimitException}.
     *
     * @param count 1 or more; no limit if not set
     */
    public Builder instances(int count) {
      instances = (int) within("instances", count, 1, Integer.MAX_VALUE);
      return this;
    }

    /**
     * How long a call from Java into the guest may take, all that it calls included: after that, {@link
     * DeadlineException}. The time is looked at every 10 milliseconds; a call costs nothing more for it. For several
     * calls together, see {@link Store#deadline}.
     *
     * @param time above 0; no limit if not set
     */
    public Builder timeout(Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("a timeout of " + time + ": must be above 0");
      }
      timeout = time;
      return this;
    }

    /**
     * How much a store may execute before more is given: beyond it, {@link FuelException}. The engine must count what
     * is executed: see {@link Engine.Builder#fuel}, and for what costs how much, {@link Store#fuel}.
     *
     * @param units 0 or more; what a store begins with if this is not set is 0, so that it must be given some
     */
    public Builder fuel(long units) {
      fuel = within("fuel", units, 0, Long.MAX_VALUE);
      return this;
    }

    /**
     * Lets {@code memory.grow} and {@code table.grow} answer -1 at a limit, as the specification has it for a host that
     * has no more, instead of ending the guest with an exception. Most programs then report that memory is exhausted in
     * their own way.
     */
    public Builder refuseGrowth() {
      growthRefused = true;
      return this;
    }

    private static long within(String what, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "a limit of " + value + " for " + what + ": must be from " + least + " to " + most);
      }
      return value;
    }

    /** The limits. */
    public Limits build() {
      return new Limits(this);
    }
  }

  /** The largest stack of a store, in bytes. */
  public long stack() {
    return stack;
  }

  /** The largest heap of a store, in bytes. */
  public long heap() {
    return heap;
  }

  /** The largest size of a store's memories together, in bytes; {@link Long#MAX_VALUE} if there is no limit. */
  public long memory() {
    return memory;
  }

  /** The most elements of a store's tables together; {@link Long#MAX_VALUE} if there is no limit. */
  public long tableElements() {
    return tableElements;
  }

  /** The most instances of a store; {@link Integer#MAX_VALUE} if there is no limit. */
  public int instances() {
    return instances;
  }

  /** The longest time of a call. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** What a store has to execute, in units of fuel, before more is given. */
  public OptionalLong fuel() {
    return fuel == null ? OptionalLong.empty() : OptionalLong.of(fuel);
  }

  /** Whether growth beyond a limit answers -1 instead of ending the guest. */
  public boolean isGrowthRefused() {
    return growthRefused;
  }
}
