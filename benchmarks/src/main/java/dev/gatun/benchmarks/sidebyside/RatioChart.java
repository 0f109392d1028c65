package dev.gatun.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of ratios, as SVG: bars that begin at 1 on a logarithmic axis, to the left if less, to the right if more.
 * Its colours suit light and dark backgrounds. For one thread.
 */
public final class RatioChart {
  /** How the values of a row are drawn. */
  public enum Style {
    /** A bar for each, one below the other. */
    BARS,
    /** A bar for the first, and dots for the others on the same line. */
    DOTS
  }

  /** What all rows have values of, in an order that each row keeps. */
  private final List<String> series;

  private record Row(String label, double[] values) {}

  private static final List<String> COLOURS =
      List.of("#e8590c", "#4c78a8", "#7f9fc4", "#2f9e44", "#94c973", "#ae3ec9", "#c2a5cf", "#868e96", "#b08d57");
  private static final int LEFT = 130;
  private static final int PLOT = 640;
  private static final int RIGHT = 60;
  private static final int BAR = 10;
  private static final int LINE = 18;

  private final String title;
  private final String axis;
  private final Style style;
  private final double least;
  private final double most;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A chart without rows.
   *
   * @param title above the chart
   * @param axis below the axis: what the ratios are of
   * @param series the names of what is compared
   * @param style how rows are drawn
   * @param least where the axis begins, a power of 2 below 1
   * @param most where it ends, a power of 2 above 1; greater values are drawn to there, with their number
   */
  public RatioChart(String title, String axis, List<String> series, Style style, double least, double most) {
    this.title = title;
    this.axis = axis;
    this.series = List.copyOf(series);
    this.style = style;
    this.least = least;
    this.most = most;
  }

  /**
   * Adds a row.
   *
   * @param values a ratio for each of the series, or NaN
   */
  public void row(String label, double... values) {
    if (values.length != series.size()) {
      throw new IllegalArgumentException(values.length + " values for " + series.size() + " series");
    }
    rows.add(new Row(label, values.clone()));
  }

  /** The place of a ratio on the axis. */
  double place(double ratio) {
    double kept = Math.clamp(ratio, least, most);
    return LEFT + PLOT * Math.log(kept / least) / Math.log(most / least);
  }

  /** The picture, a document of its own. */
  public String svg() {
    StringBuilder svg = new StringBuilder();
    int top = 44 + 18 * ((series.size() + 3) / 4);
    int rowHeight = style == Style.BARS ? series.size() * (BAR + 2) + 12 : LINE;
    int bottom = top + rows.size() * rowHeight;
    int width = LEFT + PLOT + RIGHT;
    int height = bottom + 52;
    add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n", width, height);
    add(svg, "<title>%s</title>%n", escape(title));
    svg.append(
        """
        <style>
        text { font: 12px system-ui, sans-serif; fill: #1f2328 }
        .title { font-size: 15px; font-weight: 600 }
        .small { font-size: 10px }
        .grid { stroke: #d1d9e0; stroke-width: 1 }
        .one { stroke: #59636e; stroke-width: 1.5 }
        @media (prefers-color-scheme: dark) {
        text { fill: #f0f6fc }
        .grid { stroke: #3d444d }
        .one { stroke: #9198a1 }
        }
        </style>
        """);
    add(svg, "<text class=\"title\" x=\"8\" y=\"20\">%s</text>%n", escape(title));
    legend(svg);
    axis(svg, top, bottom);
    for (int i = 0; i < rows.size(); i++) {
      row(svg, rows.get(i), top + i * rowHeight, rowHeight);
    }
    svg.append("</svg>\n");
    return svg.toString();
  }

  private void legend(StringBuilder svg) {
    for (int i = 0; i < series.size(); i++) {
      int x = 12 + i % 4 * 200;
      int y = 34 + i / 4 * 18;
      if (style == Style.BARS || i == 0) {
        add(svg, "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"10\" fill=\"%s\"/>%n", x, y, colour(i));
      } else {
        add(svg, "<circle cx=\"%d\" cy=\"%d\" r=\"4.5\" fill=\"%s\"/>%n", x + 7, y + 5, colour(i));
      }
      add(svg, "<text x=\"%d\" y=\"%d\">%s</text>%n", x + 20, y + 10, escape(series.get(i)));
    }
  }

  private void axis(StringBuilder svg, int top, int bottom) {
    for (double ratio = least; ratio <= most; ratio *= 2) {
      String kind = ratio == 1 ? "one" : "grid";
      double x = place(ratio);
      add(svg, "<line class=\"%s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n", kind, x, top - 4, x, bottom);
      String number = ratio < 1 ? String.format(Locale.ROOT, "1/%.0f", 1 / ratio) : String.valueOf((int) ratio);
      add(svg, "<text text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>%n", x, bottom + 16, number);
    }
    add(
        svg,
        "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>%n",
        LEFT + PLOT / 2,
        bottom + 38,
        escape(axis));
  }

  private void row(StringBuilder svg, Row row, int top, int height) {
    int middle = top + height / 2;
    String label = escape(row.label());
    add(svg, "<text text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>%n", LEFT - 8, middle + 4, label);
    for (int i = 0; i < row.values().length; i++) {
      double value = row.values()[i];
      if (Double.isNaN(value)) {
        continue;
      }
      if (style == Style.BARS) {
        int y = top + 6 + i * (BAR + 2);
        bar(svg, i, value, y);
        number(svg, value, y + BAR - 1);
      } else if (i == 0) {
        bar(svg, i, value, middle - BAR / 2);
      } else {
        add(svg, "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>%n", place(value), middle, colour(i));
        if (value > most) {
          number(svg, value, middle + 4);
        }
      }
    }
  }

  private void bar(StringBuilder svg, int index, double value, int y) {
    double from = Math.min(place(1), place(value));
    double length = Math.max(1.5, Math.abs(place(value) - place(1)));
    add(
        svg,
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
        from,
        y,
        length,
        BAR,
        colour(index));
  }

  /** Writes a number beyond the end of its bar. */
  private void number(StringBuilder svg, double value, int y) {
    boolean before = value < 1;
    add(
        svg,
        "<text class=\"small\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">%.2f</text>%n",
        before ? "end" : "start",
        place(value) + (before ? -6 : 6),
        y,
        value);
  }

  private static String colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
