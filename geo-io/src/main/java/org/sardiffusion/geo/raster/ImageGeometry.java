package org.sardiffusion.geo.raster;

/** The surface that the rows and columns of a radar image measure. */
public enum ImageGeometry {
  /** Distance from the sensor against distance along its track. */
  SLANT,
  /** Distances on the ground, map-projected or not. */
  GROUND
}
