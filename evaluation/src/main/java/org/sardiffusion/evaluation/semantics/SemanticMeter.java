package org.sardiffusion.evaluation.semantics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.internal.features.FeatureDistance;

/**
 * Embeds the images of one set after the other, the real one first; keeps the embeddings of the
 * real set and of the set that is being read.
 */
public final class SemanticMeter {
  private final SarClip clip;
  private final SemanticSettings settings;
  private final List<EmbeddedImage> real = new ArrayList<>();
  private final List<GeneratedSemantics> generated = new ArrayList<>();
  private final TreeSet<String> firstLabels = new TreeSet<>();

  public SemanticMeter(SarClip clip, SemanticSettings settings) {
    this.clip = clip;
    this.settings = settings;
  }

  /** Embeds an image of the real set. */
  public void addReal(Sample sample) {
    real.add(embedded(sample));
  }

  /** A generated set, whose images are added one by one. */
  public final class Generated {
    private final String name;
    private final List<EmbeddedImage> images = new ArrayList<>();

    private Generated(String name) {
      this.name = name;
    }

    public void add(Sample sample) {
      images.add(embedded(sample));
    }

    /** Compares the set with the real one; its embeddings can be forgotten then. */
    public void finish() {
      if (firstLabels.isEmpty()) {
        images.forEach(image -> firstLabels.addAll(image.labels()));
      }
      SetSemantics own = new SetSemantics(name, matching().of(images));
      if (real.isEmpty()) {
        generated.add(new GeneratedSemantics(own, Optional.empty(), List.of()));
        return;
      }
      FeatureDistance distance = FeatureDistance.between(features(real), features(images));
      List<GeneratedSemantics.ClosePair> closest =
          distance.memorisation().closest().stream()
              .map(
                  p ->
                      new GeneratedSemantics.ClosePair(
                          images.get(p.generated()).name(), real.get(p.real()).name(), p.cosine()))
              .toList();
      generated.add(new GeneratedSemantics(own, Optional.of(distance), closest));
    }
  }

  /** Begins a generated set. */
  public Generated begin(String name) {
    return new Generated(name);
  }

  /** What was found, once every set is finished. */
  public SemanticResult result() {
    return new SemanticResult(
        clip.card(),
        settings,
        classes(),
        real.isEmpty()
            ? Optional.empty()
            : Optional.of(new SetSemantics("real", matching().of(real))),
        List.copyOf(generated));
  }

  private CaptionMatching matching() {
    return new CaptionMatching(clip, settings, classes());
  }

  private List<String> classes() {
    if (!settings.classes().isEmpty()) {
      return settings.classes();
    }
    TreeSet<String> labels = new TreeSet<>(real.isEmpty() ? firstLabels : List.of());
    real.forEach(image -> labels.addAll(image.labels()));
    labels.remove(SetStatistics.ALL);
    return List.copyOf(labels);
  }

  private EmbeddedImage embedded(Sample sample) {
    return new EmbeddedImage(
        sample.name(), sample.labels(), sample.caption(), clip.image(sample.amplitude()));
  }

  private static float[][] features(List<EmbeddedImage> images) {
    return images.stream().map(EmbeddedImage::embedding).toArray(float[][]::new);
  }
}
