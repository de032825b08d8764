package org.sardiffusion.evaluation;

import java.util.List;
import org.sardiffusion.evaluation.amplitude.AmplitudeSettings;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.PatchSettings;
import org.sardiffusion.evaluation.texture.TextureSettings;

/**
 * What is measured, and how.
 *
 * @param amplitude histograms and divergences
 * @param texture patches and co-occurrence
 */
public record EvaluationSettings(AmplitudeSettings amplitude, TextureSettings texture) {
  /** The defaults of both; scikit-image's texture at a distance of 1 pixel and four angles. */
  public static EvaluationSettings defaults() {
    return new EvaluationSettings(
        AmplitudeSettings.defaults(),
        new TextureSettings(
            PatchSettings.defaults(),
            GlcmSettings.skimage(List.of(1), List.of(0.0, 45.0, 90.0, 135.0))));
  }
}
