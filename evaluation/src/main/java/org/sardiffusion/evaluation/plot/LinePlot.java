package org.sardiffusion.evaluation.plot;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.evaluation.plot.Shape.Anchor;
import org.sardiffusion.evaluation.plot.Shape.Area;
import org.sardiffusion.evaluation.plot.Shape.Disc;
import org.sardiffusion.evaluation.plot.Shape.Point;
import org.sardiffusion.evaluation.plot.Shape.Stroke;
import org.sardiffusion.evaluation.plot.Shape.Text;

/** Panels of lines side by side, with one legend. */
public final class LinePlot {
  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 190;
  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int TOP = 30;
  private static final int BOTTOM = 40;
  private static final int LEGEND_LINE = 18;
  private static final int MOST_COLUMNS = 3;

  private final List<Shape> shapes = new ArrayList<>();

  private LinePlot() {}

  /**
   * Draws panels in rows of three.
   *
   * @param name of the files
   * @param title what they show
   */
  public static Drawing of(String name, String title, List<Panel> panels) {
    LinePlot plot = new LinePlot();
    int columns = Math.min(MOST_COLUMNS, panels.size());
    int rows = (panels.size() + columns - 1) / columns;
    int width = columns * PANEL_WIDTH;
    int legend = plot.legend(panels, width);
    for (int i = 0; i < panels.size(); i++) {
      plot.panel(
          panels.get(i), i % columns * PANEL_WIDTH, legend + (double) (i / columns) * PANEL_HEIGHT);
    }
    return new Drawing(name, title, width, legend + rows * PANEL_HEIGHT, plot.shapes);
  }

  /** Draws one panel, without a legend. */
  public static Drawing alone(Panel panel) {
    LinePlot plot = new LinePlot();
    plot.panel(panel, 0, 0);
    return new Drawing(panel.title(), panel.title(), PANEL_WIDTH, PANEL_HEIGHT, plot.shapes);
  }

  private int legend(List<Panel> panels, int width) {
    Map<String, String> colours = new LinkedHashMap<>();
    panels.forEach(p -> p.series().forEach(s -> colours.putIfAbsent(s.name(), s.colour())));
    double x = 12;
    double y = 16;
    for (Map.Entry<String, String> entry : colours.entrySet()) {
      // A letter of 11 pixels is under 6.4 pixels wide on average.
      double length = 30 + 6.4 * entry.getKey().length();
      if (x > 12 && x + length > width) {
        x = 12;
        y += LEGEND_LINE;
      }
      shapes.add(
          new Stroke(
              List.of(new Point(x, y - 4), new Point(x + 16, y - 4)), entry.getValue(), 2.5));
      shapes.add(text(x + 21, y, entry.getKey(), Anchor.START, 11));
      x += length;
    }
    return (int) y + 6;
  }

  private void panel(Panel panel, double left, double top) {
    double lowX = Double.POSITIVE_INFINITY;
    double highX = Double.NEGATIVE_INFINITY;
    double lowY = Double.POSITIVE_INFINITY;
    double highY = Double.NEGATIVE_INFINITY;
    for (Series s : panel.series()) {
      for (int i = 0; i < s.x().size(); i++) {
        double error = s.error().isEmpty() ? 0 : s.error().get(i);
        double y = s.y().get(i);
        lowX = Math.min(lowX, s.x().get(i));
        highX = Math.max(highX, s.x().get(i));
        if (Double.isFinite(y + error)) {
          lowY = Math.min(lowY, y - error);
          highY = Math.max(highY, y + error);
        }
      }
    }
    shapes.add(text(left + LEFT, top + 18, panel.title(), Anchor.START, 12));
    if (!(highY >= lowY)) {
      shapes.add(
          new Text(
              new Point(left + PANEL_WIDTH / 2.0, top + PANEL_HEIGHT / 2.0),
              "no data",
              Anchor.MIDDLE,
              11,
              Palette.GREY));
      return;
    }
    if (panel.filled().isPresent()) {
      lowY = 0;
    }
    double room = highY > lowY ? 0.06 * (highY - lowY) : Math.max(1e-6, Math.abs(highY) * 0.1);
    Axis y =
        new Axis(
            panel.filled().isPresent() ? 0 : lowY - room,
            highY + room,
            top + PANEL_HEIGHT - BOTTOM,
            top + TOP);
    double roomX = panel.xTicks().isEmpty() ? 0 : 0.06 * Math.max(1e-6, highX - lowX);
    Axis x =
        new Axis(
            lowX - roomX,
            highX + roomX + (highX > lowX ? 0 : 1e-6),
            left + LEFT,
            left + PANEL_WIDTH - RIGHT);
    frame(panel, x, y);
    for (int i = 0; i < panel.series().size(); i++) {
      Series s = panel.series().get(i);
      if (panel.filled().isPresent() && panel.filled().get() == i) {
        fill(s, x, y);
      }
      lines(s, x, y);
    }
  }

