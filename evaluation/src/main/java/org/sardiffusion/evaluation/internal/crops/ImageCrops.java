package org.sardiffusion.evaluation.internal.crops;

import java.util.List;

/**
 * The crops of one image.
 *
 * @param source what the image is part of: images of one source show the same ground
 * @param labels its scene categories
 * @param crops what was measured on each, at least one
 */
public record ImageCrops(String source, List<String> labels, List<CropMeasures> crops) {
  public ImageCrops {
    labels = List.copyOf(labels);
    crops = List.copyOf(crops);
  }
}
