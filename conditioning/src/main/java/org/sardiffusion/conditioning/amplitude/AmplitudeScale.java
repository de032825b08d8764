package org.sardiffusion.conditioning.amplitude;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The scale between physical amplitude and the model's [0,1].
 *
 * @param divisor physical amplitude that becomes 1, positive
 */
public record AmplitudeScale(double divisor) {
  /**
   * @throws IllegalArgumentException if the divisor is not a positive number
   */
  public AmplitudeScale {
    if (!(divisor > 0 && divisor <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("Cannot divide amplitudes by " + divisor);
    }
  }

  /** Amplitude divided by the divisor, clipped to [0,1]; NaN stays NaN. */
  public AmplitudeRaster normalise(AmplitudeRaster physical) {
    float[] samples = physical.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.max(0, Math.min(1, samples[i] / divisor));
    }
    return new AmplitudeRaster(physical.width(), physical.height(), samples);
  }

  /** Physical amplitude again: the inverse of {@link #normalise}, except where that clipped. */
  public AmplitudeRaster restore(AmplitudeRaster normalised) {
    float[] samples = normalised.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (samples[i] * divisor);
    }
    return new AmplitudeRaster(normalised.width(), normalised.height(), samples);
  }

  /** Share of the pixels with data that {@link #normalise} clips at 1; 0 without any data. */
  public double saturatedShare(AmplitudeRaster physical) {
    long saturated = 0;
    long valid = 0;
    for (float a : physical.samples()) {
      if (a == a) {
        valid++;
        saturated += a > divisor ? 1 : 0;
      }
    }
    return valid == 0 ? 0 : (double) saturated / valid;
  }
}
