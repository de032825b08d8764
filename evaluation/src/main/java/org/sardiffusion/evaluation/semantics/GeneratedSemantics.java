package org.sardiffusion.evaluation.semantics;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.evaluation.internal.features.FeatureDistance;

/**
 * What the images of a generated set mean, beside the real ones.
 *
 * @param set the set alone
 * @param distance to the real set in the model's feature space, if there is one
 * @param closest the generated images that come closest to a real one
 */
public record GeneratedSemantics(
    SetSemantics set, Optional<FeatureDistance> distance, List<ClosePair> closest) {
  /**
   * Two images that the model can hardly tell apart.
   *
   * @param generated name of the generated image
   * @param real name of the real image
   * @param cosine of their embeddings, in [-1,1]
   */
  public record ClosePair(String generated, String real, double cosine) {}

  public GeneratedSemantics {
    closest = List.copyOf(closest);
  }
}
