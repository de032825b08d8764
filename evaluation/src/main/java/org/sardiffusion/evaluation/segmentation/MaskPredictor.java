package org.sardiffusion.evaluation.segmentation;

import org.sardiffusion.core.run.Cancellation;

/** The part of a SAM that turns points of an image into masks. */
interface MaskPredictor extends AutoCloseable {
  /** The most points that are asked at once. */
  int pointsAtOnce();

  /**
   * Asks for the masks at points.
   *
   * @param points x and y in the model's square, one pair after the other
   */
  Prediction at(float[] points, Cancellation cancellation);

  @Override
  void close();

  /**
   * Masks, those of a point one after the other.
   *
   * @param predictedIou one for each mask
   * @param logits the masks, square and small, one after the other; above 0 is inside
   */
  record Prediction(float[] predictedIou, float[] logits) {
    int masks() {
      return predictedIou.length;
    }

    /** Side of the masks. */
    int side() {
      return masks() == 0 ? 0 : (int) Math.round(Math.sqrt((double) logits.length / masks()));
    }
  }
}
