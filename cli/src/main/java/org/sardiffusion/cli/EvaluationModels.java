package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.evaluation.EvaluationSettings;
import org.sardiffusion.evaluation.SampleSet;
import org.sardiffusion.evaluation.segmentation.SegmentAnything;
import org.sardiffusion.evaluation.segmentation.SegmentedSet;
import org.sardiffusion.evaluation.semantics.SarClip;
import org.sardiffusion.evaluation.semantics.SemanticMeter;

/**
 * The models that an evaluation asks, where they were given.
 *
 * @param clip measures meaning
 * @param meter what it measures
 * @param sam finds segments
 */
record EvaluationModels(
    Optional<SarClip> clip, Optional<SemanticMeter> meter, Optional<SegmentAnything> sam)
    implements AutoCloseable {
  /** A set with the segments of its images. */
  SampleSet segmented(SampleSet images) {
    return sam.<SampleSet>map(model -> new SegmentedSet(images, model)).orElse(images);
  }

  EvaluationSettings described(EvaluationSettings settings) {
    return sam.map(model -> settings.with(model.description())).orElse(settings);
  }

  @Override
  public void close() {
    sam.ifPresent(SegmentAnything::close);
    clip.ifPresent(SarClip::close);
  }
}
