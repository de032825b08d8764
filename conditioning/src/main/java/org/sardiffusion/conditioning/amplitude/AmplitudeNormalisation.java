package org.sardiffusion.conditioning.amplitude;

import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.core.raster.AmplitudeSource;

/**
 * How the divisor is chosen that brings an amplitude image to [0,1].
 *
 * <p>The model was trained with {@link #paper()}; another choice moves the histogram that it
 * expects.
 */
public sealed interface AmplitudeNormalisation {
  /**
   * The scale for an image.
   *
   * @throws EmptyImageException if the image has no data, or the divisor comes out as zero
   * @throws InvalidSampleException if an amplitude is negative or infinite
   */
  AmplitudeScale scaleFor(AmplitudeSource image);

  /** Mean plus three standard deviations: equation 1 of the paper. */
  static AmplitudeNormalisation paper() {
    return new MeanPlusDeviations(3);
  }

  /**
   * Mean plus a number of standard deviations of the image.
   *
   * @param deviations how many, at least 0
   */
  record MeanPlusDeviations(double deviations) implements AmplitudeNormalisation {
    /**
     * @throws IllegalArgumentException if the number is negative
     */
    public MeanPlusDeviations {
      requireFactor("number of standard deviations", deviations, deviations >= 0);
    }

    @Override
    public AmplitudeScale scaleFor(AmplitudeSource image) {
      RunningMoments moments = RunningMoments.of(image);
      return scale(moments.mean() + deviations * moments.standardDeviation());
    }
  }

  /**
   * A multiple of the median, which bright targets do not move.
   *
   * @param factor positive
   */
  record MedianMultiple(double factor) implements AmplitudeNormalisation {
    /**
     * The factor that gives, on pure single-look speckle, mean plus three standard deviations. For
     * Rayleigh amplitude of parameter s: mean {@code s sqrt(pi / 2)}, variance {@code s^2 (4 - pi)
     * / 2}, median {@code s sqrt(2 ln 2)}.
     */
    public static final double RAYLEIGH =
        (Math.sqrt(Math.PI / 2) + 3 * Math.sqrt((4 - Math.PI) / 2)) / Math.sqrt(2 * Math.log(2));

    /**
     * @throws IllegalArgumentException if the factor is not positive
     */
    public MedianMultiple {
      requireFactor("multiple of the median", factor, factor > 0);
    }

    @Override
    public AmplitudeScale scaleFor(AmplitudeSource image) {
      return scale(factor * ExactQuantile.of(image, 0.5));
    }
  }

  /**
   * A quantile of the image.
   *
   * @param fraction in (0,1]: 0.98 saturates 2 % of the pixels
   */
  record Quantile(double fraction) implements AmplitudeNormalisation {
    /**
     * @throws IllegalArgumentException if the fraction is outside (0,1]
     */
    public Quantile {
      requireFactor("quantile", fraction, fraction > 0 && fraction <= 1);
    }

    @Override
    public AmplitudeScale scaleFor(AmplitudeSource image) {
      return scale(ExactQuantile.of(image, fraction));
    }
  }

  /**
   * The same divisor for every image, such as that of a whole scene for its parts.
   *
   * @param divisor positive
   */
  record Fixed(double divisor) implements AmplitudeNormalisation {
    /**
     * @throws IllegalArgumentException if the divisor is not positive
     */
    public Fixed {
      requireFactor("divisor", divisor, divisor > 0);
    }

    @Override
    public AmplitudeScale scaleFor(AmplitudeSource image) {
      return new AmplitudeScale(divisor);
    }
  }

  private static void requireFactor(String what, double value, boolean good) {
    if (!good || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "Amplitudes have no normalisation by a " + what + " of " + value);
    }
  }

  private static AmplitudeScale scale(double divisor) {
    if (divisor == 0) {
      throw new EmptyImageException(
          "Cannot normalise the image: its amplitude is zero (nearly) everywhere, so that there is"
              + " nothing to divide by. Choose another area, or a fixed divisor.");
    }
    return new AmplitudeScale(divisor);
  }
}
