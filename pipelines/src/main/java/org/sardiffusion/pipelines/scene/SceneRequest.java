package org.sardiffusion.pipelines.scene;

import java.util.Optional;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;
import org.sardiffusion.runtime.diffusion.Origin;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.scene.SceneWindow;

/**
 * A scene to make.
 *
 * @param sampling the whole scene's size in pixels, any; seed, steps, sampler, guidance; its prompt
 *     does not count
 * @param prompts what is where
 * @param window the part to make, pixels of the scene, which has the same pixels as in the whole;
 *     empty makes all of it
 * @param output where it goes
 */
public record SceneRequest(
    DiffusionRequest sampling,
    ScenePrompts prompts,
    Optional<SceneWindow> window,
    SceneOutput output) {
  /**
   * @throws SceneException if the sampling is of several images, or from or after others
   */
  public SceneRequest {
    if (sampling.count() != 1
        || !(sampling.origin() instanceof Origin.Noise)
        || sampling.control().isPresent()
        || sampling.cover().isPresent()) {
      throw new SceneException(
          "A scene is one image, made from noise alone: without --count, init and control images.");
    }
    window.ifPresent(w -> requireWithin(w, sampling));
  }

  private static void requireWithin(SceneWindow window, DiffusionRequest sampling) {
    if (window.right() > sampling.size().width() || window.bottom() > sampling.size().height()) {
      throw new SceneException(
          "The window reaches to column "
              + window.right()
              + " and row "
              + window.bottom()
              + ", but the scene has "
              + sampling.size()
              + " pixels.");
    }
  }

  /** What is made, pixels of the scene. */
  SceneWindow made() {
    return window.orElse(new SceneWindow(0, 0, sampling.size().width(), sampling.size().height()));
  }
}
