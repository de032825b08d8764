package org.sardiffusion.geo.internal.terrasarx;

/** The side of the track that the radar looks to. */
public enum LookDirection {
  LEFT,
  RIGHT
}
