package org.sardiffusion.evaluation;

import java.util.List;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.texture.PatchMeasures;
import org.sardiffusion.evaluation.texture.TextureStatistics;

/** What is known about the images of one label in one set. */
public final class LabelStatistics {
  private final AmplitudeCounts amplitude;
  private final TextureStatistics texture;
  private long images;

  LabelStatistics(EvaluationSettings settings) {
    amplitude = new AmplitudeCounts(settings.amplitude());
    texture = new TextureStatistics(settings.texture());
  }

  void add(AmplitudeCounts image, List<PatchMeasures> patches) {
    images++;
    amplitude.add(image);
    texture.add(patches);
  }

  /** How many images have the label. */
  public long images() {
    return images;
  }

  public AmplitudeCounts amplitude() {
    return amplitude;
  }

  public TextureStatistics texture() {
    return texture;
  }
}
