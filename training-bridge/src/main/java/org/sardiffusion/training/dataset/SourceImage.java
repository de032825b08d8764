package org.sardiffusion.training.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.sardiffusion.conditioning.AmplitudeSource;
import org.sardiffusion.conditioning.ComplexSource;

/** One source, opened: complex or amplitude. Holes are filled with zeros, and noted. */
final class SourceImage implements AutoCloseable {
  private final Raster raster;
  private final NodataMask holes;

  private SourceImage(Raster raster) {
    this.raster = raster;
    holes = new NodataMask(raster.getWidth(), raster.getHeight());
  }

  static SourceImage open(Path file, OptionalDouble nodata) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image == null) {
        throw new UnusableSourceException("Cannot read " + file + ": it is no image.");
      }
      return new SourceImage(image.getRaster());
    } catch (IOException e) {
      throw new UnusableSourceException("Cannot read " + file + ": " + e.getMessage());
    }
  }

  int width() {
    return raster.getWidth();
  }

  int height() {
    return raster.getHeight();
  }

  boolean isComplex() {
    return false;
  }

  Optional<Spacing> spacing() {
    return Optional.empty();
  }

  NodataMask holes() {
    return holes;
  }

  ComplexSource complex() {
    throw new IllegalStateException();
  }

  AmplitudeSource amplitude() {
    return new AmplitudeSource() {
      @Override
      public int width() {
        return raster.getWidth();
      }

      @Override
      public int height() {
        return raster.getHeight();
      }

      @Override
      public void readRows(int firstRow, int rows, float[] into) {
        raster.getSamples(0, firstRow, width(), rows, 0, into);
      }
    };
  }

  @Override
  public void close() {}
}
