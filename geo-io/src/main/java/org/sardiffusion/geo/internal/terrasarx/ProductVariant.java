package org.sardiffusion.geo.internal.terrasarx;

/** The kinds of level 1b products. */
public enum ProductVariant {
  /** Single-look complex, slant range. */
  SSC,
  /** Detected, ground range. */
  MGD,
  /** Detected, on a map, placed on the ellipsoid. */
  GEC,
  /** Detected, on a map, corrected for the terrain. */
  EEC;

  /** Whether pixels lie on a map grid. */
  public boolean isOnMap() {
    return this == GEC || this == EEC;
  }
}
