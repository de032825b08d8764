package org.sardiffusion.conditioning.spectrum;

import java.util.Arrays;
import java.util.Optional;
import org.jtransforms.fft.FloatFFT_1D;
import org.jtransforms.utils.CommonUtils;

/**
 * Resamples one complex line: transform, keep the bins that both lengths have, transform back.
 *
 * <p>The reference is {@code scipy.signal.resample}: with P and Q the padded lengths and m the
 * smaller of them, the bins -m/2 .. m/2 are kept and the result is scaled by Q/P. If m is even, bin
 * m/2 stands for two frequencies: going up, its value is split evenly between +m/2 and -m/2; going
 * down, the two bins are added. The line is demodulated by its spectral centroid first, so that the
 * spectrum is cut at the centroid plus half the sampling rate, and not through its middle.
 *
 * <p>The operator has real, even weights when the centroid is zero. Two real lines may then be
 * resampled as the real and the imaginary part of one complex line.
 *
 * <p>Immutable: several threads may share a kernel.
 */
final class AxisKernel {
  static {
    // Lines are spread over our own threads; JTransforms must not split a single line again.
    CommonUtils.setThreadsBeginN_1D_FFT_2Threads(Long.MAX_VALUE);
    CommonUtils.setThreadsBeginN_1D_FFT_4Threads(Long.MAX_VALUE);
  }

  private final AxisPlan plan;
  private final FloatFFT_1D forward;
  private final FloatFFT_1D inverse;
  private final float[] weights;
  private final Optional<PhaseRamp> demodulation;
  private final Optional<PhaseRamp> modulation;
  private final boolean identity;

  /**
   * @param centroid spectral centroid, cycles per input sample
   * @param settings windows, border and what becomes of the centroid
   */
  AxisKernel(AxisPlan plan, double centroid, ResamplingSettings settings) {
    this.plan = plan;
    int p = plan.paddedInput();
    int q = plan.paddedOutput();
    // A periodic line stays periodic only if it is turned by whole bins.
    double turns =
        settings.border() instanceof Border.Periodic ? Math.rint(centroid * p) / p : centroid;
    demodulation =
        turns == 0 ? Optional.empty() : Optional.of(PhaseRamp.of(-turns, plan.inputLength()));
    modulation =
        turns == 0 || settings.carrier() == Carrier.CENTRE
            ? Optional.empty()
            : Optional.of(PhaseRamp.of(turns * p / q, plan.outputLength()));
    identity =
        p == q
            && settings.deweighting() instanceof SpectralWindow.Flat
            && settings.window() instanceof SpectralWindow.Flat;
    forward = new FloatFFT_1D(p);
    inverse = p == q ? forward : new FloatFFT_1D(q);
    weights = weights(Math.min(p, q), p, settings);
  }

  /** How many floats a line needs to be resampled in. */
  int workFloats() {
    return 2 * Math.max(plan.paddedInput(), plan.paddedOutput());
  }

  /**
   * Resamples in place.
   *
   * @param line the samples of the input from {@code at} on, interleaved, with room for {@link
   *     #workFloats()}; afterwards the samples of the output
   * @return whether all samples were finite numbers
   */
  boolean resample(float[] line, int at) {
    demodulation.ifPresent(ramp -> ramp.multiply(line, at));
    boolean finite;
    if (identity) {
      finite = finite(line, at, 2 * plan.inputLength());
    } else {
      pad(line, at);
      forward.complexForward(line, at);
      // Bin 0 is the sum of all samples: a single NaN or infinity shows there.
      finite = Float.isFinite(line[at]) && Float.isFinite(line[at + 1]);
      fitBins(line, at);
      inverse.complexInverse(line, at, false);
    }
    modulation.ifPresent(ramp -> ramp.multiply(line, at));
    return finite;
  }

  /** Weights of bins 0 .. m/2, with the normalisation of the inverse transform. */
  private static float[] weights(int m, int p, ResamplingSettings settings) {
    float[] weights = new float[m / 2 + 1];
    for (int k = 0; k < weights.length; k++) {
      weights[k] =
          (float)
              (settings.deweighting().weight((double) k / p)
                  * settings.window().weight((double) k / m)
                  / p);
    }
    return weights;
  }

  private void pad(float[] line, int at) {
    int n = plan.inputLength();
    int padding = plan.paddedInput() - n;
    for (int t = 0; t < padding; t++) {
      // Padding is periodic: its beginning continues the right border, its end leads to the left.
      int right = at + 2 * mirrored(n + t, n);
      int left = at + 2 * mirrored(t - padding, n);
      float w = (t + 0.5f) / padding;
      int to = at + 2 * (n + t);
      line[to] = (1 - w) * line[right] + w * line[left];
      line[to + 1] = (1 - w) * line[right + 1] + w * line[left + 1];
    }
  }

  private static int mirrored(int index, int n) {
    int i = Math.floorMod(index, 2 * n);
    return i < n ? i : 2 * n - 1 - i;
  }

  private void fitBins(float[] line, int at) {
    int p = plan.paddedInput();
    int q = plan.paddedOutput();
    int m = Math.min(p, q);
    int positive = m / 2 + 1;
    int negative = m - positive;
    for (int k = 0; k < positive; k++) {
      scale(line, at + 2 * k, weights[k]);
    }
    for (int k = 1; k <= negative; k++) {
      scale(line, at + 2 * (p - k), weights[k]);
    }
    if (p < q) {
      System.arraycopy(line, at + 2 * (p - negative), line, at + 2 * (q - negative), 2 * negative);
      Arrays.fill(line, at + 2 * positive, at + 2 * (q - negative), 0f);
      if (m % 2 == 0) {
        scale(line, at + m, 0.5f);
        line[at + 2 * q - m] = line[at + m];
        line[at + 2 * q - m + 1] = line[at + m + 1];
      }
    } else if (p > q) {
      if (m % 2 == 0) {
        int partner = at + 2 * p - m;
        line[at + m] += line[partner] * weights[m / 2];
        line[at + m + 1] += line[partner + 1] * weights[m / 2];
      }
      System.arraycopy(line, at + 2 * (p - negative), line, at + 2 * positive, 2 * negative);
    }
  }

  private static void scale(float[] line, int at, float factor) {
    line[at] *= factor;
    line[at + 1] *= factor;
  }

  private static boolean finite(float[] line, int at, int floats) {
    for (int i = at; i < at + floats; i++) {
      if (!Float.isFinite(line[i])) {
        return false;
      }
    }
    return true;
  }
}
