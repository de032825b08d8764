package org.sardiffusion.pipelines.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Raster;

/** Reads an image file as amplitude in [0,1]. */
final class AmplitudeFiles {
  /** The most pixels that one array holds. */
  private static final long LARGEST = Integer.MAX_VALUE - 16;

  /** How far from grey, of 255, JPEG's losses may move a colour. */
  private static final int GREY_TOLERANCE = 8;

  private AmplitudeFiles() {}

  /**
   * Reads a file; whole numbers are divided by the largest that their type can hold.
   *
   * @throws EvaluationException if it is a colour image, complex, too large, or its amplitudes
   *     leave [0,1]
   * @throws org.sardiffusion.core.SarDiffusionException if it is missing, damaged or of no known
   *     format
   */
  static AmplitudeRaster read(Path file) {
    try (Raster raster = Rasters.open(file)) {
      if (raster instanceof ComplexRaster) {
        throw new EvaluationException(
            file
                + " holds complex samples; amplitudes in [0,1] are compared. Make a dataset of it"
                + " first.");
      }
      if ((long) raster.width() * raster.height() > LARGEST) {
        throw new EvaluationException(
            file + " is larger than 2147483631 pixels. Cut it into smaller images.");
      }
      if (raster.metadata().encoding().format().equals("JPEG")) {
        refuseColour(file);
      }
      float[] samples = new float[raster.width() * raster.height()];
      raster.readRows(0, raster.height(), samples);
      scale(file, samples, raster.metadata().encoding().saturation().orElse(1));
      return new AmplitudeRaster(raster.width(), raster.height(), samples);
    }
  }

  private static void scale(Path file, float[] samples, double full) {
    for (int i = 0; i < samples.length; i++) {
      float value = (float) (samples[i] / full);
      // Written so that NaN, no data, passes.
      if (value < 0 || value > 1) {
        throw new EvaluationException(
            file
                + " holds an amplitude of "
                + value
                + "; amplitudes lie in [0,1]. Normalise the image first, as a dataset's images are.");
      }
      samples[i] = value;
    }
  }

  /** A JPEG of three components may still be grey; its luminance was read then. */
  private static void refuseColour(Path file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (FileImageInputStream stream = new FileImageInputStream(file.toFile())) {
      reader.setInput(stream, true, true);
      ImageTypeSpecifier type = reader.getRawImageType(0);
      if (type != null && type.getNumBands() == 1) {
        return;
      }
      java.awt.image.Raster pixels = reader.readRaster(0, null);
      int[] row = new int[pixels.getWidth()];
      for (int band = 1; band < pixels.getNumBands(); band++) {
        for (int y = 0; y < pixels.getHeight(); y++) {
          for (int chroma : pixels.getSamples(0, y, row.length, 1, band, row)) {
            if (Math.abs(chroma - 128) > GREY_TOLERANCE) {
              throw new EvaluationException(
                  file + " is a colour image, but amplitude is grey. Convert it to grey first.");
            }
          }
        }
      }
    } catch (IOException e) {
      throw new EvaluationException(file + " is not a valid JPEG (" + e.getMessage() + ").", e);
    } finally {
      reader.dispose();
    }
  }
}
