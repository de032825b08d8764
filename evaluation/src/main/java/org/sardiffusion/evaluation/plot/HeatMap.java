package org.sardiffusion.evaluation.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardiffusion.evaluation.plot.Shape.Anchor;
import org.sardiffusion.evaluation.plot.Shape.Area;
import org.sardiffusion.evaluation.plot.Shape.Point;
import org.sardiffusion.evaluation.plot.Shape.Stroke;
import org.sardiffusion.evaluation.plot.Shape.Text;

/** A table of numbers whose cells are shaded by value; a last row of reference is set off. */
public final class HeatMap {
  private static final int CELL_WIDTH = 74;
  private static final int CELL_HEIGHT = 30;
  private static final int TOP = 34;
  private static final int GAP = 8;

  private HeatMap() {}

  /** Which end of the scale is shaded darkest. */
  public enum Darkest {
    LARGEST,
    SMALLEST
  }

  /** Whether the last row is what the others are held against. */
  public enum LastRow {
    ORDINARY,
    REFERENCE
  }

  /**
   * Draws a heat map.
   *
   * @param name of the files
   * @param title what it shows
   * @param cells its rows and columns; NaN stays empty
   * @param darkest the end of the scale that catches the eye
   */
  public static Drawing of(String name, String title, Cells cells, Darkest darkest) {
    List<Shape> shapes = new ArrayList<>();
    int longest = cells.rows().stream().mapToInt(String::length).max().orElse(0);
    int left = (int) Math.min(260, 20 + 6.6 * longest);
    Shades shades = Shades.of(cells, darkest);
    for (int c = 0; c < cells.columns().size(); c++) {
      shapes.add(
          new Text(
              new Point(left + (c + 0.5) * CELL_WIDTH, TOP - 8),
              shortened(cells.columns().get(c), 12),
              Anchor.MIDDLE,
              11,
              Palette.INK));
    }
    int rows = cells.rows().size();
    int gap = cells.last() == LastRow.REFERENCE && rows > 1 ? GAP : 0;
    for (int r = 0; r < rows; r++) {
      double y = TOP + r * CELL_HEIGHT + (r == rows - 1 ? gap : 0);
      shapes.add(
          new Text(
              new Point(left - 8, y + 19),
              shortened(cells.rows().get(r), 38),
              Anchor.END,
              11,
              Palette.INK));
      for (int c = 0; c < cells.columns().size(); c++) {
        double value = cells.values().get(r).get(c);
        if (Double.isFinite(value)) {
          cell(
              shapes,
              left + c * CELL_WIDTH,
              y,
              shades.of(value),
              String.format(Locale.ROOT, cells.format(), value));
        }
      }
    }
    int width = left + cells.columns().size() * CELL_WIDTH + 12;
    if (gap > 0) {
      double bottom = TOP + (double) (rows - 1) * CELL_HEIGHT + gap / 2.0;
      shapes.add(
          new Stroke(
              List.of(new Point(left - 4, bottom), new Point(width - 12, bottom)),
              Palette.GREY,
              1));
    }
    return new Drawing(name, title, width, TOP + rows * CELL_HEIGHT + gap + 10, shapes);
  }

  /**
   * What a heat map shows.
   *
   * @param rows their names
   * @param columns their names
   * @param values by row
   * @param format of a value, as {@link String#format} takes it
   * @param last what the last row is
   */
  public record Cells(
      List<String> rows,
      List<String> columns,
      List<List<Double>> values,
      String format,
      LastRow last) {}

  private static java.util.stream.DoubleStream range(Cells cells) {
    return cells.values().stream()
        .flatMap(List::stream)
        .mapToDouble(Double::doubleValue)
        .filter(Double::isFinite);
  }

  private static void cell(List<Shape> shapes, double x, double y, Shade shade, String text) {
    List<Point> corners =
        List.of(
            new Point(x + 1, y + 1),
            new Point(x + CELL_WIDTH - 1, y + 1),
            new Point(x + CELL_WIDTH - 1, y + CELL_HEIGHT - 1),
            new Point(x + 1, y + CELL_HEIGHT - 1));
    shapes.add(new Area(corners, shade.background(), 1));
    shapes.add(
        new Text(new Point(x + CELL_WIDTH / 2.0, y + 19), text, Anchor.MIDDLE, 11, shade.ink()));
  }

  /** The colours of a cell. */
  public record Shade(String background, String ink) {}

  /** The shades of a map's values, from the least to the most striking. */
  public record Shades(double pale, double deep) {
    /** Those of {@code cells}. */
    public static Shades of(Cells cells, Darkest darkest) {
      double low = range(cells).min().orElse(0);
      double high = range(cells).max().orElse(1);
      return darkest == Darkest.LARGEST ? new Shades(low, high) : new Shades(high, low);
    }

    /** From a pale to a deep blue. */
    public Shade of(double value) {
      double share = deep == pale ? 0.5 : (value - pale) / (deep - pale);
      return new Shade(
          String.format(
              "#%02x%02x%02x",
              Math.round(239 + share * (8 - 239)),
              Math.round(244 + share * (69 - 244)),
              Math.round(250 + share * (134 - 250))),
          share > 0.55 ? "#ffffff" : Palette.INK);
    }
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
