package org.sardiffusion.runtime.scene;

import java.util.List;

/**
 * Which prompt holds where in a scene.
 *
 * <p>In a latent pixel the noise prediction is the mean of the prompts' predictions, weighed as
 * here (Jimenez 2023, "Mixture of Diffusers", arXiv 2302.02412, section 3): regions blend where
 * weights pass from one prompt to the next.
 */
public interface PromptField {
  /** All prompts of the scene, at least one, none twice. */
  List<String> prompts();

  /**
   * The prompts of a window of the scene.
   *
   * @param x left column of the window, latent pixels of the whole scene
   * @param y upper row
   * @param width columns, at least 1
   * @param height rows, at least 1
   * @return those with any weight in the window, ordered by index; their weights sum to 1 in every
   *     latent pixel. The same place always has the same weights, whatever the window.
   */
  List<Share> shares(int x, int y, int width, int height);

  /**
   * A prompt's part in a window.
   *
   * @param prompt index into {@link #prompts()}
   * @param weights [height, width], C order, in [0,1]
   */
  record Share(int prompt, float[] weights) {}
}
