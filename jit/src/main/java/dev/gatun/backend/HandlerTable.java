package dev.gatun.backend;

import java.util.Arrays;

/**
 * Which parts of a function's code are protected by handlers of exceptions, and where these start. Built while the
 * function is compiled, then immutable; nothing but the table costs anything as long as nothing is thrown.
 *
 * <p>A range stands behind the ranges inside it, so a search from the start finds the innermost handler first.
 */
public final class HandlerTable {
  /** In place of a tag: the handler takes any exception. */
  public static final int ANY_TAG = -1;

  /** What {@link #find} returns if there is no handler. */
  public static final int NONE = -1;

  /** A function without handlers. */
  public static final HandlerTable EMPTY = new HandlerTable(new int[0]);

  // A range: start, end, depth, number of handlers or -1 - depth it delegates to, then tag and offset of each handler.
  private static final int RANGE_WORDS = 4;

  private final int[] words;

  private HandlerTable(int[] words) {
    this.words = words;
  }

  /** The table that was stored as {@link #words}. */
  public static HandlerTable of(int[] words) {
    return words.length == 0 ? EMPTY : new HandlerTable(words);
  }

  /** The table as it can be stored; not to be changed. */
  public int[] words() {
    return words;
  }

  /** Says of an exception whether it has a tag of the module. */
  public interface TagTest {
    /** Whether the exception has the tag with an index in the module. */
    boolean has(int tag);
  }

  /**
   * The offset in the function's code of the handler for an exception, or {@link #NONE}.
   *
   * @param returnOffset offset to which the call that threw would return
   */
  public int find(int returnOffset, TagTest exception) {
    int deepest = Integer.MAX_VALUE;
    for (int at = 0; at < words.length; ) {
      int count = words[at + 3];
      boolean within = words[at] < returnOffset && returnOffset <= words[at + 1] && words[at + 2] <= deepest;
      int handlers = at + RANGE_WORDS;
      if (within && count < 0) {
        deepest = -1 - count;
      }
      for (int i = 0; within && i < count; i++) {
        int tag = words[handlers + 2 * i];
        if (tag == ANY_TAG || exception.has(tag)) {
          return words[handlers + 2 * i + 1];
        }
      }
      at = handlers + 2 * Math.max(0, count);
    }
    return NONE;
  }

  /** Whether there is no handler at all. */
  public boolean isEmpty() {
    return words.length == 0;
  }

  /** Collects the ranges of one function after another. */
  public static final class Builder {
    private int[] words = new int[32];
    private int size;
    private int range;

    /** Starts a function. */
    public void clear() {
      size = 0;
    }

    /**
     * Adds a range of code; its handlers follow.
     *
     * @param depth of the structure that protects it: more than that of the structures around it
     */
    public void range(int start, int end, int depth) {
      range = size;
      add(start);
      add(end);
      add(depth);
      add(0);
    }

    /** Adds a handler to the last range. */
    public void handler(int tag, int offset) {
      add(tag);
      add(offset);
      words[range + 3]++;
    }

    /** The last range has no handlers: of those around it, only the ones up to a depth count. */
    public void delegate(int depth) {
      words[range + 3] = -1 - depth;
    }

    private void add(int word) {
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }

    /** The table of the function. */
    public HandlerTable build() {
      return size == 0 ? EMPTY : new HandlerTable(Arrays.copyOf(words, size));
    }
  }
}
