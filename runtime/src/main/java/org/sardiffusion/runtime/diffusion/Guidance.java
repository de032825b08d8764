package org.sardiffusion.runtime.diffusion;

/**
 * Classifier-free guidance (Ho and Salimans 2022): how far to go from the prediction without the
 * prompt towards, and beyond, the one with it.
 *
 * @param scale 1 or less means no guidance, as in diffusers
 * @param rescale from 0 (off) to 1, how far to bring the result's standard deviation back to that
 *     of the prediction with the prompt (Lin et al. 2023, section 3.4)
 * @param start fraction of the steps, from 0 to 1, before which there is no guidance (Kynkäänniemi
 *     et al. 2024)
 * @param end fraction of the steps, from 0 to 1, from which on there is no guidance
 */
public record Guidance(double scale, double rescale, double start, double end) {
  public Guidance {
    if (!Double.isFinite(scale)) {
      throw new GenerationException(
          "The guidance scale must be a finite number, but is " + scale + ".");
    }
    if (!(rescale >= 0 && rescale <= 1)) {
      throw new GenerationException(
          "The guidance rescale must lie between 0 and 1, but is " + rescale + ".");
    }
    if (!(start >= 0 && start <= end && end <= 1)) {
      throw new GenerationException(
          "The guidance interval must be 0 <= start <= end <= 1, but is "
              + start
              + " to "
              + end
              + ".");
    }
  }

  /** Guidance at every step, not rescaled. */
  public static Guidance of(double scale) {
    return new Guidance(scale, 0, 0, 1);
  }

  /** Whether any step is guided. */
  boolean active() {
    return scale > 1;
  }

  /** Whether call {@code index} of {@code count} is guided. */
  boolean activeAt(int index, int count) {
    double progress = (double) index / count;
    return active() && progress >= start && progress < end;
  }

  /**
   * Combines both predictions of every image of a batch into {@code conditional}.
   *
   * @param imageLength values of one image
   */
  void apply(float[] unconditional, float[] conditional, int imageLength) {
    for (int from = 0; from < conditional.length; from += imageLength) {
      int to = from + imageLength;
      double before = rescale > 0 ? standardDeviation(conditional, from, to) : 1;
      for (int i = from; i < to; i++) {
        conditional[i] = unconditional[i] + (float) scale * (conditional[i] - unconditional[i]);
      }
      if (rescale > 0) {
        double ratio = before / standardDeviation(conditional, from, to);
        float factor = (float) (rescale * ratio + (1 - rescale));
        for (int i = from; i < to; i++) {
          conditional[i] *= factor;
        }
      }
    }
  }

  /**
   * Over all channels and pixels of one image, with Bessel's correction, as torch's {@code std}.
   */
  private static double standardDeviation(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    double mean = sum / (to - from);
    double squares = 0;
    for (int i = from; i < to; i++) {
      double deviation = values[i] - mean;
      squares += deviation * deviation;
    }
    return Math.sqrt(squares / (to - from - 1));
  }
}
