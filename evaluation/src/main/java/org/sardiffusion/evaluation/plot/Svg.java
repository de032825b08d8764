package org.sardiffusion.evaluation.plot;

import java.util.List;
import java.util.Locale;

/** Drawings as SVG text. */
public final class Svg {
  private Svg() {}

  /** A whole SVG document, which an HTML page can also hold as it is. */
  public static String of(Drawing drawing) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\">%n",
            drawing.width(),
            drawing.height(),
            drawing.width(),
            drawing.height()));
    svg.append("<title>").append(escaped(drawing.title())).append("</title>\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    drawing.shapes().forEach(shape -> append(svg, shape));
    return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
  }

  private static void append(StringBuilder svg, Shape shape) {
    if (shape instanceof Shape.Stroke s) {
      svg.append("<polyline fill=\"none\" stroke=\"").append(s.colour());
      svg.append("\" stroke-width=\"").append(number(s.width())).append("\" points=\"");
      points(svg, s.points());
      svg.append("\"/>\n");
    } else if (shape instanceof Shape.Area a) {
      svg.append("<polygon fill=\"").append(a.colour());
      svg.append("\" fill-opacity=\"").append(number(a.opacity())).append("\" points=\"");
      points(svg, a.points());
      svg.append("\"/>\n");
    } else if (shape instanceof Shape.Disc d) {
      svg.append("<circle cx=\"").append(number(d.centre().x()));
      svg.append("\" cy=\"").append(number(d.centre().y()));
      svg.append("\" r=\"").append(number(d.radius()));
      svg.append("\" fill=\"").append(d.colour()).append("\"/>\n");
    } else if (shape instanceof Shape.Text t) {
      svg.append("<text x=\"").append(number(t.at().x()));
      svg.append("\" y=\"").append(number(t.at().y()));
      svg.append("\" font-size=\"").append(number(t.size()));
      svg.append("\" fill=\"").append(t.colour());
      svg.append("\" text-anchor=\"").append(t.anchor().name().toLowerCase(Locale.ROOT));
      svg.append("\">").append(escaped(t.text())).append("</text>\n");
    }
  }

  private static void points(StringBuilder svg, List<Shape.Point> points) {
    for (Shape.Point p : points) {
      svg.append(number(p.x())).append(',').append(number(p.y())).append(' ');
    }
    svg.setLength(svg.length() - 1);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  /** Text for use inside XML or HTML. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
