package org.sardiffusion.pipelines.internal.dataset;

import java.util.List;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.runtime.diffusion.GenerationRequest;

/**
 * A complete image of the dataset.
 *
 * @param planned what it was made from
 * @param files the image first, then what belongs to it
 * @param statistics of its amplitude
 * @param thumbnail the contact sheet's version, from the dataset's folder
 */
public record DatasetImage(
    PlannedImage planned, List<WrittenFile> files, ImageStatistics statistics, String thumbnail) {
  public DatasetImage {
    files = List.copyOf(files);
  }

  /** The image's own file, as it was written. */
  WrittenFile written() {
    return files.get(0);
  }

  /** The image's own file, from the dataset's folder. */
  String file() {
    return written().path();
  }

  GenerationRequest request() {
    return planned.request();
  }
}
