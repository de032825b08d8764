package org.sardiffusion.pipelines.refinement;

/**
 * A part of an input image.
 *
 * @param x left column, from 0
 * @param y upper row, from 0
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Window(int x, int y, int width, int height) {
  /**
   * @throws RefinementException if it is empty or begins outside an image
   */
  public Window {
    if (x < 0 || y < 0 || width < 1 || height < 1) {
      throw new RefinementException(
          "A window begins at column and row 0 or beyond and has at least one pixel, so not "
              + x
              + ","
              + y
              + ","
              + width
              + ","
              + height
              + " (X,Y,WIDTH,HEIGHT).");
    }
  }

  /** Refuses to reach beyond an image. */
  void requireWithin(int columns, int rows) {
    if ((long) x + width > columns || (long) y + height > rows) {
      throw new RefinementException(
          "The window "
              + x
              + ","
              + y
              + ","
              + width
              + ","
              + height
              + " reaches beyond the image of "
              + columns
              + "x"
              + rows
              + " pixels.");
    }
  }
}
