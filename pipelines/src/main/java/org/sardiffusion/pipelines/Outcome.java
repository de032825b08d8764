package org.sardiffusion.pipelines;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.StageSeconds;

/**
 * What a generation left behind.
 *
 * @param outputs what was written, image by image
 * @param latents the latents, where they were asked for
 * @param recipe what makes the images again
 * @param stages where the time went in the model
 * @param writeSeconds time spent writing files
 */
public record Outcome(
    List<Output> outputs,
    Optional<Path> latents,
    RecordedRecipe recipe,
    StageSeconds stages,
    double writeSeconds) {

  /**
   * One image, or one stack of them.
   *
   * @param files the image first, then what lies beside it
   * @param seed of the (first) image
   */
  public record Output(List<Path> files, long seed) {}
}
