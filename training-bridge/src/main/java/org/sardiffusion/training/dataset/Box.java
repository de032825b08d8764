package org.sardiffusion.training.dataset;

import java.util.Optional;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.raster.Window;

/**
 * A rectangle in pixels; the far edges lie outside. It may be empty, as boxes of annotators are at
 * times.
 *
 * @param xmin first column
 * @param ymin first row
 * @param xmax column after the last, at least {@code xmin}
 * @param ymax row after the last, at least {@code ymin}
 */
public record Box(double xmin, double ymin, double xmax, double ymax) {
  /**
   * @throws DatasetException if its sides are the wrong way round or not numbers
   */
  public Box {
    if (!(xmax >= xmin && ymax >= ymin)) {
      throw new DatasetException(
          Kind.INPUT,
          String.format(
              "[%s, %s, %s, %s] is not a box. Write [xmin, ymin, xmax, ymax], in pixels of the source.",
              xmin, ymin, xmax, ymax));
    }
  }

  /** The same area of an image that was resampled by these factors (output per input pixel). */
  public Box scaled(double factorX, double factorY) {
    return new Box(xmin * factorX, ymin * factorY, xmax * factorX, ymax * factorY);
  }

  /** The whole pixels of a window that the box touches, in pixels of that window. */
  public Optional<Box> within(Window window) {
    double left = Math.max(0, Math.floor(xmin - window.x()));
    double top = Math.max(0, Math.floor(ymin - window.y()));
    double right = Math.min(window.width(), Math.ceil(xmax - window.x()));
    double bottom = Math.min(window.height(), Math.ceil(ymax - window.y()));
    return xmax > xmin && ymax > ymin && right > left && bottom > top
        ? Optional.of(new Box(left, top, right, bottom))
        : Optional.empty();
  }
}
