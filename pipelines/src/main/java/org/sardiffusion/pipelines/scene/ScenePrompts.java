package org.sardiffusion.pipelines.scene;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.pipelines.internal.map.PromptMap;
import org.sardiffusion.runtime.diffusion.PromptField;
import org.sardiffusion.runtime.diffusion.UniformPrompt;

/**
 * What a scene shows where.
 *
 * @param field the prompts and their places
 * @param source where that was said; it goes into the recipe, and a scene that was begun with
 *     another is not continued
 * @param layout how the source was laid over the scene, which likewise decides on its pixels; empty
 *     where there is but one prompt
 */
public record ScenePrompts(PromptField field, PromptSource source, Optional<Layout> layout) {

  /**
   * A prompt map on a scene.
   *
   * @param blend width of the transition between regions, metres
   * @param sha256 of the region of every latent pixel
   */
  public record Layout(double blend, String sha256) {}

  /** What the user should know of the map: one sentence each. */
  public List<String> warnings() {
    return field instanceof PromptMap map ? map.warnings() : List.of();
  }

  /** One prompt everywhere. */
  public static ScenePrompts of(String prompt) {
    return new ScenePrompts(new UniformPrompt(prompt), PromptSource.of(prompt), Optional.empty());
  }
}
