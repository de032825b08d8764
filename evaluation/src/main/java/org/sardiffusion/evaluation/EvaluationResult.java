package org.sardiffusion.evaluation;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sardiffusion.evaluation.semantics.SemanticResult;

/**
 * What an evaluation found.
 *
 * @param settings what was measured, and how
 * @param reference the real images, if there were any
 * @param generated each generated set beside the real one, in the order given
 * @param semantics what a SAR-CLIP found, if one was given
 */
public record EvaluationResult(
    EvaluationSettings settings,
    Optional<Reference> reference,
    List<Comparison> generated,
    Optional<SemanticResult> semantics) {
  /**
   * What generated images are held against.
   *
   * @param real the real images
   * @param halves every second real image (or source of images) compared with the others: how far
   *     real images are from each other, the smallest distances that mean anything
   */
  public record Reference(SetStatistics real, Comparison halves) {}

  public EvaluationResult {
    generated = List.copyOf(generated);
  }

  /** The labels of the real images; without any, those of all generated sets; "all" among them. */
  public SortedSet<String> labels() {
    SortedSet<String> labels = new TreeSet<>();
    if (reference.isPresent()) {
      labels.addAll(reference.get().real().labels().keySet());
    } else {
      generated.forEach(c -> labels.addAll(c.set().labels().keySet()));
    }
    return Collections.unmodifiableSortedSet(labels);
  }
}
