package org.sardiffusion.evaluation.plot;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param name in the legend
 * @param colour {@code #rrggbb}
 * @param x values, ascending
 * @param y values; NaN breaks the line
 * @param error half the height of the bar at each point; empty for no bars
 */
public record Series(
    String name, String colour, List<Double> x, List<Double> y, List<Double> error) {
  public Series {
    x = List.copyOf(x);
    y = List.copyOf(y);
    error = List.copyOf(error);
  }
}
