package org.sardiffusion.pipelines.internal.map;

import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.pipelines.scene.SceneFrame;

/**
 * How a prompt map is laid over a scene.
 *
 * @param frame the scene
 * @param blend width of the transition between two regions, metres, at least 0
 * @param background the prompt of what no region covers; empty if everything must be covered
 */
public record PromptMapRequest(SceneFrame frame, double blend, Optional<String> background) {
  /** A transition of so many latent pixels has more taps than a scene has use for. */
  private static final int WIDEST_CELLS = 1024;

  /**
   * @throws PromptMapException if the width of the transition can't be
   */
  public PromptMapRequest {
    double widest = WIDEST_CELLS * frame.factor() * frame.spacing();
    if (!(blend >= 0 && blend <= widest)) {
      throw new PromptMapException(
          "Regions blend over 0 to " + Math.round(widest) + " m, not " + blend + " m.",
          Remedy.choose("blend"));
    }
  }
}
