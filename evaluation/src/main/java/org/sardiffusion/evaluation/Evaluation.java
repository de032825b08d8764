package org.sardiffusion.evaluation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.evaluation.semantics.SemanticMeter;

/**
 * Compares sets of generated images with real ones. Every image is read once; what is kept of it
 * are counts and a bounded sample of patches, so memory grows with the labels and not with the
 * images. The same images in the same order give the same numbers.
 */
public final class Evaluation {
  private final EvaluationSettings settings;
  private final Optional<SemanticMeter> semantics;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * @param semantics measures meaning as well; used once
   * @param progress hears of each image; its stages are the names of the sets
   */
  public Evaluation(
      EvaluationSettings settings,
      Optional<SemanticMeter> semantics,
      Progress progress,
      Cancellation cancellation) {
    this.settings = settings;
    this.semantics = semantics;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Reads all sets.
   *
   * @param generated at least one, with different names
   * @throws EvaluationException if a set is empty, two have one name, or an image cannot be used
   * @throws org.sardiffusion.core.run.CancelledException if it was cancelled
   */
  public EvaluationResult of(SampleSet real, List<SampleSet> generated) {
    requireDifferentNames(generated);
    EvaluationResult.Reference reference = reference(real);
    return result(Optional.of(reference), generated);
  }

  /**
   * Measures generated sets without real images: all but the distances to them.
   *
   * @param generated at least one, with different names
   * @throws EvaluationException as {@link #of(SampleSet, List)}
   * @throws org.sardiffusion.core.run.CancelledException if it was cancelled
   */
  public EvaluationResult of(List<SampleSet> generated) {
    requireDifferentNames(generated);
    return result(Optional.empty(), generated);
  }

  private EvaluationResult.Reference reference(SampleSet real) {
    SetStatistics all = new SetStatistics(real.name(), settings);
    Halves halves = new Halves(settings);
    read(
        real,
        measured -> {
          all.add(measured);
          halves.add(measured);
          semantics.ifPresent(meter -> meter.addReal(measured.sample()));
        });
    return new EvaluationResult.Reference(all, halves.compared());
  }

  private EvaluationResult result(
      Optional<EvaluationResult.Reference> reference, List<SampleSet> generated) {
    List<Comparison> comparisons = new ArrayList<>();
    for (SampleSet set : generated) {
      SetStatistics statistics = new SetStatistics(set.name(), settings);
      Optional<SemanticMeter.Generated> meaning = semantics.map(meter -> meter.begin(set.name()));
      read(
          set,
          measured -> {
            statistics.add(measured);
            meaning.ifPresent(m -> m.add(measured.sample()));
          });
      meaning.ifPresent(SemanticMeter.Generated::finish);
      comparisons.add(
          reference
              .map(r -> Comparison.of(r.real(), statistics))
              .orElseGet(() -> Comparison.alone(statistics)));
    }
    return new EvaluationResult(
        settings, reference, comparisons, semantics.map(SemanticMeter::result));
  }

  private static void requireDifferentNames(List<SampleSet> sets) {
    Set<String> names = new HashSet<>();
    for (SampleSet set : sets) {
      if (!names.add(set.name())) {
        throw new EvaluationException(
            "Two sets are both called \"" + set.name() + "\": rename one of the folders.");
      }
    }
  }

  private void read(SampleSet set, Consumer<MeasuredImage> consumer) {
    if (set.size() == 0) {
      throw new EvaluationException("The set \"" + set.name() + "\" has no images.");
    }
    ImageMeter meter = new ImageMeter(settings);
    long[] done = {0};
    set.forEach(
        sample -> {
          cancellation.check();
          consumer.accept(meter.of(sample));
          progress.advanced(set.name(), ++done[0], set.size());
        });
  }
}
