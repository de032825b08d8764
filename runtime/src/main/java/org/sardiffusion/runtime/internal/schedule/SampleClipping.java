package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import org.sardiffusion.runtime.schedule.LatentShape;

/** How far a predicted clean sample may stray. */
@FunctionalInterface
interface SampleClipping {

  /** Bounds a batch of predicted clean samples in place. */
  void apply(float[] original);

  /** What {@code thresholding} and, after it, {@code clip_sample} ask for. */
  static SampleClipping of(Options options, LatentShape shape) {
    if (options.flag("thresholding")) {
      float ratio = (float) options.within(0, 1, "dynamic_thresholding_ratio");
      return dynamicThreshold(ratio, (float) options.above(0, "sample_max_value"), shape);
    }
    if (options.flag("clip_sample")) {
      float range = (float) options.above(0, "clip_sample_range");
      return original -> clamp(original, 0, original.length, range);
    }
    return original -> {};
  }

  /**
   * Dynamic thresholding (Saharia et al., arXiv 2205.11487, section 2.3): each image of the batch
   * is clamped to a quantile of its absolute values, kept between 1 and {@code largest}, and
   * divided by it.
   */
  private static SampleClipping dynamicThreshold(float ratio, float largest, LatentShape shape) {
    int length = shape.imageLength();
    float[] sorted = new float[length];
    return original -> {
      for (int start = 0; start < original.length; start += length) {
        for (int j = 0; j < length; j++) {
          sorted[j] = Math.abs(original[start + j]);
        }
        Arrays.sort(sorted);
        float bound = Math.min(Math.max(quantile(sorted, ratio), 1), largest);
        clamp(original, start, start + length, bound);
        for (int j = start; j < start + length; j++) {
          original[j] /= bound;
        }
      }
    };
  }

  /** torch.quantile's linear interpolation, in float32. */
  private static float quantile(float[] sorted, float ratio) {
    float rank = ratio * (sorted.length - 1);
    int below = (int) rank;
    float low = sorted[below];
    float high = sorted[Math.min(below + 1, sorted.length - 1)];
    float weight = rank - below;
    return weight < 0.5f ? low + weight * (high - low) : high - (high - low) * (1 - weight);
  }

  private static void clamp(float[] values, int from, int to, float range) {
    for (int j = from; j < to; j++) {
      values[j] = Math.min(Math.max(values[j], -range), range);
    }
  }
}
