package org.sardiffusion.pipelines.evaluation;

import java.awt.image.Raster;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.sardiffusion.conditioning.AmplitudeRaster;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.tiff.GeoTiffReader;

/** Reads an image file as amplitude in [0,1]. */
final class AmplitudeFiles {
  /** JPEG may change equal channels by this much. */
  private static final int GREY_TOLERANCE = 2;

  private AmplitudeFiles() {}

  /**
   * @throws EvaluationException if the file is a colour image or no image, or if its amplitudes
   *     leave [0,1]
   * @throws org.sardiffusion.geo.GeoIoException if it is damaged
   */
  static AmplitudeRaster read(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return npy(file);
    }
    if (name.endsWith(".tif") || name.endsWith(".tiff")) {
      AmplitudeImage image = GeoTiffReader.read(file).image();
      return new AmplitudeRaster(image.width(), image.height(), image.samples());
    }
    return photo(file);
  }

  private static AmplitudeRaster npy(Path file) {
    NpyArray array = NpyReader.read(file);
    int[] shape = array.shape();
    boolean single = shape.length == 3 && shape[0] == 1;
    if (!single && shape.length != 2) {
      throw new EvaluationException(
          file + " holds an array of " + shape.length + " axes; an image is [H,W] or [1,H,W].");
    }
    for (float value : array.values()) {
      // Written so that NaN passes.
      if (value < 0 || value > 1) {
        throw new EvaluationException(
            file + " holds " + value + "; amplitudes lie in [0,1]. Normalise the image first.");
      }
    }
    return new AmplitudeRaster(shape[shape.length - 1], shape[shape.length - 2], array.values());
  }

  private static AmplitudeRaster photo(Path file) {
    try (ImageInputStream input = ImageIO.createImageInputStream(new File(file.toString()))) {
      Iterator<ImageReader> readers =
          input == null ? java.util.Collections.emptyIterator() : ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new EvaluationException(
            file + " is not an image that can be read (PNG, JPEG, TIFF or NPY).");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        return amplitude(file, reader.read(0).getRaster());
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof EvaluationException known) {
        throw known;
      }
      throw new EvaluationException(
          "Cannot read " + file + ": it is damaged or cut short (" + e.getMessage() + ").", e);
    }
  }

  private static AmplitudeRaster amplitude(Path file, Raster raster) {
    int bands = raster.getNumBands();
    int depth = raster.getSampleModel().getSampleSize(0);
    float full = (1 << depth) - 1f;
    int width = raster.getWidth();
    int height = raster.getHeight();
    float[] samples = new float[width * height];
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int grey = row[x * bands];
        for (int b = 1; b < Math.min(3, bands); b++) {
          if (bands >= 3 && Math.abs(row[x * bands + b] - grey) > GREY_TOLERANCE) {
            throw new EvaluationException(
                file
                    + " is a colour image; radar amplitude has one channel. Save it in grey levels.");
          }
        }
        samples[y * width + x] = grey / full;
      }
    }
    return new AmplitudeRaster(width, height, samples);
  }
}
