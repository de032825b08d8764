package org.sardiffusion.evaluation.amplitude;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The pooled amplitudes of any number of images, as counts: memory does not grow with them.
 *
 * <p>Three things are kept of the pixels that are neither saturated nor without data: a histogram
 * of the wanted bins (as {@code numpy.histogram(range=(0, 1))} counts), one of 65536 levels (exact
 * for 8-bit and 16-bit images, which lie on those levels; within 8e-6 for others), and their power
 * sums.
 */
public final class AmplitudeCounts {
  /** Levels of the fine histogram: level k stands for amplitude k / 65535. */
  static final int LEVELS = 65536;

  private static final int POWERS = 4;

  private final AmplitudeSettings settings;
  private final long[] bins;
  private final long[] levels = new long[LEVELS];
  private final double[] sums = new double[POWERS];
  private long count;
  private long saturated;
  private long withoutData;

  public AmplitudeCounts(AmplitudeSettings settings) {
    this.settings = settings;
    this.bins = new long[settings.bins()];
  }

  /**
   * Adds every pixel of an image.
   *
   * @param amplitude in [0,1]; NaN counts as without data
   */
  public void add(AmplitudeRaster amplitude) {
    int width = amplitude.width();
    float[] samples = amplitude.samples();
    // Each row is summed by itself first: sums of like magnitude lose the least.
    double[] row = new double[POWERS];
    for (int y = 0; y < amplitude.height(); y++) {
      java.util.Arrays.fill(row, 0);
      for (int i = y * width; i < (y + 1) * width; i++) {
        add(samples[i], row);
      }
      for (int p = 0; p < POWERS; p++) {
        sums[p] += row[p];
      }
    }
  }

  private void add(float sample, double[] row) {
    if (sample != sample) {
      withoutData++;
    } else if (sample >= settings.saturation()) {
      saturated++;
    } else {
      double a = sample;
      count++;
      bins[Math.min(bins.length - 1, (int) (a * bins.length))]++;
      levels[(int) (a * (LEVELS - 1) + 0.5)]++;
      double square = a * a;
      row[0] += a;
      row[1] += square;
      row[2] += square * a;
      row[3] += square * square;
    }
  }

  /**
   * Adds what was counted elsewhere.
   *
   * @throws IllegalArgumentException if it was counted with other settings
   */
  public void add(AmplitudeCounts other) {
    if (!settings.equals(other.settings)) {
      throw new IllegalArgumentException("Histograms of different settings cannot be added");
    }
    for (int i = 0; i < bins.length; i++) {
      bins[i] += other.bins[i];
    }
    for (int i = 0; i < LEVELS; i++) {
      levels[i] += other.levels[i];
    }
    for (int p = 0; p < POWERS; p++) {
      sums[p] += other.sums[p];
    }
    count += other.count;
    saturated += other.saturated;
    withoutData += other.withoutData;
  }

  /** Pixels that are neither saturated nor without data. */
  public long count() {
    return count;
  }

  /** Saturated pixels. */
  public long saturated() {
    return saturated;
  }

  /** Pixels without data, excluded areas among them. */
  public long withoutData() {
    return withoutData;
  }

  /** The share of saturated pixels among those with data, in [0,1]; 0 if there are none. */
  public double saturatedFraction() {
    return count + saturated == 0 ? 0 : (double) saturated / (count + saturated);
  }

  /** Share of the counted pixels in each bin; sums to 1, or all 0 if nothing was counted. */
  public double[] probabilities() {
    return normalised(bins);
  }

  /** How many pixels lie on each of 65536 levels; a copy. */
  public long[] levels() {
    return levels.clone();
  }

  /** The counts over 256 grey levels: what rounds to {@code k / 255}. */
  long[] greyLevels() {
    long[] grey = new long[256];
    for (int k = 0; k < LEVELS; k++) {
      grey[(k + 128) / 257] += levels[k];
    }
    return grey;
  }

  public AmplitudeSettings settings() {
    return settings;
  }

  /** Moments of the counted pixels. */
  public Moments moments() {
    double n = count;
    return Moments.ofRaw(sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n);
  }

  private static double[] normalised(long[] counts) {
    long total = 0;
    for (long c : counts) {
      total += c;
    }
    double[] shares = new double[counts.length];
    for (int i = 0; i < shares.length && total > 0; i++) {
      shares[i] = (double) counts[i] / total;
    }
    return shares;
  }
}
