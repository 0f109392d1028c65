package dev.gatun.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many samples were in each function, itself or with what it called. */
public final class FunctionTimes {
  private FunctionTimes() {}

  /**
   * The samples of a function.
   *
   * @param frame one of its frames
   * @param self samples in the function itself
   * @param total samples in the function or in what it called; a function that called itself counts once
   */
  public record Row(ProfileFrame frame, long self, long total) {}

  private static final class Sum {
    private final ProfileFrame frame;
    private long self;
    private long total;

    private Sum(ProfileFrame frame) {
      this.frame = frame;
    }
  }

  private record Key(ProfileFrame.Kind kind, String function, String module) {
    static Key of(ProfileFrame frame) {
      return new Key(frame.kind(), frame.function(), String.valueOf(frame.module()));
    }
  }

  /** The functions of a profile, those with the most samples of their own first. */
  public static List<Row> of(ProfileData profile) {
    Map<Key, Sum> sums = new HashMap<>();
    for (ThreadProfile thread : profile.threads()) {
      add(thread, sums);
    }
    List<Row> rows = new ArrayList<>();
    for (Sum sum : sums.values()) {
      rows.add(new Row(sum.frame, sum.self, sum.total));
    }
    rows.sort(FunctionTimes::compare);
    return rows;
  }

  private static int compare(Row a, Row b) {
    int bySelf = Long.compare(b.self, a.self);
    int byTotal = Long.compare(b.total, a.total);
    return bySelf != 0 ? bySelf : byTotal != 0 ? byTotal : a.frame.function().compareTo(b.frame.function());
  }

  private static void add(ThreadProfile thread, Map<Key, Sum> sums) {
    StackTree tree = thread.tree();
    List<Sum> byFrame = new ArrayList<>();
    for (ProfileFrame frame : thread.frames()) {
      byFrame.add(sums.computeIfAbsent(Key.of(frame), key -> new Sum(frame)));
    }
    Set<Sum> seen = new HashSet<>();
    for (int node = 0; node < tree.size(); node++) {
      long weight = thread.samples().nodeWeight(node);
      if (weight > 0) {
        seen.clear();
        byFrame.get((int) tree.frame(node)).self += weight;
        for (int at = node; at != StackTree.NONE; at = tree.parent(at)) {
          Sum sum = byFrame.get((int) tree.frame(at));
          if (seen.add(sum)) {
            sum.total += weight;
          }
        }
      }
    }
  }
}
