package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;
import java.util.List;
import org.sardiffusion.core.raster.Window;

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
  public List<Share> shares(Window window) {
    float[] ones = new float[window.width() * window.height()];
    Arrays.fill(ones, 1);
    return List.of(new Share(0, ones));
  }
}
