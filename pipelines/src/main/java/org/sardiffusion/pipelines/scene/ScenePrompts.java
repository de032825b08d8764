package org.sardiffusion.pipelines.scene;

import java.util.List;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.runtime.scene.PromptField;
import org.sardiffusion.runtime.scene.UniformPrompt;

/**
 * What a scene shows where.
 *
 * @param field the prompts and their places
 * @param files what the field was read from; they go into the recipe, and a scene that was begun
 *     with others is not continued
 */
public record ScenePrompts(PromptField field, List<InputFile> files) {
  public ScenePrompts {
    files = List.copyOf(files);
  }

  /** One prompt everywhere. */
  public static ScenePrompts of(String prompt) {
    return new ScenePrompts(new UniformPrompt(prompt), List.of());
  }
}
