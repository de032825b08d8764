package org.sardiffusion.geo.internal;

import java.util.OptionalDouble;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;

/**
 * How a file stores amplitudes and pixels without data.
 *
 * @param type what one pixel is stored as
 * @param nodata the stored value of pixels without data, if the file names one; NaN for {@link
 *     SampleType#FLOAT32} only. Pixels that have data and happen to be stored as the same value are
 *     not moved out of its way.
 */
public record PixelCoding(SampleType type, OptionalDouble nodata) {
  /**
   * @throws UnsupportedFormatException if the type cannot hold the nodata value
   */
  public PixelCoding {
    if (type.isInteger() && nodata.isPresent()) {
      double value = nodata.getAsDouble();
      if (!(value >= 0 && value <= type.maximum() && value == Math.rint(value))) {
        throw new UnsupportedFormatException(
            "A nodata value of "
                + value
                + " does not fit "
                + type
                + ": choose a whole number from 0 to "
                + type.maximum()
                + ", or store FLOAT32.");
      }
    }
  }

  /** A coding without a nodata value. */
  public static PixelCoding of(SampleType type) {
    return new PixelCoding(type, OptionalDouble.empty());
  }

  /**
   * What is stored for an amplitude.
   *
   * @param amplitude in [0,1], for FLOAT32 any; NaN for a pixel without data
   * @return a whole number for the integer types
   * @throws UnsupportedFormatException if an integer type can't hold it: it lies outside [0,1], or
   *     the pixel has no data and there is no nodata value to store for it
   */
  public float stored(float amplitude) {
    if (!Float.isNaN(amplitude)) {
      return type.isInteger() ? quantised(amplitude) : amplitude;
    }
    if (type.isInteger() && nodata.isEmpty()) {
      throw new UnsupportedFormatException(
          "The image has pixels without data, which "
              + type
              + " can only store with a nodata value: choose one, or store FLOAT32.");
    }
    return (float) nodata.orElse(Double.NaN);
  }

  private int quantised(float amplitude) {
    if (!(amplitude >= 0 && amplitude <= 1)) {
      throw new UnsupportedFormatException(
          type + " holds amplitudes of [0,1], not " + amplitude + ": store FLOAT32.");
    }
    return type.quantise(amplitude);
  }
}
