package dev.gatun.profile;

import java.util.List;

/**
 * The samples of one thread of wasm.
 *
 * @param name of the thread
 * @param frames what the frames of the tree are: by their number
 * @param tree the stacks
 */
public record ThreadProfile(String name, List<ProfileFrame> frames, StackTree tree, Samples samples) {
  /** The frame of a node. */
  public ProfileFrame frame(int node) {
    return frames.get((int) tree.frame(node));
  }
}
