package org.sardiffusion.pipelines.refinement;

import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The power spectrum of an amplitude along its rows or columns, by Welch's method: the mean over
 * lines and half-overlapping segments, each without its mean and under a Hann window (Welch 1967,
 * doi:10.1109/TAU.1967.1161901).
 */
final class AmplitudeSpectrum {
  private static final int SEGMENT = 128;
  private static final double FLOOR = 1e-12;

  private AmplitudeSpectrum() {}

  /** Along which lines. */
  enum Axis {
    ROWS,
    COLUMNS
  }

  /** Power at the frequencies from 0 to 1/2 cycle per pixel, dB, evenly spaced. */
  static double[] decibels(AmplitudeRaster raster, Axis axis) {
    int length = axis == Axis.ROWS ? raster.width() : raster.height();
    int lines = axis == Axis.ROWS ? raster.height() : raster.width();
    int segment = Math.min(SEGMENT, Integer.highestOneBit(length));
    double[] power = new double[segment / 2 + 1];
    FastFourierTransformer transformer = new FastFourierTransformer(DftNormalization.STANDARD);
    double[] part = new double[segment];
    // A few hundred lines are enough, and a large image has many.
    int stride = Math.max(1, lines / 256);
    long count = 0;
    for (int line = 0; line < lines; line += stride) {
      for (int from = 0; from + segment <= length; from += Math.max(1, segment / 2)) {
        double mean = 0;
        for (int i = 0; i < segment; i++) {
          part[i] = axis == Axis.ROWS ? raster.at(from + i, line) : raster.at(line, from + i);
          mean += part[i] / segment;
        }
        for (int i = 0; i < segment; i++) {
          double hann = Math.sin(Math.PI * (i + 0.5) / segment);
          part[i] = (part[i] - mean) * hann * hann;
        }
        Complex[] transformed = transformer.transform(part, TransformType.FORWARD);
        for (int k = 0; k < power.length; k++) {
          double magnitude = transformed[k].abs();
          power[k] += magnitude * magnitude;
        }
        count++;
      }
    }
    for (int k = 0; k < power.length; k++) {
      power[k] = 10 * Math.log10(Math.max(FLOOR, power[k] / count / segment));
    }
    return power;
  }
}
