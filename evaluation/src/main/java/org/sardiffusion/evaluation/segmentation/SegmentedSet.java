package org.sardiffusion.evaluation.segmentation;

import java.util.Optional;
import java.util.function.Consumer;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SampleSet;

/** Images with the largest segment that a Segment Anything model finds, where none was given. */
public final class SegmentedSet implements SampleSet {
  private final SampleSet images;
  private final SegmentAnything model;

  public SegmentedSet(SampleSet images, SegmentAnything model) {
    this.images = images;
    this.model = model;
  }

  @Override
  public String name() {
    return images.name();
  }

  @Override
  public long size() {
    return images.size();
  }

  @Override
  public void forEach(Consumer<Sample> consumer) {
    images.forEach(
        sample ->
            consumer.accept(
                sample.segment().isPresent()
                    ? sample
                    : new Sample(
                        sample.description(),
                        sample.amplitude(),
                        sample.excluded(),
                        Optional.of(model.largest(sample.amplitude())))));
  }
}
