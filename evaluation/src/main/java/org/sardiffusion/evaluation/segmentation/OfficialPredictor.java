package org.sardiffusion.evaluation.segmentation;

import java.util.Map;
import java.util.Set;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * The decoder as segment_anything's {@code scripts/export_onnx_model.py} writes it ({@code
 * utils/onnx.py}): one set of points at a time, without a box, which a point of label -1 stands
 * for.
 */
final class OfficialPredictor implements MaskPredictor {
  private static final String EMBEDDINGS = "image_embeddings";
  private static final String POINTS = "point_coords";
  private static final String LABELS = "point_labels";
  private static final String MASK = "mask_input";
  private static final String HAS_MASK = "has_mask_input";
  private static final String SIZE = "orig_im_size";
  private static final String SCORES = "iou_predictions";
  private static final String LOGITS = "low_res_masks";

  private final GraphSession decoder;
  private final HostTensor embeddings;
  private final HostTensor points;
  private final HostTensor labels;
  private final HostTensor mask;
  private final HostTensor hasMask;
  private final HostTensor size;

  /**
   * @param embedded the image as the encoder gives it
   */
  OfficialPredictor(GraphSession decoder, float[] embedded) {
    this.decoder = decoder;
    long[] maskShape = decoder.inputShape(MASK);
    embeddings = decoder.newInput(EMBEDDINGS, decoder.inputShape(EMBEDDINGS));
    points = decoder.newInput(POINTS, 1, 2, 2);
    labels = decoder.newInput(LABELS, 1, 2);
    mask = decoder.newInput(MASK, maskShape);
    hasMask = decoder.newInput(HAS_MASK, 1);
    size = decoder.newInput(SIZE, 2);
    embeddings.put(0, embedded);
    labels.put(0, new float[] {1, -1});
    mask.fill(0);
    hasMask.fill(0);
    // Of the size of the small masks: the large ones, which the graph also makes, are not used.
    size.fill(maskShape[2]);
  }

  @Override
  public int pointsAtOnce() {
    return 1;
  }

  @Override
  public Prediction at(float[] point, Cancellation cancellation) {
    points.put(0, new float[] {point[0], point[1], 0, 0});
    Map<String, float[]> found =
        decoder.run(
            Map.of(
                EMBEDDINGS,
                embeddings,
                POINTS,
                points,
                LABELS,
                labels,
                MASK,
                mask,
                HAS_MASK,
                hasMask,
                SIZE,
                size),
            Set.of(SCORES, LOGITS),
            cancellation);
    return ambiguous(found.get(SCORES), found.get(LOGITS));
  }

  /** The first of four masks is for several points; a point alone is answered by the others. */
  private static Prediction ambiguous(float[] scores, float[] logits) {
    if (scores.length == 1) {
      return new Prediction(scores, logits);
    }
    int area = logits.length / scores.length;
    return new Prediction(
        java.util.Arrays.copyOfRange(scores, 1, scores.length),
        java.util.Arrays.copyOfRange(logits, area, logits.length));
  }

  @Override
  public void close() {
    try (embeddings;
        points;
        labels;
        mask;
        hasMask) {
      size.close();
    }
  }
}
