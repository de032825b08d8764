package org.sardiffusion.evaluation.segmentation;

import java.util.BitSet;
import org.sardiffusion.evaluation.PixelBox;

/**
 * A segment of an image.
 *
 * @param inside a bit for each pixel, row by row
 * @param box around it; as segment_anything has it, its xmax and ymax are the last column and row
 *     inside
 * @param predictedIou the quality that the model predicts
 * @param stability the share of its area that stays when its threshold is moved, in [0,1]
 */
public record SegmentMask(BitSet inside, PixelBox box, float predictedIou, float stability) {
  /** How many pixels it has. */
  public int area() {
    return inside.cardinality();
  }

  /** Intersection over union of the two boxes. */
  double boxOverlap(SegmentMask other) {
    double width = Math.min(box.xmax(), other.box.xmax()) - Math.max(box.xmin(), other.box.xmin());
    double height = Math.min(box.ymax(), other.box.ymax()) - Math.max(box.ymin(), other.box.ymin());
    double shared = Math.max(0, width) * Math.max(0, height);
    return shared / (boxArea() + other.boxArea() - shared);
  }

  private double boxArea() {
    return (double) (box.xmax() - box.xmin()) * (box.ymax() - box.ymin());
  }
}
