package org.sardiffusion.runtime.diffusion;

import java.util.List;
import org.sardiffusion.core.raster.Window;

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
   * @param window latent pixels of the whole scene
   * @return those with any weight in the window, ordered by index; their weights sum to 1 in every
   *     latent pixel. The same place always has the same weights, whatever the window.
   */
  List<Share> shares(Window window);

  /**
   * A prompt's part in a window.
   *
   * @param prompt index into {@link #prompts()}
   * @param weights [height, width], C order, in [0,1]
   */
  record Share(int prompt, float[] weights) {}
}
