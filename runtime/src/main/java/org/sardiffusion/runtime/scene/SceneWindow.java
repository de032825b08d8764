package org.sardiffusion.runtime.scene;

/**
 * A part of a scene, in its pixels or its latent pixels.
 *
 * @param x left column of the whole scene, from 0
 * @param y upper row
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record SceneWindow(int x, int y, int width, int height) {
  /**
   * @throws SceneException if it is empty, begins left of or above the scene, or ends beyond what
   *     can be counted
   */
  public SceneWindow {
    if (x < 0
        || y < 0
        || width < 1
        || height < 1
        || x > Integer.MAX_VALUE - width
        || y > Integer.MAX_VALUE - height) {
      throw new SceneException(
          "A window of a scene has at least one pixel and begins at 0,0 or beyond, so it can't be "
              + x
              + ","
              + y
              + ","
              + width
              + ","
              + height
              + ".");
    }
  }

  /** The column behind the last. */
  public int right() {
    return x + width;
  }

  /** The row below the last. */
  public int bottom() {
    return y + height;
  }

  /** Whether all of another window lies in this one. */
  public boolean contains(SceneWindow other) {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }

  /** From one corner to the one behind the opposite. */
  static SceneWindow between(int left, int top, int right, int bottom) {
    return new SceneWindow(left, top, right - left, bottom - top);
  }
}
