package org.sardiffusion.pipelines.refinement;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.ToIntFunction;
import javax.imageio.ImageIO;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Input, output, and the difference of their local means side by side: red where the output is
 * brighter, blue where it is darker, saturated at {@value #FULL_COLOUR} of the input's white.
 */
final class RefinementPreview {
  private static final double FULL_COLOUR = 0.1;
  private static final int GAP = 8;
  private static final int WIDEST_PANEL = 1200;

  private RefinementPreview() {}

  /** A PNG of three panels of the image's size; larger images show every n-th pixel's block. */
  static byte[] png(Comparison comparison) {
    List<BufferedImage> panels = images(comparison, WIDEST_PANEL);
    int columns = panels.get(0).getWidth();
    int rows = panels.get(0).getHeight();
    BufferedImage image =
        new BufferedImage(3 * columns + 2 * GAP, rows, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), rows);
    for (int i = 0; i < panels.size(); i++) {
      graphics.drawImage(panels.get(i), i * (columns + GAP), 0, null);
    }
    graphics.dispose();
    return encoded(image);
  }

  /**
   * The three panels as a PNG each.
   *
   * @param widest most pixels of a side
   */
  static List<byte[]> panels(Comparison comparison, int widest) {
    return images(comparison, widest).stream().map(RefinementPreview::encoded).toList();
  }

  private static List<BufferedImage> images(Comparison comparison, int widest) {
    return List.of(
        image(comparison, widest, block -> grey(block.mean(comparison.input()))),
        image(comparison, widest, block -> grey(block.mean(comparison.output()))),
        image(
            comparison,
            widest,
            block ->
                colour(
                    (block.mean(comparison.outputMean()) - block.mean(comparison.inputMean()))
                        / FULL_COLOUR)));
  }

  private static BufferedImage image(
      Comparison comparison, int widest, ToIntFunction<Block> colour) {
    int width = comparison.input().width();
    int height = comparison.input().height();
    int step = Math.max(1, (Math.max(width, height) + widest - 1) / widest);
    BufferedImage image =
        new BufferedImage(
            (width + step - 1) / step, (height + step - 1) / step, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < image.getHeight(); row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        image.setRGB(column, row, colour.applyAsInt(new Block(column * step, row * step, step)));
      }
    }
    return image;
  }

  private static byte[] encoded(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private record Block(int x, int y, int side) {
    double mean(AmplitudeRaster raster) {
      double sum = 0;
      int right = Math.min(raster.width(), x + side);
      int bottom = Math.min(raster.height(), y + side);
      for (int row = y; row < bottom; row++) {
        for (int column = x; column < right; column++) {
          sum += raster.at(column, row);
        }
      }
      return sum / ((double) (right - x) * (bottom - y));
    }
  }

  private static int grey(double value) {
    int level = level(value);
    return level << 16 | level << 8 | level;
  }

  /** From blue (-1) over white to red (1). */
  private static int colour(double value) {
    int pale = level(1 - Math.abs(value));
    return value > 0 ? 0xFF << 16 | pale << 8 | pale : pale << 16 | pale << 8 | 0xFF;
  }

  private static int level(double value) {
    return (int) Math.round(255 * Math.max(0, Math.min(1, value)));
  }
}
