package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * One image of a set, with what is known about it.
 *
 * @param name names the image in messages and in the report
 * @param labels scene categories, at least one
 * @param caption what the image shows, or the prompt that made it
 * @param amplitude in [0,1], NaN where there is no data
 * @param excluded areas that statistics leave out (inserted targets, borders)
 * @param segment the area that a segmentation gave, one value per pixel; texture is then measured
 *     inside it only
 */
public record Sample(
    String name,
    List<String> labels,
    Optional<String> caption,
    AmplitudeRaster amplitude,
    List<PixelBox> excluded,
    Optional<boolean[]> segment) {
  /**
   * @throws IllegalArgumentException if it has no label, or the segment is of another size
   */
  public Sample {
    labels = labels.stream().distinct().toList();
    excluded = List.copyOf(excluded);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("An image has at least one label");
    }
    if (segment.isPresent() && segment.get().length != amplitude.samples().length) {
      throw new IllegalArgumentException("A segment has one value for each pixel");
    }
  }

  /** The amplitude with its excluded areas set to NaN. */
  public AmplitudeRaster measured() {
    if (excluded.isEmpty()) {
      return amplitude;
    }
    int width = amplitude.width();
    float[] samples = amplitude.samples().clone();
    for (PixelBox box : excluded) {
      for (int y = Math.max(0, box.ymin()); y < Math.min(amplitude.height(), box.ymax()); y++) {
        for (int x = Math.max(0, box.xmin()); x < Math.min(width, box.xmax()); x++) {
          samples[y * width + x] = Float.NaN;
        }
      }
    }
    return new AmplitudeRaster(width, amplitude.height(), samples);
  }
}
