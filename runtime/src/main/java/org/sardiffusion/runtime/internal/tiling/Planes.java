package org.sardiffusion.runtime.internal.tiling;

import org.sardiffusion.core.raster.Window;

/**
 * Several planes of a part of a whole, such as the channels of some rows of latents.
 *
 * @param window the part of the whole
 * @param values [planes, height, width] of the window; not copied
 */
public record Planes(Window window, float[] values) {
  /**
   * @throws IllegalArgumentException if the values are not a whole number of planes
   */
  public Planes {
    if (values.length % ((long) window.width() * window.height()) != 0) {
      throw new IllegalArgumentException(
          values.length + " values can't be split into planes of " + window);
    }
  }

  /** Empty planes. */
  public static Planes of(Window window, int count) {
    long length = Math.multiplyExact((long) count, (long) window.width() * window.height());
    return new Planes(window, new float[Math.toIntExact(length)]);
  }

  /** How many planes. */
  public int count() {
    return values.length / (window.width() * window.height());
  }

  /**
   * A smaller part: a copy, but for the whole window, which is itself.
   *
   * @param part lies in the window
   */
  public Planes cut(Window part) {
    if (part.equals(window)) {
      return this;
    }
    Planes cut = of(part, count());
    copy(part, cut);
    return cut;
  }

  /**
   * Copies a part that lies in both windows.
   *
   * @param target as many planes
   */
  public void copy(Window part, Planes target) {
    for (int plane = 0; plane < count(); plane++) {
      for (int row = part.y(); row < part.bottom(); row++) {
        System.arraycopy(
            values,
            index(plane, row, part.x()),
            target.values,
            target.index(plane, row, part.x()),
            part.width());
      }
    }
  }

  /** Where in {@link #values} a pixel of the whole lies. */
  public int index(int plane, int row, int column) {
    return (plane * window.height() + row - window.y()) * window.width() + column - window.x();
  }
}
