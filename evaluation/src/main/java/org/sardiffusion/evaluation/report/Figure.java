package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.evaluation.plot.Drawing;
import org.sardiffusion.evaluation.plot.LinePlot;
import org.sardiffusion.evaluation.plot.Panel;

/**
 * A plot as one drawing for files, and in the parts that a page lays out to its own width.
 *
 * @param whole everything
 * @param parts drawings of the width of a panel; the whole alone if it cannot be parted
 * @param legend colours by the name of what is drawn in them; empty if the drawing itself tells
 */
record Figure(Drawing whole, List<Drawing> parts, Map<String, String> legend) {
  /** A drawing that stays in one part. */
  static Figure of(Drawing drawing) {
    return new Figure(drawing, List.of(drawing), Map.of());
  }

  /** Panels with one legend. */
  static Figure of(String name, String title, List<Panel> panels) {
    Map<String, String> legend = new LinkedHashMap<>();
    List<Drawing> parts = new ArrayList<>();
    for (Panel panel : panels) {
      panel.series().forEach(series -> legend.putIfAbsent(series.name(), series.colour()));
      parts.add(LinePlot.alone(panel));
    }
    return new Figure(LinePlot.of(name, title, panels), parts, legend);
  }
}
