package dev.gatun.cache;

import org.jspecify.annotations.Nullable;

/**
 * All that decides what code a module is compiled to, besides the module.
 *
 * @param build which build of Gatun compiles: {@link BuildIdentity#known}
 * @param architecture as {@code os.arch} names it
 * @param features what the code may make use of: {@link dev.gatun.backend.Backend#features}
 * @param fuel whether fuel is charged for
 * @param polls whether loops can be interrupted
 * @param guardPages whether memories that can have guard pages have them; false for a module without memories
 */
public record Variant(
    String build, String architecture, String features, boolean fuel, boolean polls, boolean guardPages) {
  private static final String LINE = "\n";
  private static final int LINES = 6;
  private static final String YES = "yes";

  /** As it is stored: a line for each component. */
  String text() {
    return build + LINE + architecture + LINE + features + LINE + text(fuel) + LINE + text(polls) + LINE
        + text(guardPages);
  }

  private static String text(boolean value) {
    return value ? YES : "no";
  }

  /** Reads what {@link #text} has made; null if it is something else. */
  static @Nullable Variant parse(String text) {
    String[] lines = new String[LINES];
    int at = 0;
    for (int i = 0; i < LINES - 1; i++) {
      int end = text.indexOf(LINE, at);
      if (end < 0) {
        return null;
      }
      lines[i] = text.substring(at, end);
      at = end + 1;
    }
    lines[LINES - 1] = text.substring(at);
    return new Variant(
        lines[0], lines[1], lines[2], lines[3].equals(YES), lines[4].equals(YES), lines[5].equals(YES));
  }

  /** Why code of this variant can't run where code of another is wanted; null if it can. */
  public @Nullable String obstacle(Variant wanted) {
    if (!architecture.equals(wanted.architecture)) {
      return "its code is for " + architecture + ", and this is " + wanted.architecture;
    }
    if (!build.equals(wanted.build)) {
      return "it was made by another build of Gatun (" + build + ", and this is " + wanted.build + ")";
    }
    for (String feature : features.split(" ")) {
      if (!(" " + wanted.features + " ").contains(" " + feature + " ") && !feature.isEmpty()) {
        return "its code needs a processor that has " + feature + ", and this one has not";
      }
    }
    if (fuel != wanted.fuel) {
      return "its code " + (fuel ? "counts fuel" : "counts no fuel") + ", and the engine is to "
          + (wanted.fuel ? "count it" : "count none");
    }
    if (guardPages != wanted.guardPages) {
      return "its code " + (guardPages ? "relies on guard pages" : "checks bounds explicitly") + ", and the engine is"
          + " to " + (wanted.guardPages ? "rely on guard pages" : "check them explicitly");
    }
    return polls == wanted.polls ? null : "its loops can " + (polls ? "" : "not ") + "be interrupted";
  }
}
