package org.sardiffusion.evaluation.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Drawings as PNG images, at twice their size in pixels. */
public final class Png {
  private static final int SCALE = 2;

  private Png() {}

  /** The bytes of a PNG file. */
  public static byte[] of(Drawing drawing) {
    BufferedImage image =
        new BufferedImage(
            SCALE * drawing.width(), SCALE * drawing.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.scale(SCALE, SCALE);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, drawing.width(), drawing.height());
      drawing.shapes().forEach(shape -> draw(graphics, shape));
    } finally {
      graphics.dispose();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void draw(Graphics2D graphics, Shape shape) {
    if (shape instanceof Shape.Stroke s) {
      graphics.setColor(Color.decode(s.colour()));
      graphics.setStroke(
          new BasicStroke((float) s.width(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
      graphics.draw(path(s.points()));
    } else if (shape instanceof Shape.Area a) {
      Color colour = Color.decode(a.colour());
      graphics.setColor(
          new Color(
              colour.getRed(),
              colour.getGreen(),
              colour.getBlue(),
              (int) Math.round(255 * a.opacity())));
      Path2D path = path(a.points());
      path.closePath();
      graphics.fill(path);
    } else if (shape instanceof Shape.Disc d) {
      graphics.setColor(Color.decode(d.colour()));
      double r = d.radius();
      graphics.fill(new Ellipse2D.Double(d.centre().x() - r, d.centre().y() - r, 2 * r, 2 * r));
    } else if (shape instanceof Shape.Text t) {
      graphics.setColor(Color.decode(t.colour()));
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) t.size()));
      double length = graphics.getFontMetrics().getStringBounds(t.text(), graphics).getWidth();
      double shift =
          switch (t.anchor()) {
            case START -> 0;
            case MIDDLE -> -length / 2;
            case END -> -length;
          };
      graphics.drawString(t.text(), (float) (t.at().x() + shift), (float) t.at().y());
    }
  }

  private static Path2D path(List<Shape.Point> points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points.get(0).x(), points.get(0).y());
    points.stream().skip(1).forEach(p -> path.lineTo(p.x(), p.y()));
    return path;
  }
}
