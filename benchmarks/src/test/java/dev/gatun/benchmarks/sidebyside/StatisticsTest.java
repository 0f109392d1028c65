package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void theMedianIsInTheMiddle() {
    assertEquals(2, Statistics.median(9, 1, 2));
    assertEquals(2.5, Statistics.median(4, 1, 2, 3));
    assertTrue(Double.isNaN(Statistics.median()));
  }

  @Test
  void halfAndDoubleAreOneInTheMean() {
    assertEquals(1, Statistics.geometricMean(List.of(0.5, 2.0)), 1e-12);
    assertEquals(4, Statistics.geometricMean(List.of(2.0, 4.0, 8.0)), 1e-12);
    assertTrue(Double.isNaN(Statistics.geometricMean(List.of())));
  }

  @Test
  void theSpreadIsAPartOfTheMedian() {
    assertEquals(0.5, Statistics.spread(2, 1.5, 2.5));
    assertEquals(0, Statistics.spread(7));
  }
}
