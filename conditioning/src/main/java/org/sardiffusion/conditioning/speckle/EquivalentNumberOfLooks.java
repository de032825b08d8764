package org.sardiffusion.conditioning.speckle;

import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The equivalent number of looks (ENL) of a homogeneous area: 1 for single-look speckle.
 *
 * <p>{@code ENL = mean(I)^2 / var(I)} of intensity I (Oliver and Quegan, "Understanding Synthetic
 * Aperture Radar Images", section 4.3). With amplitude moments m2 and m4 that is {@code m2^2 / (m4
 * - m2^2)}. Over anything but a homogeneous area it measures texture too, and comes out smaller.
 */
public final class EquivalentNumberOfLooks {
  private EquivalentNumberOfLooks() {}

  /**
   * The ENL of all pixels with data.
   *
   * @return at least 0; infinite if all amplitudes are equal
   * @throws EmptyImageException if no pixel has data, or all are zero
   */
  public static double of(AmplitudeRaster amplitude) {
    return ofIntensity(
        amplitude.samples().length, i -> (double) amplitude.samples()[i] * amplitude.samples()[i]);
  }

  /**
   * The ENL of intensities, pixels that are NaN left out.
   *
   * @return at least 0; infinite if all intensities are equal
   * @throws EmptyImageException if there is no intensity, or all are zero
   */
  public static double ofIntensity(float[] intensities) {
    return ofIntensity(intensities.length, i -> intensities[i]);
  }

  private static double ofIntensity(int pixels, java.util.function.IntToDoubleFunction intensity) {
    double mean = 0;
    double squares = 0;
    long count = 0;
    for (int i = 0; i < pixels; i++) {
      double value = intensity.applyAsDouble(i);
      if (!Double.isNaN(value)) {
        count++;
        double difference = value - mean;
        mean += difference / count;
        squares += difference * (value - mean);
      }
    }
    if (count == 0 || mean == 0) {
      throw new EmptyImageException(
          "There is no equivalent number of looks: the area has no data, or zeros only.");
    }
    return mean * mean / (squares / count);
  }
}
