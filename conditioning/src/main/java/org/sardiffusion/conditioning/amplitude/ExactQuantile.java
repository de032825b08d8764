package org.sardiffusion.conditioning.amplitude;

import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * A quantile of an image of any size, exact, in a fixed amount of memory.
 *
 * <p>The bits of floats that are not negative are ordered as the floats are. One pass counts their
 * upper halves in 65,536 bins, a second one the lower halves within the one or two bins where the
 * quantile lies. Between two amplitudes it is interpolated linearly, as {@code numpy.percentile}
 * does by default (definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages",
 * 1996). NaN is no data.
 */
public final class ExactQuantile {
  private static final int STRIP_ROWS = 64;
  private static final int BINS = 1 << 16;

  private ExactQuantile() {}

  /**
   * A quantile of the amplitudes.
   *
   * @param fraction in [0,1]: 0.5 is the median
   * @throws IllegalArgumentException if the fraction is outside [0,1]
   * @throws InvalidSampleException if an amplitude is negative or infinite
   * @throws EmptyImageException if no pixel has data
   */
  public static double of(AmplitudeSource image, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("A quantile lies between 0 and 1, not at " + fraction);
    }
    long[] upper = new long[BINS];
    RunningMoments valid = new RunningMoments();
    Strips.forEach(
        image,
        STRIP_ROWS,
        (strip, count) -> {
          valid.add(strip, 0, count);
          for (int i = 0; i < count; i++) {
            if (strip[i] == strip[i]) {
              upper[bits(strip[i]) >>> 16]++;
            }
          }
        });
    if (valid.count() == 0) {
      throw new EmptyImageException(
          "The image has no pixel with data (all are NaN): choose another area.");
    }
    double position = fraction * (valid.count() - 1);
    long rank = (long) position;
    long next = Math.min(rank + 1, valid.count() - 1);
    Place first = Place.of(upper, rank);
    Place second = Place.of(upper, next);
    long[] lowerFirst = new long[BINS];
    long[] lowerSecond = new long[BINS];
    Strips.forEach(
        image,
        STRIP_ROWS,
        (strip, count) -> {
          for (int i = 0; i < count; i++) {
            if (strip[i] == strip[i]) {
              int bits = bits(strip[i]);
              if (bits >>> 16 == first.bin) {
                lowerFirst[bits & 0xFFFF]++;
              }
              if (bits >>> 16 == second.bin) {
                lowerSecond[bits & 0xFFFF]++;
              }
            }
          }
        });
    double a = value(first, lowerFirst);
    double b = value(second, lowerSecond);
    return a + (b - a) * (position - rank);
  }

  private static int bits(float amplitude) {
    // Minus zero would have the sign bit set.
    return Float.floatToRawIntBits(amplitude + 0f);
  }

  private static double value(Place place, long[] lower) {
    return Float.intBitsToFloat(place.bin << 16 | Place.of(lower, place.rank).bin);
  }

  /** The bin in which the sample of a rank lies, and its rank among those of the bin. */
  private record Place(int bin, long rank) {
    static Place of(long[] histogram, long rank) {
      long left = rank;
      int bin = 0;
      while (left >= histogram[bin]) {
        left -= histogram[bin++];
      }
      return new Place(bin, left);
    }
  }
}
