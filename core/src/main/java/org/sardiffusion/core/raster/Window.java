package org.sardiffusion.core.raster;

/**
 * A part of an image, in its pixels or its latent pixels.
 *
 * @param x left column, from 0
 * @param y upper row, from 0
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Window(int x, int y, int width, int height) {
  /**
   * @throws RasterException if it is empty, begins left of or above the image, or ends beyond what
   *     can be counted
   */
  public Window {
    if (x < 0
        || y < 0
        || width < 1
        || height < 1
        || x > Integer.MAX_VALUE - width
        || y > Integer.MAX_VALUE - height) {
      throw new RasterException(
          "A window begins at column and row 0 or beyond and has at least one pixel, so it can't be "
              + text(x, y, width, height)
              + " (x, y, width, height).");
    }
  }

  /** From one corner to the one behind the opposite. */
  public static Window between(int left, int top, int right, int bottom) {
    return new Window(left, top, right - left, bottom - top);
  }

  public Size size() {
    return new Size(width, height);
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
  public boolean contains(Window other) {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }

  /**
   * What lies in both.
   *
   * @throws RasterException if nothing does
   */
  public Window intersection(Window other) {
    return between(
        Math.max(x, other.x),
        Math.max(y, other.y),
        Math.min(right(), other.right()),
        Math.min(bottom(), other.bottom()));
  }

  /** The same part of an image of so many times as many pixels a side. */
  public Window times(int factor) {
    return new Window(
        Math.multiplyExact(x, factor),
        Math.multiplyExact(y, factor),
        Math.multiplyExact(width, factor),
        Math.multiplyExact(height, factor));
  }

  /**
   * Refuses to reach beyond an image.
   *
   * @throws RasterException if it does
   */
  public void requireWithin(Size image) {
    if (right() > image.width() || bottom() > image.height()) {
      throw new RasterException(
          "The window " + this + " reaches beyond the image of " + image + " pixels.");
    }
  }

  @Override
  public String toString() {
    return text(x, y, width, height);
  }

  private static String text(int x, int y, int width, int height) {
    return x + "," + y + "," + width + "," + height;
  }
}
