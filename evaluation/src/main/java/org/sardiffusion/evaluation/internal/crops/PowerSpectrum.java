package org.sardiffusion.evaluation.internal.crops;

import org.sardiffusion.conditioning.fourier.Lanes;
import org.sardiffusion.conditioning.fourier.LineTransform;

/**
 * The power spectrum of crops of one size: {@code |F|^2} of what is left of a crop when its mean is
 * taken off, under a symmetric Hann window. Immutable.
 */
final class PowerSpectrum {
  private final int side;
  private final double[] window;
  private final LineTransform transform;

  PowerSpectrum(int side) {
    this.side = side;
    this.transform = LineTransform.of(side);
    this.window = new double[side];
    for (int i = 0; i < side; i++) {
      window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (side - 1));
    }
  }

  /** What white noise of unit variance has at every frequency: the window's energy. */
  double ofUnitNoise() {
    double energy = 0;
    for (double w : window) {
      energy += w * w;
    }
    return energy * energy;
  }

  /**
   * The power at every frequency.
   *
   * @return {@code [side * side]}, frequencies in {@code numpy.fft.fft2}'s order
   */
  double[] of(Crop crop) {
    double[] centred = crop.centred();
    float[] re = new float[side * side];
    float[] im = new float[side * side];
    for (int i = 0; i < re.length; i++) {
      re[i] = (float) (centred[i] * window[i / side] * window[i % side]);
    }
    transformLines(re, im, side, 1);
    transformLines(re, im, 1, side);
    double[] power = new double[re.length];
    for (int i = 0; i < power.length; i++) {
      power[i] = (double) re[i] * re[i] + (double) im[i] * im[i];
    }
    return power;
  }

  /**
   * Transforms all lines in place.
   *
   * @param step from the start of a line to that of the next
   * @param stride from a sample of a line to its next
   */
  private void transformLines(float[] re, float[] im, int step, int stride) {
    for (int first = 0; first < side; first += Lanes.COUNT) {
      int lines = Math.min(Lanes.COUNT, side - first);
      float[][] x = Lanes.allocate(transform.vectors());
      for (int n = 0; n < side; n++) {
        float[] vector = x[transform.position(n)];
        for (int line = 0; line < lines; line++) {
          int at = (first + line) * step + n * stride;
          vector[line] = re[at];
          vector[line + Lanes.COUNT] = im[at];
        }
      }
      transform.transform(x);
      for (int k = 0; k < side; k++) {
        for (int line = 0; line < lines; line++) {
          int at = (first + line) * step + k * stride;
          re[at] = x[k][line];
          im[at] = x[k][line + Lanes.COUNT];
        }
      }
    }
  }
}
