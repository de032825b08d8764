package org.sardiffusion.pipelines.refinement;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.sardiffusion.conditioning.AmplitudeRaster;

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
    int width = comparison.input().width();
    int height = comparison.input().height();
    int step = Math.max(1, (Math.max(width, height) + WIDEST_PANEL - 1) / WIDEST_PANEL);
    int columns = (width + step - 1) / step;
    int rows = (height + step - 1) / step;
    BufferedImage image =
        new BufferedImage(3 * columns + 2 * GAP, rows, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < 2 * GAP + 3 * columns; column++) {
        image.setRGB(column, row, 0xFFFFFF);
      }
      for (int column = 0; column < columns; column++) {
        Block block = new Block(column * step, row * step, step);
        image.setRGB(column, row, grey(block.mean(comparison.input())));
        image.setRGB(columns + GAP + column, row, grey(block.mean(comparison.output())));
        double difference =
            block.mean(comparison.outputMean()) - block.mean(comparison.inputMean());
        image.setRGB(2 * (columns + GAP) + column, row, colour(difference / FULL_COLOUR));
      }
    }
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
