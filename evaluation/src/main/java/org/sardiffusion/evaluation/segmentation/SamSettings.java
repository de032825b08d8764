package org.sardiffusion.evaluation.segmentation;

/**
 * How masks are searched and sorted out; the names and defaults of segment_anything's {@code
 * SamAutomaticMaskGenerator} ({@code automatic_mask_generator.py}).
 *
 * @param pointsPerSide the image is asked at a grid of this many points squared; at least 1
 * @param predictedIou masks are kept whose quality the model predicts to be above this
 * @param stability masks are kept whose area changes little when their threshold is moved: whose
 *     intersection over union is at least this
 * @param boxOverlap of two masks whose boxes overlap by more than this (intersection over union),
 *     the better one is kept; in [0,1]
 */
public record SamSettings(
    int pointsPerSide, double predictedIou, double stability, double boxOverlap) {
  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public SamSettings {
    if (pointsPerSide < 1 || !(boxOverlap >= 0 && boxOverlap <= 1)) {
      throw new IllegalArgumentException(
          "Segment Anything needs at least 1 point per side and a box overlap in [0,1], not "
              + pointsPerSide
              + " and "
              + boxOverlap);
    }
  }

  /** 32 x 32 points; 0.88, 0.95 and 0.7. */
  public static SamSettings defaults() {
    return new SamSettings(32, 0.88, 0.95, 0.7);
  }
}
