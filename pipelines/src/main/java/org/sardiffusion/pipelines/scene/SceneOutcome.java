package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.SceneCost;

/**
 * A scene that was made.
 *
 * @param files what was written, the image first
 * @param size of the image, pixels
 * @param recipe what makes it again, JSON
 * @param cost what it took at most
 * @param seconds where the time of this run went
 */
public record SceneOutcome(
    List<Path> files, Size size, RecordedRecipe recipe, SceneCost cost, Seconds seconds) {
  public SceneOutcome {
    files = List.copyOf(files);
  }

  /**
   * Seconds of a run.
   *
   * @param denoise reverse diffusion
   * @param decode decoding and writing
   */
  public record Seconds(double denoise, double decode) {}
}
