package org.sardiffusion.evaluation.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardiffusion.evaluation.plot.Drawing;
import org.sardiffusion.evaluation.plot.HeatMap;
import org.sardiffusion.evaluation.plot.LinePlot;
import org.sardiffusion.evaluation.plot.Panel;
import org.sardiffusion.evaluation.plot.Svg;

/**
 * A plot as one drawing for files, and as HTML that fits itself to the width of a page.
 *
 * @param whole everything in one drawing
 * @param html the same for a page
 */
public record Figure(Drawing whole, String html) {
  /** Panels with one legend; on a narrow page they go below one another. */
  public static Figure of(String name, String title, List<Panel> panels) {
    Map<String, String> legend = new LinkedHashMap<>();
    StringBuilder parts = new StringBuilder();
    for (Panel panel : panels) {
      panel.series().forEach(series -> legend.putIfAbsent(series.name(), series.colour()));
      parts.append(Svg.of(LinePlot.alone(panel)));
    }
    StringBuilder html = new StringBuilder("<ul class=\"legend\">");
    legend.forEach(
        (series, colour) ->
            html.append("<li><i style=\"background:")
                .append(colour)
                .append("\"></i>")
                .append(Svg.escaped(series))
                .append("</li>"));
    html.append("</ul>\n<div class=\"panels\">\n").append(parts).append("</div>\n");
    return new Figure(LinePlot.of(name, title, panels), html.toString());
  }

  /** A heat map; on a page a table, whose first column stays when it is moved sideways. */
  static Figure of(String name, String title, HeatMap.Cells cells, HeatMap.Darkest darkest) {
    HeatMap.Shades shades = HeatMap.Shades.of(cells, darkest);
    StringBuilder html =
        new StringBuilder("<div class=\"scroll\"><table class=\"heat\">\n<tr><th></th>");
    for (String column : cells.columns()) {
      html.append("<th>").append(Svg.escaped(column)).append("</th>");
    }
    html.append("</tr>\n");
    int last = cells.rows().size() - 1;
    for (int r = 0; r <= last; r++) {
      boolean reference = r == last && r > 0 && cells.last() == HeatMap.LastRow.REFERENCE;
      html.append(reference ? "<tr class=\"reference\">" : "<tr>");
      html.append("<td>").append(Svg.escaped(cells.rows().get(r))).append("</td>");
      for (double value : cells.values().get(r)) {
        html.append(Double.isFinite(value) ? cell(value, cells, shades) : "<td></td>");
      }
      html.append("</tr>\n");
    }
    return new Figure(
        HeatMap.of(name, title, cells, darkest), html.append("</table></div>\n").toString());
  }

  private static String cell(double value, HeatMap.Cells cells, HeatMap.Shades shades) {
    HeatMap.Shade shade = shades.of(value);
    return "<td style=\"background:"
        + shade.background()
        + ";color:"
        + shade.ink()
        + "\">"
        + String.format(Locale.ROOT, cells.format(), value)
        + "</td>";
  }
}
