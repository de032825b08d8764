package org.sardiffusion.geo.internal.terrasarx;

/** Which way round an image that is on no map is read. */
public enum Orientation {
  /** The earliest line first, the nearest range first: as the radar sees. */
  SENSOR,
  /** North roughly up, east roughly right: as a map shows it. */
  MAP
}
