package dev.gatun.profile;

import java.util.Arrays;

/**
 * Stacks as a tree: a node is a frame, called by that of its parent. Frames are numbers here, whatever they mean. Nodes
 * are numbered in the order in which they came, parents before their children.
 */
public final class StackTree {
  /** In place of a parent. */
  public static final int NONE = -1;

  private int[] parents = new int[256];
  private long[] frames = new long[256];
  private int size;

  /** Open addressing: numbers of nodes + 1, by parent and frame. */
  private int[] slots = new int[1024];

  /** The node for a frame called by that of a node, or by none; made if there is none yet. */
  public int child(int parent, long frame) {
    int slot = hash(parent, frame) & slots.length - 1;
    while (slots[slot] != 0) {
      int node = slots[slot] - 1;
      if (parents[node] == parent && frames[node] == frame) {
        return node;
      }
      slot = slot + 1 & slots.length - 1;
    }
    if (size == parents.length) {
      parents = Arrays.copyOf(parents, 2 * size);
      frames = Arrays.copyOf(frames, 2 * size);
    }
    parents[size] = parent;
    frames[size] = frame;
    slots[slot] = ++size;
    if (size > slots.length / 2) {
      rehash();
    }
    return size - 1;
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int node = 0; node < size; node++) {
      int slot = hash(parents[node], frames[node]) & slots.length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = node + 1;
    }
  }

  private static int hash(int parent, long frame) {
    long mixed = (frame ^ (long) parent << 40 ^ parent) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (mixed >>> 32);
  }

  /** How many nodes there are. */
  public int size() {
    return size;
  }

  /** The caller of a node, or {@link #NONE}. */
  public int parent(int node) {
    return parents[node];
  }

  /** The frame of a node. */
  public long frame(int node) {
    return frames[node];
  }
}
