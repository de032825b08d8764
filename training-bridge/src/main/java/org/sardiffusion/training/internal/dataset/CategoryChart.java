package org.sardiffusion.training.internal.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardiffusion.training.dataset.DatasetManifest;

/** Patches by category and split as a bar chart: an SVG of its own, without fonts or scripts. */
public final class CategoryChart {
  private static final String[] COLOURS = {"#4269d0", "#efb118", "#6cc5b0"};
  private static final int LABELS = 120;
  private static final int BARS = 520;
  private static final int COUNTS = 90;
  private static final int BAR = 9;
  private static final int GROUP = 3 * BAR + 10;
  private static final int TOP = 64;

  private CategoryChart() {}

  public static String svg(Map<String, DatasetManifest.SplitSummary> splits) {
    List<String> categories = new ArrayList<>();
    splits.values().iterator().next().categories().keySet().stream()
        .filter(category -> splits.values().stream().anyMatch(s -> count(s, category) > 0))
        .forEach(categories::add);
    double longest = 0;
    for (DatasetManifest.SplitSummary split : splits.values()) {
      for (String category : categories) {
        longest = Math.max(longest, share(split, category));
      }
    }
    int width = LABELS + BARS + COUNTS;
    int height = TOP + categories.size() * GROUP + 16;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
            <title>Patches by category</title>
            <rect width="100%%" height="100%%" fill="white"/>
            <text x="16" y="24" font-size="15" font-weight="bold">Patches by primary category, share of their split</text>
            """,
            width, height));
    legend(svg, splits);
    for (int c = 0; c < categories.size(); c++) {
      int y = TOP + c * GROUP;
      svg.append(text(LABELS - 8, y + GROUP / 2, "end", escape(categories.get(c))));
      int s = 0;
      for (DatasetManifest.SplitSummary split : splits.values()) {
        double share = share(split, categories.get(c));
        double length = longest == 0 ? 0 : BARS * share / longest;
        int top = y + s * BAR;
        svg.append(
            String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                top,
                length,
                BAR - 1,
                COLOURS[s]));
        svg.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" font-size=\"9\" fill=\"#444\">%d (%.1f %%)</text>%n",
                LABELS + length + 4,
                top + BAR - 1,
                count(split, categories.get(c)),
                100 * share));
        s++;
      }
    }
    return svg.append("</svg>\n").toString().replace("\r\n", "\n");
  }

  private static void legend(StringBuilder svg, Map<String, DatasetManifest.SplitSummary> splits) {
    int x = LABELS;
    int s = 0;
    for (Map.Entry<String, DatasetManifest.SplitSummary> split : splits.entrySet()) {
      svg.append(
          String.format(
              "<rect x=\"%d\" y=\"36\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
              x, COLOURS[s++]));
      svg.append(text(x + 15, 45, "start", split.getKey() + ": " + split.getValue().images()));
      x += 150;
    }
  }

  private static String text(int x, int y, String anchor, String text) {
    return String.format(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text);
  }

  private static int count(DatasetManifest.SplitSummary split, String category) {
    return split.categories().getOrDefault(category, 0);
  }

  private static double share(DatasetManifest.SplitSummary split, String category) {
    return split.images() == 0 ? 0 : (double) count(split, category) / split.images();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
