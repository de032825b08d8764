package org.sardiffusion.conditioning.spectrum;

import java.util.Arrays;
import java.util.Optional;
import org.sardiffusion.conditioning.fourier.Lanes;
import org.sardiffusion.conditioning.fourier.LineTransform;

/**
 * Resamples lines along one axis: transform, keep the bins that both lengths have, transform back.
 *
 * <p>The reference is {@code scipy.signal.resample}: with P and Q the padded lengths and m the
 * smaller of them, the bins -m/2 .. m/2 are kept and the result is scaled by Q/P. If m is even, bin
 * m/2 stands for two frequencies: going up, its value is split evenly between +m/2 and -m/2; going
 * down, the two bins are added. The lines are demodulated by their spectral centroid first, so that
 * the spectrum is cut at the centroid plus half the sampling rate, and not through its middle.
 *
 * <p>Kept bins are numbered 0 .. m-1 in the order of a transform of length m. The two halves,
 * {@link #analyse} and {@link #synthesise}, may be far apart: whatever is done to the other axis
 * commutes with them.
 *
 * <p>The operator has real, even weights when the centroid is zero. Two real lines may then be
 * resampled as the real and the imaginary part of one complex line.
 *
 * <p>Immutable: several threads may share a kernel.
 */
final class AxisKernel {
  private final AxisPlan plan;
  private final LineTransform forward;
  private final LineTransform inverse;
  private final int bins;
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
    bins = Math.min(p, q);
    boolean unweighted =
        settings.deweighting() instanceof SpectralWindow.Flat
            && settings.window() instanceof SpectralWindow.Flat;
    // A periodic line stays periodic only if it is turned by whole bins.
    double turns =
        settings.border() instanceof Border.Periodic ? Math.rint(centroid * p) / p : centroid;
    demodulation =
        turns == 0 ? Optional.empty() : Optional.of(PhaseRamp.of(-turns, plan.inputLength()));
    modulation =
        turns == 0 || settings.carrier() == Carrier.CENTRE
            ? Optional.empty()
            : Optional.of(PhaseRamp.of(turns * p / q, plan.outputLength()));
    identity = p == q && unweighted && (turns == 0 || settings.carrier() == Carrier.KEEP);
    forward = LineTransform.of(p);
    inverse = p == q ? forward : LineTransform.of(q);
    weights = weights(bins, p, settings);
  }

  /** Whether the lines come out as they went in. */
  boolean identity() {
    return identity;
  }

  AxisPlan plan() {
    return plan;
  }

  /** How many bins are kept. */
  int bins() {
    return bins;
  }

  /** The factor that kept bin k must be given between {@link #analyse} and {@link #synthesise}. */
  float weight(int bin) {
    return weights[Math.min(bin, bins - bin)];
  }

  /** Vectors that {@link #analyse} works on. */
  int analysisVectors() {
    return forward.vectors();
  }

  /** Where sample n must lie before {@link #analyse}. */
  int input(int sample) {
    return forward.position(sample);
  }

  /** Where kept bin k lies after {@link #analyse}. */
  int analysed(int bin) {
    return bin <= bins / 2 ? bin : plan.paddedInput() - bins + bin;
  }

  /** From samples to bins that are not weighted yet. */
  void analyse(float[][] x) {
    int p = plan.paddedInput();
    demodulation.ifPresent(
        ramp -> {
          for (int n = 0; n < plan.inputLength(); n++) {
            Lanes.multiply(x[input(n)], ramp.re(n), ramp.im(n));
          }
        });
    pad(x);
    forward.transform(x);
    if (p > bins && bins % 2 == 0) {
      Lanes.addScaled(x[p - bins / 2], 1, x[bins / 2]);
    }
  }

  /** Vectors that {@link #synthesise} works on. */
  int synthesisVectors() {
    return inverse.vectors();
  }

  /** Where kept bin k must lie before {@link #synthesise}. */
  int synthesised(int bin) {
    return inverse.position(bin <= bins / 2 ? bin : plan.paddedOutput() - bins + bin);
  }

  /** Where sample n lies after {@link #synthesise}: the inverse comes of a transform, backwards. */
  int output(int sample) {
    return sample == 0 ? 0 : plan.paddedOutput() - sample;
  }

  /** From weighted bins to samples. */
  void synthesise(float[][] y) {
    int q = plan.paddedOutput();
    int firstNegative = q - (bins - 1) / 2;
    for (int k = bins / 2 + 1; k < firstNegative; k++) {
      Arrays.fill(y[inverse.position(k)], 0);
    }
    if (q > bins && bins % 2 == 0) {
      float[] nyquist = y[inverse.position(bins / 2)];
      Lanes.scale(nyquist, 0.5f, nyquist);
      Lanes.scale(nyquist, 1, y[inverse.position(q - bins / 2)]);
    }
    inverse.transform(y);
    modulation.ifPresent(
        ramp -> {
          for (int n = 0; n < plan.outputLength(); n++) {
            Lanes.multiply(y[output(n)], ramp.re(n), ramp.im(n));
          }
        });
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

  private void pad(float[][] x) {
    int n = plan.inputLength();
    int padding = plan.paddedInput() - n;
    for (int t = 0; t < padding; t++) {
      // Padding is periodic: its beginning continues the right border, its end leads to the left.
      float w = (t + 0.5f) / padding;
      float[] to = x[input(n + t)];
      Lanes.scale(x[input(mirrored(n + t, n))], 1 - w, to);
      Lanes.addScaled(x[input(mirrored(t - padding, n))], w, to);
    }
  }

  private static int mirrored(int index, int n) {
    int i = Math.floorMod(index, 2 * n);
    return i < n ? i : 2 * n - 1 - i;
  }
}
