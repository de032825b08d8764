package org.sardiffusion.runtime.scene;

import java.util.Arrays;
import java.util.List;

/**
 * One prompt everywhere.
 *
 * @param prompt what the scene shows
 */
public record UniformPrompt(String prompt) implements PromptField {
  @Override
  public List<String> prompts() {
    return List.of(prompt);
  }

  @Override
  public List<Share> shares(int x, int y, int width, int height) {
    float[] ones = new float[width * height];
    Arrays.fill(ones, 1);
    return List.of(new Share(0, ones));
  }
}
