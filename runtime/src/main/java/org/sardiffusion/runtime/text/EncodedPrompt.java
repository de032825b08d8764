package org.sardiffusion.runtime.text;

import java.util.List;

/**
 * A prompt as the UNet reads it.
 *
 * @param hidden hidden states of both text encoders side by side, [tokens, width], C order
 * @param tokens number of token positions, 77 for CLIP
 * @param pooled the second encoder's projected embedding, [pooledWidth]
 * @param warnings what the user should know, such as words that were cut
 */
public record EncodedPrompt(float[] hidden, int tokens, float[] pooled, List<String> warnings) {

  /** Width of each token's embedding. */
  public int width() {
    return hidden.length / tokens;
  }

  /** The same shape, all zeros: what SDXL is guided away from when there is no negative prompt. */
  public EncodedPrompt zeros() {
    return new EncodedPrompt(new float[hidden.length], tokens, new float[pooled.length], List.of());
  }
}
