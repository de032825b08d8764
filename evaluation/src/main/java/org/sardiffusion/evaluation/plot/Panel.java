package org.sardiffusion.evaluation.plot;

import java.util.List;
import java.util.Optional;

/**
 * One coordinate system of a line plot.
 *
 * @param title above it
 * @param xLabel under it
 * @param series its lines, the first at the bottom
 * @param filled the line whose area is filled
 * @param xTicks where the x axis is labelled; empty lets it choose round values
 */
public record Panel(
    String title,
    String xLabel,
    List<Series> series,
    Optional<Integer> filled,
    List<Double> xTicks) {
  public Panel {
    series = List.copyOf(series);
    xTicks = List.copyOf(xTicks);
  }
}