  private void frame(Panel panel, Axis x, Axis y) {
    for (BigDecimal tick : y.ticks(5)) {
      double at = y.at(tick.doubleValue());
      shapes.add(
          new Stroke(List.of(new Point(x.from(), at), new Point(x.to(), at)), Palette.FAINT, 0.8));
      shapes.add(
          new Text(new Point(x.from() - 5, at + 3.5), plain(tick), Anchor.END, 10, Palette.GREY));
    }
    if (panel.xTicks().isEmpty()) {
      for (BigDecimal tick : x.ticks(5)) {
        tick(x.at(tick.doubleValue()), y.from(), plain(tick));
      }
    } else {
      for (double tick : panel.xTicks()) {
        tick(x.at(tick), y.from(), plain(BigDecimal.valueOf(tick)));
      }
    }
    shapes.add(
        new Stroke(
            List.of(new Point(x.from(), y.from()), new Point(x.to(), y.from())), Palette.GREY, 1));
    shapes.add(
        new Text(
            new Point((x.from() + x.to()) / 2, y.from() + 30),
            panel.xLabel(),
            Anchor.MIDDLE,
            10.5,
            Palette.GREY));
  }

  private void tick(double x, double bottom, String label) {
    shapes.add(
        new Stroke(List.of(new Point(x, bottom), new Point(x, bottom + 4)), Palette.GREY, 1));
    shapes.add(new Text(new Point(x, bottom + 15), label, Anchor.MIDDLE, 10, Palette.GREY));
  }

  private void fill(Series s, Axis x, Axis y) {
    List<Point> outline = new ArrayList<>();
    outline.add(new Point(x.at(s.x().get(0)), y.from()));
    for (int i = 0; i < s.x().size(); i++) {
      outline.add(new Point(x.at(s.x().get(i)), y.at(s.y().get(i))));
    }
    outline.add(new Point(x.at(s.x().get(s.x().size() - 1)), y.from()));
    shapes.add(new Area(outline, s.colour(), 0.15));
  }

  private void lines(Series s, Axis x, Axis y) {
    List<Point> run = new ArrayList<>();
    for (int i = 0; i < s.x().size(); i++) {
      double value = s.y().get(i);
      if (Double.isFinite(value)) {
        Point point = new Point(x.at(s.x().get(i)), y.at(value));
        run.add(point);
        if (!s.error().isEmpty()) {
          double error = s.error().get(i);
          shapes.add(
              new Stroke(
                  List.of(
                      new Point(point.x(), y.at(value - error)),
                      new Point(point.x(), y.at(value + error))),
                  s.colour(),
                  1.2));
          shapes.add(new Disc(point, 2.6, s.colour()));
        }
      } else {
        stroke(run, s);
        run = new ArrayList<>();
      }
    }
    stroke(run, s);
  }

  private void stroke(List<Point> run, Series s) {
    if (run.size() > 1) {
      shapes.add(new Stroke(List.copyOf(run), s.colour(), 1.6));
    }
  }

  private static Text text(double x, double y, String text, Anchor anchor, double size) {
    return new Text(new Point(x, y), text, anchor, size, Palette.INK);
  }

  private static String plain(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.signum() == 0 ? "0" : stripped.toPlainString();
  }
}
