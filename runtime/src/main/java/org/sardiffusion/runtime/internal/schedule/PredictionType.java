package org.sardiffusion.runtime.internal.schedule;

import java.util.List;

/**
 * What the model predicts, and how the clean sample x_0 and the noise follow from it.
 *
 * <p>A noisy sample is alpha x_0 + sigma noise. In the variance-preserving variables alpha^2 +
 * sigma^2 = 1; in those of Karras et al. alpha = 1.
 */
enum PredictionType {
  /** The noise. */
  EPSILON,
  /** alpha noise - sigma x_0 (Salimans and Ho, arXiv 2202.00512, appendix D). */
  V_PREDICTION,
  /** The clean sample. */
  SAMPLE;

  static PredictionType of(Options options) {
    List<String> allowed =
        switch (options.schedulerClass()) {
          case EULER -> List.of("epsilon", "v_prediction", "sample", "original_sample");
          case EULER_ANCESTRAL, PNDM -> List.of("epsilon", "v_prediction");
          default -> List.of("epsilon", "v_prediction", "sample");
        };
    return switch (options.word("prediction_type", allowed)) {
      case "epsilon" -> EPSILON;
      case "v_prediction" -> V_PREDICTION;
      default -> SAMPLE;
    };
  }

  /** Replaces {@code prediction} by the clean sample; variance-preserving variables. */
  void toOriginal(float[] prediction, float[] sample, float alpha, float sigma) {
    switch (this) {
      case EPSILON -> {
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = (sample[j] - sigma * prediction[j]) / alpha;
        }
      }
      case V_PREDICTION -> {
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = alpha * sample[j] - sigma * prediction[j];
        }
      }
      case SAMPLE -> {}
    }
  }

  /** Replaces {@code prediction} by the noise; variance-preserving variables. */
  void toNoise(float[] prediction, float[] sample, float alpha, float sigma) {
    switch (this) {
      case EPSILON -> {}
      case V_PREDICTION -> {
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = alpha * prediction[j] + sigma * sample[j];
        }
      }
      case SAMPLE -> {
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = (sample[j] - alpha * prediction[j]) / sigma;
        }
      }
    }
  }

  /**
   * Replaces {@code prediction} by the clean sample, where {@code sample} is x_0 + sigma noise and
   * the model saw it divided by sqrt(sigma^2 + 1).
   */
  void denoise(float[] prediction, float[] sample, float sigma) {
    switch (this) {
      case EPSILON -> {
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = sample[j] - sigma * prediction[j];
        }
      }
      case V_PREDICTION -> {
        float variance = sigma * sigma + 1;
        float scale = -sigma / (float) Math.sqrt(variance);
        for (int j = 0; j < sample.length; j++) {
          prediction[j] = prediction[j] * scale + sample[j] / variance;
        }
      }
      case SAMPLE -> {}
    }
  }
}
