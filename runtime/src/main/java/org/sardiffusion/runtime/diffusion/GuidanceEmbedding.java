package org.sardiffusion.runtime.diffusion;

/**
 * The guidance scale as distilled (LCM) UNets take it, as {@code get_guidance_scale_embedding} of
 * diffusers.
 */
final class GuidanceEmbedding {
  private GuidanceEmbedding() {}

  /** Sines, then cosines, of {@code 1000 (scale - 1)} at geometric frequencies; [width]. */
  static float[] of(double scale, int width) {
    float[] embedding = new float[width];
    int half = width / 2;
    float position = (float) (scale - 1) * 1000f;
    double step = Math.log(10000.0) / (half - 1);
    for (int i = 0; i < half; i++) {
      float angle = position * (float) Math.exp(-step * i);
      embedding[i] = (float) Math.sin(angle);
      embedding[half + i] = (float) Math.cos(angle);
    }
    return embedding;
  }
}
