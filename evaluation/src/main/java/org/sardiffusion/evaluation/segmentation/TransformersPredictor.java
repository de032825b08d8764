package org.sardiffusion.evaluation.segmentation;

import java.util.Map;
import java.util.Set;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * The decoder as optimum exports it from transformers' {@code SamModel} ({@code
 * prompt_encoder_mask_decoder.onnx}): many points at once, each answered by three masks.
 */
final class TransformersPredictor implements MaskPredictor {
  static final String EMBEDDINGS = "image_embeddings";
  static final String POSITIONS = "image_positional_embeddings";
  private static final String POINTS = "input_points";
  private static final String LABELS = "input_labels";
  private static final String SCORES = "iou_scores";
  private static final String LOGITS = "pred_masks";
  private static final int AT_ONCE = 64;

  private final GraphSession decoder;
  private final HostTensor embeddings;
  private final HostTensor positions;

  /**
   * @param embedded the image as the encoder gives it
   * @param shape its shape, the batch of 1 first
   * @param position the encoding of its places
   */
  TransformersPredictor(GraphSession decoder, float[] embedded, long[] shape, float[] position) {
    this.decoder = decoder;
    this.embeddings = decoder.newInput(EMBEDDINGS, shape);
    this.positions = decoder.newInput(POSITIONS, shape);
    embeddings.put(0, embedded);
    positions.put(0, position);
  }

  @Override
  public int pointsAtOnce() {
    return AT_ONCE;
  }

  @Override
  public Prediction at(float[] coordinates, Cancellation cancellation) {
    int count = coordinates.length / 2;
    try (HostTensor points = decoder.newInput(POINTS, 1, count, 1, 2);
        HostTensor labels = decoder.newInput(LABELS, 1, count, 1)) {
      points.put(0, coordinates);
      labels.fill(1);
      Map<String, float[]> found =
          decoder.run(
              Map.of(POINTS, points, LABELS, labels, EMBEDDINGS, embeddings, POSITIONS, positions),
              Set.of(SCORES, LOGITS),
              cancellation);
      return new Prediction(found.get(SCORES), found.get(LOGITS));
    }
  }

  @Override
  public void close() {
    try (embeddings) {
      positions.close();
    }
  }
}
