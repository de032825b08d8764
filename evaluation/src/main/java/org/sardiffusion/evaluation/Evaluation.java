package org.sardiffusion.evaluation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardiffusion.conditioning.AmplitudeRaster;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.texture.PatchMeasures;
import org.sardiffusion.evaluation.texture.TextureMeter;
import org.sardiffusion.runtime.session.Cancellation;

/**
 * Compares sets of generated images with real ones. Every image is read once; what is kept of it
 * are counts and a bounded sample of patches, so memory grows with the labels and not with the
 * images. The same images in the same order give the same numbers.
 */
public final class Evaluation {
  private final EvaluationSettings settings;
  private final EvaluationListener listener;
  private final Cancellation cancellation;

  public Evaluation(
      EvaluationSettings settings, EvaluationListener listener, Cancellation cancellation) {
    this.settings = settings;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Reads all sets.
   *
   * @param generated at least one, with different names
   * @throws EvaluationException if a set is empty, two have one name, or an image cannot be used
   * @throws org.sardiffusion.runtime.session.CancelledException if it was cancelled
   */
  public EvaluationResult of(SampleSet real, List<SampleSet> generated) {
    Set<String> names = new HashSet<>();
    for (SampleSet set : generated) {
      if (!names.add(set.name())) {
        throw new EvaluationException(
            "Two sets are both called \"" + set.name() + "\": rename one of the folders.");
      }
    }
    SetStatistics all = new SetStatistics(real.name(), settings);
    List<SetStatistics> halves =
        List.of(
            new SetStatistics("real, one half", settings),
            new SetStatistics("real, split halves", settings));
    read(real, List.of(all), halves);
    List<Comparison> comparisons = new ArrayList<>();
    for (SampleSet set : generated) {
      SetStatistics statistics = new SetStatistics(set.name(), settings);
      read(set, List.of(statistics), List.of());
      comparisons.add(Comparison.of(all, statistics));
    }
    return new EvaluationResult(
        settings, all, Comparison.of(halves.get(0), halves.get(1)), List.copyOf(comparisons));
  }

  /** Adds every image to {@code each}, and in turn to one of {@code turns}. */
  private void read(SampleSet set, List<SetStatistics> each, List<SetStatistics> turns) {
    if (set.size() == 0) {
      throw new EvaluationException("The set \"" + set.name() + "\" has no images.");
    }
    TextureMeter texture = new TextureMeter(settings.texture());
    long[] done = {0};
    set.forEach(
        sample -> {
          cancellation.check();
          AmplitudeRaster measured = sample.measured();
          AmplitudeCounts counts = new AmplitudeCounts(settings.amplitude());
          counts.add(measured);
          List<PatchMeasures> patches = texture.of(sample, measured);
          each.forEach(s -> s.add(sample.labels(), counts, patches));
          if (!turns.isEmpty()) {
            turns.get((int) (done[0] % turns.size())).add(sample.labels(), counts, patches);
          }
          listener.image(set.name(), ++done[0], set.size());
        });
  }
}
