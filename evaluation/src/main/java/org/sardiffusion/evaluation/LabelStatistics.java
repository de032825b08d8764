package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.amplitude.AmplitudeFit;
import org.sardiffusion.evaluation.texture.TextureStatistics;

/** What is known about the images of one label in one set. */
public final class LabelStatistics {
  private final AmplitudeCounts amplitude;
  private final TextureStatistics texture;
  private Optional<List<AmplitudeFit>> fits = Optional.empty();
  private long images;

  LabelStatistics(EvaluationSettings settings) {
    amplitude = new AmplitudeCounts(settings.amplitude());
    texture = new TextureStatistics(settings.texture());
  }

  void add(MeasuredImage image) {
    images++;
    fits = Optional.empty();
    amplitude.add(image.amplitude());
    texture.add(image.patches());
  }

  /** How many images have the label. */
  public long images() {
    return images;
  }

  public AmplitudeCounts amplitude() {
    return amplitude;
  }

  /** The distributions fitted to the amplitudes, the best first; computed when first asked for. */
  public List<AmplitudeFit> fits() {
    if (fits.isEmpty()) {
      fits = Optional.of(AmplitudeFit.all(amplitude));
    }
    return fits.get();
  }

  public TextureStatistics texture() {
    return texture;
  }
}
