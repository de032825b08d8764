package org.sardiffusion.conditioning.amplitude;

import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * Mean and standard deviation of amplitudes that arrive in pieces.
 *
 * <p>Pieces are merged with the update of Chan, Golub and LeVeque, "Updating formulae and a
 * pairwise algorithm for computing sample variances", 1979, in double precision: no large sums are
 * subtracted, whatever the number of pixels. NaN is no data and is counted apart.
 */
public final class RunningMoments {
  private static final int STRIP_ROWS = 64;

  private long count;
  private long withoutData;
  private double mean;
  private double squares;

  /**
   * The moments of a whole image, in one pass.
   *
   * @throws InvalidSampleException if an amplitude is negative or infinite
   */
  public static RunningMoments of(AmplitudeSource image) {
    RunningMoments moments = new RunningMoments();
    Strips.forEach(image, STRIP_ROWS, (strip, count) -> moments.add(strip, 0, count));
    return moments;
  }

  /**
   * Adds {@code floats} amplitudes from index {@code at} on.
   *
   * @throws InvalidSampleException if an amplitude is negative or infinite
   */
  public void add(float[] samples, int at, int floats) {
    double sum = 0;
    int valid = 0;
    for (int i = at; i < at + floats; i++) {
      float a = samples[i];
      if (a == a) {
        if (!(a >= 0 && a <= Float.MAX_VALUE)) {
          throw new InvalidSampleException(
              "An amplitude of "
                  + a
                  + " was met: amplitudes are finite and at least 0. Mark pixels without data by"
                  + " NaN, and give complex or logarithmic images as what they are.");
        }
        sum += a;
        valid++;
      }
    }
    withoutData += floats - valid;
    if (valid == 0) {
      return;
    }
    double pieceMean = sum / valid;
    double pieceSquares = 0;
    for (int i = at; i < at + floats; i++) {
      float a = samples[i];
      if (a == a) {
        double d = a - pieceMean;
        pieceSquares += d * d;
      }
    }
    double difference = pieceMean - mean;
    long total = count + valid;
    mean += difference * valid / total;
    squares += pieceSquares + difference * difference * count * valid / total;
    count = total;
  }

  /** How many amplitudes there were. */
  public long count() {
    return count;
  }

  /** How many pixels had no data (NaN). */
  public long withoutData() {
    return withoutData;
  }

  /**
   * The arithmetic mean.
   *
   * @throws EmptyImageException if there was no amplitude
   */
  public double mean() {
    requireData();
    return mean;
  }

  /**
   * The population standard deviation (divided by n, as {@code numpy.std} does).
   *
   * @throws EmptyImageException if there was no amplitude
   */
  public double standardDeviation() {
    requireData();
    return Math.sqrt(squares / count);
  }

  private void requireData() {
    if (count == 0) {
      throw new EmptyImageException(
          "The image has no pixel with data (" + withoutData + " are NaN): choose another area.");
    }
  }
}
