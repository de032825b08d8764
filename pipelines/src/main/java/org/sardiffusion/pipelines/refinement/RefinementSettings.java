package org.sardiffusion.pipelines.refinement;

import java.util.OptionalDouble;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * How an image is refined.
 *
 * @param prompt what the image shows
 * @param sampling of one image
 * @param strength how much of the reverse process to run from the resampled image, above 0 to 1; at
 *     1 a model with control starts from noise alone. Empty takes {@link #CONTROLLED_STRENGTH} or
 *     {@link #IMAGE_STRENGTH}
 * @param controlScale how strongly the ControlNet follows the resampled image
 * @param radiometry what the amplitudes mean
 */
public record RefinementSettings(
    Prompt prompt,
    Sampling sampling,
    OptionalDouble strength,
    double controlScale,
    Radiometry radiometry) {

  /**
   * With a ControlNet. Of 0.6, 0.8, 0.9 and 1 the best compromise of amplitude divergence, texture,
   * speckle and local means, measured with the default model on real images degraded to 1.35 m and
   * to 0.80 m: the tables of {@code benchmarks/README.md}.
   */
  public static final double CONTROLLED_STRENGTH = 0.9;

  /** Without a ControlNet, where a higher strength loses the structure; measured likewise. */
  public static final double IMAGE_STRENGTH = 0.6;

  /** The scale that a ControlNet is trained with. */
  public static final double CONTROL_SCALE = 1.0;

  /**
   * @throws RefinementException if a value is out of its range
   */
  public RefinementSettings {
    if (sampling.count() != 1) {
      throw new RefinementException(
          "One image is refined at a time, not " + sampling.count() + ".");
    }
    if (strength.isPresent() && !(strength.getAsDouble() > 0 && strength.getAsDouble() <= 1)) {
      throw new RefinementException(
          "The strength must be above 0 and at most 1, but is " + strength.getAsDouble() + ".");
    }
    if (!Double.isFinite(controlScale)) {
      throw new RefinementException(
          "The control scale must be a finite number, but is " + controlScale + ".");
    }
  }

  /** The defaults with a prompt and some sampling. */
  public static RefinementSettings of(String prompt, Sampling sampling) {
    return new RefinementSettings(
        new Prompt(prompt), sampling, OptionalDouble.empty(), CONTROL_SCALE, Radiometry.NORMALISED);
  }
}
