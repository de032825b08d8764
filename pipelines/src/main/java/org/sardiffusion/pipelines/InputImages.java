package org.sardiffusion.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
   * An image to start from; pixels without data are its nodata.
   *
   * @throws GenerationException if it does not hold amplitude in [0,1]
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be read
   */
  public static InitImage init(Path file) {
    Samples samples = read(file);
    return named(file, () -> new InitImage(samples.size, samples.values));
  }

  /**
   * A mask, likewise; pixels without data are not masked. Whole numbers that are all 0 or 1 are
   * taken for no and yes, as the masks of NumPy and of segmentation tools are stored.
   *
   * @throws GenerationException also if it selects no pixel
   */
  public static Mask mask(Path file) {
    Samples samples = read(file);
    float[] values = samples.values;
    boolean binary = true;
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.isNaN(values[i]) ? 0 : values[i];
      binary &= values[i] == 0 || values[i] == samples.one;
    }
    for (int i = 0; binary && i < values.length; i++) {
      values[i] = values[i] == 0 ? 0 : 1;
    }
    Mask mask = named(file, () -> new Mask(samples.size, values));
    if (!mask.selectsAny()) {
      throw new GenerationException(
          file
              + " selects no pixel: all of it lies under half of the largest value. Give it that"
              + " value (1, or 255 in a picture of 8 bits) where the image is to be made anew.");
    }
    return mask;
  }

  /**
   * A control image, likewise, or in colours, as an optical image or a segmentation map is: a PNG,
   * JPEG or TIFF of three channels, or an array [3, height, width] of an {@code .npy} file.
   */
  public static ControlImage control(Path file) {
    Samples samples = planes(file).or(() -> colours(file)).orElseGet(() -> read(file));
    return named(file, () -> new ControlImage(samples.size, samples.values));
  }

  /**
   * @param one what a stored 1 became
   */
  private record Samples(Size size, float[] values, float one) {}

  private static Optional<Samples> planes(Path file) {
    if (!file.toString().endsWith(".npy")) {
      return Optional.empty();
    }
    NpyArray array = NpyReader.read(file);
    int[] shape = array.shape();
    return shape.length == 3 && shape[0] == 3
        ? Optional.of(new Samples(new Size(shape[2], shape[1]), array.values(), 1))
        : Optional.empty();
  }

  private static Optional<Samples> colours(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return ColourPicture.read(file)
        .map(p -> new Samples(new Size(p.width(), p.height()), p.planes(), 1));
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
      double full = raster.metadata().encoding().saturation().orElse(1);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] / full);
      }
      return new Samples(size, values, (float) (1 / full));
    }
  }

  private interface Reading<T> {
    T read();
  }

  /** Says which file it was. */
  private static <T> T named(Path file, Reading<T> reading) {
    try {
      return reading.read();
    } catch (GenerationException e) {
      throw new GenerationException(file + ": " + e.getMessage());
    }
  }
}
