package org.sardiffusion.geo.place;

/**
 * Where the pixels of an image lie, north up: column {@code c}, row {@code r} has its upper left
 * corner at {@code (originX + c * pixelWidth, originY - r * pixelHeight)}.
 */
public sealed interface Placement permits Georeferenced, Unreferenced {
  /** X of the upper left corner of the upper left pixel. */
  double originX();

  /** Y of the upper left corner of the upper left pixel. */
  double originY();

  /** Width of a pixel along X, above 0. */
  double pixelWidth();

  /** Height of a pixel along Y, above 0: rows run south. */
  double pixelHeight();
}
