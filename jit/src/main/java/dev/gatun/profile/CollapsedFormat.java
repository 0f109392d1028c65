package dev.gatun.profile;

import java.io.IOException;

/**
 * Collapsed stacks, as many tools read them: a line for each stack, its functions from the outermost on with semicolons
 * between them, then a space and the number of samples.
 */
public final class CollapsedFormat {
  private CollapsedFormat() {}

  /** Writes a profile. With several threads the name of each is the outermost function. */
  public static void write(ProfileData profile, Appendable out) throws IOException {
    for (ThreadProfile thread : profile.threads()) {
      StackTree tree = thread.tree();
      for (int node = 0; node < tree.size(); node++) {
        long weight = thread.samples().nodeWeight(node);
        if (weight > 0) {
          StringBuilder line = new StringBuilder();
          int[] path = path(tree, node);
          if (profile.threads().size() > 1) {
            append(line, thread.name());
          }
          for (int at : path) {
            append(line, thread.frame(at).function());
          }
          out.append(line).append(' ').append(Long.toString(weight)).append('\n');
        }
      }
    }
  }

  private static int[] path(StackTree tree, int node) {
    int depth = 0;
    for (int at = node; at != StackTree.NONE; at = tree.parent(at)) {
      depth++;
    }
    int[] path = new int[depth];
    for (int at = node; at != StackTree.NONE; at = tree.parent(at)) {
      path[--depth] = at;
    }
    return path;
  }

  private static void append(StringBuilder line, String function) {
    if (!line.isEmpty()) {
      line.append(';');
    }
    for (int i = 0; i < function.length(); i++) {
      char c = function.charAt(i);
      line.append(c == ';' ? ':' : c < 0x20 ? ' ' : c);
    }
  }
}
