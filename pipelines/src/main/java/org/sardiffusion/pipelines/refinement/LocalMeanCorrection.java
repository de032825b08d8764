package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.conditioning.speckle.LocalMean;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Makes the local mean of a refined image follow its input, as far as the input's speckle lets one
 * know it.
 *
 * <p>At each scale w, the logarithm d of the ratio of the two local means (input over image) is
 * partly error of the image and partly speckle of the input. Speckle alone would make a mean square
 * of s^2 = {@value #SPECKLE_SHARE} (4/pi - 1) (c^2 / L + 1) / w^2, for L looks and resolution cells
 * of c pixels: an amplitude of one look has a variance of (4/pi - 1) of its squared mean, and a
 * window holds (w/c)^2 cells of the input, w^2 of the image. So the image is multiplied by exp(k
 * d), with the gain k = max(0, 1 - s^2 / mean(d^2)) of Wiener's filter, the mean taken over {@value
 * #SPREAD} w. At the widest scale k is 1: over that window the mean is the input's.
 *
 * <p>Scales and share are measured, with {@code benchmarks/} {@code UpscaleFidelity}: real images
 * degraded to 1.35 m come out nearer to the truth than by following the input at one scale.
 */
final class LocalMeanCorrection {
  /** Of the widest window, resolution cells of the input. */
  static final double FOLLOWED_CELLS = 10;

  /** Scales at which speckle is told from error, cells, from coarse to fine. */
  private static final double[] UNCERTAIN_CELLS = {5, 2.5};

  /** How much of the speckle's variance is held to be speckle. */
  private static final double SPECKLE_SHARE = 0.5;

  /** Windows over which the mean square is taken. */
  private static final int SPREAD = 3;

  /** Variance of single-look amplitude over its squared mean (Rayleigh). */
  private static final double RAYLEIGH_VARIATION = 4 / Math.PI - 1;

  /** Where an image is black there is no gain that would make it brighter. */
  private static final double LARGEST_GAIN = 20;

  /** Amplitudes below this part of the input's mean count as black. */
  private static final double BLACK = 1e-6;

  private final AmplitudeRaster input;
  private final double cell;
  private final double looks;
  private final double floor;

  /**
   * @param input to follow, resampled to the pixels of the images; NaN where it has no data, which
   *     no mean counts
   * @param cell side of the input's resolution cells, pixels of the images
   * @param looks equivalent number of looks of the input's speckle, above 0; infinite for an input
   *     without speckle
   */
  LocalMeanCorrection(AmplitudeRaster input, double cell, double looks) {
    this.input = input;
    this.cell = cell;
    this.looks = looks;
    double sum = 0;
    int valid = 0;
    for (float sample : input.samples()) {
      if (!Float.isNaN(sample)) {
        sum += sample;
        valid++;
      }
    }
    this.floor = BLACK * Math.max(Double.MIN_NORMAL, sum / Math.max(1, valid));
  }

  /**
   * @param image its speckle and structure stay; in the unit of the input, of its size
   * @return NaN where the input has no data
   */
  AmplitudeRaster apply(AmplitudeRaster image) {
    float[] samples = image.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      if (Float.isNaN(input.samples()[i])) {
        samples[i] = Float.NaN;
      }
    }
    for (double cells : UNCERTAIN_CELLS) {
      follow(samples, cells);
    }
    int widest = window(FOLLOWED_CELLS);
    multiply(samples, localMean(samples, widest), localMean(input.samples(), widest));
    return raster(samples);
  }

  private void follow(float[] samples, double cells) {
    int window = window(cells);
    float[] difference = localMean(input.samples(), window);
    float[] found = localMean(samples, window);
    for (int i = 0; i < samples.length; i++) {
      difference[i] = (float) Math.log(Math.max(floor, difference[i]) / Math.max(floor, found[i]));
    }
    float[] goal = goal(found, difference, window);
    multiply(samples, found, goal);
    // The factor varies within a window, so that one pass leaves a trace at edges.
    multiply(samples, localMean(samples, window), goal);
  }

  /** The local mean to reach, in place of the difference: images are large. */
  private float[] goal(float[] found, float[] difference, int window) {
    float[] squares = new float[difference.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = difference[i] * difference[i];
    }
    float[] meanSquare = localMean(squares, SPREAD * window);
    double speckle =
        SPECKLE_SHARE * RAYLEIGH_VARIATION * (cell * cell / looks + 1) / ((double) window * window);
    for (int i = 0; i < difference.length; i++) {
      double gain = meanSquare[i] > speckle ? 1 - speckle / meanSquare[i] : 0;
      difference[i] = (float) (found[i] * Math.exp(gain * difference[i]));
    }
    return difference;
  }

  private void multiply(float[] samples, float[] found, float[] goal) {
    for (int i = 0; i < samples.length; i++) {
      // A running sum may leave a trace below zero in black areas.
      double factor = Math.max(0, goal[i]) / Math.max(floor, found[i]);
      samples[i] = (float) (samples[i] * Math.min(LARGEST_GAIN, factor));
    }
  }

  private int window(double cells) {
    return 2 * (int) Math.round((cells * Math.max(1, cell) - 1) / 2) + 1;
  }

  private float[] localMean(float[] samples, int window) {
    return LocalMean.of(raster(samples), window).samples();
  }

  private AmplitudeRaster raster(float[] samples) {
    return new AmplitudeRaster(input.width(), input.height(), samples);
  }
}
