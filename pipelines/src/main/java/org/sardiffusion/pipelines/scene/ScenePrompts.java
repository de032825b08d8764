package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.scene.map.PromptMap;
import org.sardiffusion.runtime.diffusion.PromptField;
import org.sardiffusion.runtime.diffusion.UniformPrompt;

/**
 * What a scene shows where.
 *
 * @param field the prompts and their places
 * @param files what the field was read from; they go into the recipe, and a scene that was begun
 *     with others is not continued
 * @param layout how the files were laid over the scene, which likewise decides on its pixels; empty
 *     where there is but one prompt
 */
public record ScenePrompts(PromptField field, List<InputFile> files, Optional<Layout> layout) {
  public ScenePrompts {
    files = List.copyOf(files);
  }

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
    return new ScenePrompts(new UniformPrompt(prompt), List.of(), Optional.empty());
  }

  /** A map, and the files that it was read from. */
  public static ScenePrompts of(PromptMap map, List<Path> files) {
    return new ScenePrompts(
        map,
        files.stream().map(InputFile::of).toList(),
        Optional.of(new Layout(map.blend(), map.sha256())));
  }
}
