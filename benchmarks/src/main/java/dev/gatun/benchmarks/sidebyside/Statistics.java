package dev.gatun.benchmarks.sidebyside;

import java.util.Arrays;
import java.util.Collection;

/** Numbers that stand for several. */
public final class Statistics {
  private Statistics() {}

  /** The value in the middle, or the mean of the two there. NaN if there are no values. */
  public static double median(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The n-th root of the product of n values above 0. NaN if there are none. */
  public static double geometricMean(Collection<Double> values) {
    double logarithms = 0;
    for (double value : values) {
      logarithms += Math.log(value);
    }
    return values.isEmpty() ? Double.NaN : Math.exp(logarithms / values.size());
  }

  /** How far apart the least and the greatest value are, as a part of the median. NaN if there are no values. */
  public static double spread(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double least = Arrays.stream(values).min().getAsDouble();
    double greatest = Arrays.stream(values).max().getAsDouble();
    return (greatest - least) / median(values);
  }
}
