package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RatioChartTest {
  private static RatioChart chart(RatioChart.Style style) {
    return new RatioChart("Times <of> two & more", "ratio", List.of("Gatun", "other"), style, 0.25, 4);
  }

  private static final Pattern TAG = Pattern.compile("<(/?)(\\w+)([^<>]*?)(/?)>");

  private record Element(String attributes, String text) {}

  /** The elements of a name. Fails if the document is not well-formed: tags that don't nest, or a stray bracket. */
  private static List<Element> elements(RatioChart chart, String name) {
    String svg = chart.svg();
    List<Element> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>();
    String attributes = "";
    int end = 0;
    Matcher tag = TAG.matcher(svg);
    while (tag.find()) {
      String text = svg.substring(end, tag.start());
      assertFalse(text.contains("<") || text.contains(">"), text);
      if (!tag.group(1).isEmpty()) {
        assertEquals(open.pop(), tag.group(2));
      } else if (tag.group(4).isEmpty()) {
        open.push(tag.group(2));
        attributes = tag.group(3);
      }
      boolean ends = !tag.group(1).isEmpty() || !tag.group(4).isEmpty();
      if (ends && tag.group(2).equals(name)) {
        String plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        found.add(new Element(tag.group(1).isEmpty() ? tag.group(3) : attributes, plain));
      }
      end = tag.end();
    }
    assertTrue(open.isEmpty(), open::toString);
    return found;
  }

  private static double number(Element element, String attribute) {
    Matcher value = Pattern.compile(" " + attribute + "=\"([^\"]*)\"").matcher(element.attributes());
    assertTrue(value.find(), element.attributes());
    return Double.parseDouble(value.group(1));
  }

  @Test
  void halfAndDoubleAreAsFarFromOne() {
    RatioChart chart = chart(RatioChart.Style.BARS);
    assertEquals(chart.place(2) - chart.place(1), chart.place(1) - chart.place(0.5), 1e-9);
    assertEquals(chart.place(4), chart.place(100));
  }

  @Test
  void barsBeginAtOne() {
    RatioChart chart = chart(RatioChart.Style.BARS);
    chart.row("sieve", 0.5, 2);
    List<Element> bars = elements(chart, "rect");
    // Two of the legend, and two of the row.
    assertEquals(4, bars.size());
    double one = chart.place(1);
    assertEquals(one, number(bars.get(2), "x") + number(bars.get(2), "width"), 0.11);
    assertEquals(one, number(bars.get(3), "x"), 0.11);
    assertEquals(number(bars.get(2), "width"), number(bars.get(3), "width"), 0.11);
  }

  @Test
  void theFirstOfARowOfDotsIsABar() {
    RatioChart chart = chart(RatioChart.Style.DOTS);
    chart.row("sieve", 0.5, 2);
    chart.row("hash", 1.5, Double.NaN);
    assertEquals(3, elements(chart, "rect").size());
    List<Element> dots = elements(chart, "circle");
    assertEquals(2, dots.size());
    assertEquals(chart.place(2), number(dots.getLast(), "cx"), 0.11);
  }

  @Test
  void labelsAreEscapedAndTheAxisIsNamed() {
    List<String> texts = new ArrayList<>();
    elements(chart(RatioChart.Style.BARS), "text").forEach(text -> texts.add(text.text()));
    assertTrue(texts.contains("Times <of> two & more"), texts.toString());
    assertTrue(texts.containsAll(List.of("ratio", "1/4", "1/2", "1", "2", "4")), texts.toString());
  }

  @Test
  void aRowHasAllSeries() {
    assertThrows(IllegalArgumentException.class, () -> chart(RatioChart.Style.BARS).row("sieve", 1));
  }
}
