package org.sardiffusion.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.files.ColourPicture;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.runtime.diffusion.ControlImage;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.diffusion.InitImage;
import org.sardiffusion.runtime.diffusion.Mask;

/**
 * Reads the images that a generation starts from or follows: rasters of one channel ({@link
 * Rasters}). Whole numbers are divided by the largest that their type holds; fractions must lie in
 * [0,1] already.
 */
public final class InputImages {
  private InputImages() {}

  /**
   * An image to start from; pixels without data are its gaps.
   *
   * @throws GenerationException if it does not hold amplitude in [0,1]
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be read
   */
  public static InitImage init(Path file) {
    Samples samples = read(file);
    return said(file, () -> new InitImage(samples.size, samples.values));
  }

  /** A mask, likewise; pixels without data are not masked. */
  public static Mask mask(Path file) {
    Samples samples = read(file);
    for (int i = 0; i < samples.values.length; i++) {
      if (Float.isNaN(samples.values[i])) {
        samples.values[i] = 0;
      }
    }
    return said(file, () -> new Mask(samples.size, samples.values));
  }

  /**
   * A control image, likewise, or in colours, as an optical image or a segmentation map is: a PNG,
   * JPEG or TIFF of three channels, or an array [3, height, width] of an {@code .npy} file.
   */
  public static ControlImage control(Path file) {
    Samples samples = planes(file).or(() -> colours(file)).orElseGet(() -> read(file));
    return said(file, () -> new ControlImage(samples.size, samples.values));
  }

  private record Samples(Size size, float[] values) {}

  private static Optional<Samples> planes(Path file) {
    if (!file.toString().endsWith(".npy")) {
      return Optional.empty();
    }
    NpyArray array = NpyReader.read(file);
    int[] shape = array.shape();
    return shape.length == 3 && shape[0] == 3
        ? Optional.of(new Samples(new Size(shape[2], shape[1]), array.values()))
        : Optional.empty();
  }

  private static Optional<Samples> colours(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return ColourPicture.read(file)
        .map(p -> new Samples(new Size(p.width(), p.height()), p.planes()));
  }

  private static Samples read(Path file) {
    try (Raster raster = Rasters.open(file)) {
      if (!(raster instanceof DetectedRaster)) {
        throw new GenerationException(
            file + " holds complex samples: detect and normalise it first.");
      }
      Size size = new Size(raster.width(), raster.height());
      if ((long) size.width() * size.height() > Integer.MAX_VALUE / Float.BYTES) {
        throw new GenerationException(file + " is of " + size + " pixels, more than can be used.");
      }
      float[] values = new float[size.width() * size.height()];
      raster.readRows(0, size.height(), values);
      OptionalDouble full = raster.metadata().encoding().saturation();
      if (full.isPresent()) {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (values[i] / full.getAsDouble());
        }
      }
      return new Samples(size, values);
    }
  }

  private interface Reading<T> {
    T read();
  }

  /** Says which file it was. */
  private static <T> T said(Path file, Reading<T> reading) {
    try {
      return reading.read();
    } catch (GenerationException e) {
      throw new GenerationException(file + ": " + e.getMessage());
    }
  }
}
