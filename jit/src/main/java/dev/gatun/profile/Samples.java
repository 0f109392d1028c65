package dev.gatun.profile;

import java.util.Arrays;

/** Samples in the order of their time: when, at which node of a {@link StackTree}, and how many. */
public final class Samples {
  /** Of more than this many only the sums are kept. */
  private static final int MAX_TIMELINE = 1 << 22;

  private long[] times = new long[1024];
  private int[] nodes = new int[1024];
  private int[] weights = new int[1024];
  private int size;
  private long[] nodeWeights = new long[256];
  private long total;

  /**
   * Adds a sample.
   *
   * @param time in nanoseconds since the profile's start
   * @param weight how many ticks of the sampler it stands for
   */
  public void add(long time, int node, int weight) {
    weigh(node, weight);
    if (size == MAX_TIMELINE) {
      return;
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      nodes = Arrays.copyOf(nodes, 2 * size);
      weights = Arrays.copyOf(weights, 2 * size);
    }
    times[size] = time;
    nodes[size] = node;
    weights[size++] = weight;
  }

  /** The same with other nodes: of each node that which stands for it. */
  public Samples at(int[] standing) {
    Samples moved = new Samples();
    moved.times = Arrays.copyOf(times, size);
    moved.weights = Arrays.copyOf(weights, size);
    moved.nodes = new int[size];
    moved.size = size;
    for (int i = 0; i < size; i++) {
      moved.nodes[i] = standing[nodes[i]];
    }
    for (int node = 0; node < standing.length; node++) {
      moved.weigh(standing[node], nodeWeight(node));
    }
    return moved;
  }

  private void weigh(int node, long weight) {
    if (node >= nodeWeights.length) {
      nodeWeights = Arrays.copyOf(nodeWeights, Math.max(node + 1, 2 * nodeWeights.length));
    }
    nodeWeights[node] += weight;
    total += weight;
  }

  /** How many there are with a time. */
  public int size() {
    return size;
  }

  /** Nanoseconds since the profile's start. */
  public long time(int sample) {
    return times[sample];
  }

  /** The innermost frame. */
  public int node(int sample) {
    return nodes[sample];
  }

  /** How many ticks it stands for. */
  public int weight(int sample) {
    return weights[sample];
  }

  /** Ticks in a node itself, without what it called. */
  public long nodeWeight(int node) {
    return node < nodeWeights.length ? nodeWeights[node] : 0;
  }

  /** Ticks of all samples. */
  public long total() {
    return total;
  }
}
