package org.sardiffusion.evaluation;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * One image of a set.
 *
 * @param description what is known about it
 * @param amplitude in [0,1], NaN where there is no data
 * @param excluded areas that statistics leave out (inserted targets, borders)
 * @param segment the area that a segmentation gave, one value per pixel; texture is then measured
 *     inside it only
 */
public record Sample(
    Description description,
    AmplitudeRaster amplitude,
    List<PixelBox> excluded,
    Optional<boolean[]> segment) {
  /**
   * @throws IllegalArgumentException if the segment is of another size
   */
  public Sample {
    excluded = List.copyOf(excluded);
    if (segment.isPresent() && segment.get().length != amplitude.samples().length) {
      throw new IllegalArgumentException("A segment has one value for each pixel");
    }
  }

  /** What names it. */
  public String name() {
    return description.name();
  }

  /** Its scene categories, at least one. */
  public List<String> labels() {
    return description.labels();
  }

  /** What it shows, or the prompt that made it. */
  public Optional<String> caption() {
    return description.caption();
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
