package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.evaluation.amplitude.AmplitudeSettings;
import org.sardiffusion.evaluation.augmentation.AugmentationSettings;
import org.sardiffusion.evaluation.segmentation.Segmentation;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.PatchSettings;
import org.sardiffusion.evaluation.texture.TextureSettings;
import org.sardiffusion.evaluation.twosample.TwoSampleSettings;

/**
 * What is measured, and how.
 *
 * @param amplitude histograms and divergences
 * @param texture patches and co-occurrence
 * @param twoSample how real and generated images are told apart
 * @param augmentation how the worth of generated images for training is tried, if it is
 * @param segmentation what made the segments that no file gave, if anything did
 */
public record EvaluationSettings(
    AmplitudeSettings amplitude,
    TextureSettings texture,
    TwoSampleSettings twoSample,
    Optional<AugmentationSettings> augmentation,
    Optional<Segmentation> segmentation) {
  /** Without a trial of augmentation and a model that segments images. */
  public EvaluationSettings(
      AmplitudeSettings amplitude, TextureSettings texture, TwoSampleSettings twoSample) {
    this(amplitude, texture, twoSample, Optional.empty(), Optional.empty());
  }

  /** The defaults of all; scikit-image's texture at a distance of 1 pixel and four angles. */
  public static EvaluationSettings defaults() {
    return new EvaluationSettings(
        AmplitudeSettings.defaults(),
        new TextureSettings(
            PatchSettings.defaults(),
            GlcmSettings.skimage(List.of(1), List.of(0.0, 45.0, 90.0, 135.0))),
        TwoSampleSettings.defaults());
  }

  /** The same with segments that a model made. */
  public EvaluationSettings with(Segmentation made) {
    return new EvaluationSettings(amplitude, texture, twoSample, augmentation, Optional.of(made));
  }

  /** The same with a trial of what generated images are worth for training. */
  public EvaluationSettings with(AugmentationSettings trial) {
    return new EvaluationSettings(amplitude, texture, twoSample, Optional.of(trial), segmentation);
  }
}
