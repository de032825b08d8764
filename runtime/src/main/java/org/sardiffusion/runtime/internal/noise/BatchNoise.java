package org.sardiffusion.runtime.internal.noise;

import java.util.List;
import java.util.stream.IntStream;
import org.sardiffusion.runtime.internal.schedule.StepNoise;

/**
 * Noise of a batch in which every image has a generator of its own, so that image k of a batch is
 * the image that its seed makes alone.
 *
 * <p>Same as diffusers' {@code randn_tensor} with a list of generators ({@code
 * diffusers/utils/torch_utils.py}).
 */
public final class BatchNoise implements StepNoise {
  private final List<TorchGenerator> generators;

  /**
   * @param generators one for each image, in the batch's order; at least one
   */
  public BatchNoise(List<TorchGenerator> generators) {
    if (generators.isEmpty()) {
      throw new IllegalArgumentException("A batch needs at least one generator.");
    }
    this.generators = List.copyOf(generators);
  }

  /** Generators seeded {@code firstSeed}, {@code firstSeed + 1}, ... for {@code images} images. */
  public static BatchNoise seeded(long firstSeed, int images) {
    return new BatchNoise(
        IntStream.range(0, images).mapToObj(k -> new TorchGenerator(firstSeed + k)).toList());
  }

  /**
   * Fills [images, ...] in C order: each image's part is one draw of its generator.
   *
   * @throws IllegalArgumentException if {@code target} can't be divided evenly among the images
   */
  @Override
  public void fill(float[] target) {
    int images = generators.size();
    if (target.length % images != 0) {
      throw new IllegalArgumentException(
          "%d values can't be divided among %d images.".formatted(target.length, images));
    }
    int part = target.length / images;
    for (int k = 0; k < images; k++) {
      generators.get(k).fillStandardNormal(target, k * part, part);
    }
  }
}
