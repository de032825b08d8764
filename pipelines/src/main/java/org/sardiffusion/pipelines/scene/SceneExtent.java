package org.sardiffusion.pipelines.scene;

import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * How large a scene is, and which part of it is made.
 *
 * @param size of the whole scene, pixels, any
 * @param window the part to make, pixels of the scene, which has the same pixels as in the whole;
 *     empty makes all of it
 */
public record SceneExtent(Size size, Optional<Window> window) {
  /** A larger side is a mistake, and more than most programs open. */
  private static final int LARGEST_SIDE = 1 << 20;

  /**
   * @throws SceneException if a side is longer than a scene may be, or the window reaches beyond
   *     the scene
   */
  public SceneExtent {
    if (Math.max(size.width(), size.height()) > LARGEST_SIDE) {
      throw new SceneException(
          "A scene may have up to "
              + LARGEST_SIDE
              + " pixels on a side, but "
              + size
              + " are asked for. Make several scenes.");
    }
    window.ifPresent(part -> requireWithin(part, size));
  }

  private static void requireWithin(Window window, Size size) {
    if (window.right() > size.width() || window.bottom() > size.height()) {
      throw new SceneException(
          "The window reaches to column "
              + window.right()
              + " and row "
              + window.bottom()
              + ", but the scene has "
              + size
              + " pixels.");
    }
  }

  /** All of a scene. */
  public static SceneExtent whole(Size size) {
    return new SceneExtent(size, Optional.empty());
  }

  /** What is made, pixels of the scene. */
  public Window made() {
    return window.orElse(size.window());
  }
}
