package org.sardiffusion.geo.internal.terrasarx;

/** The direction of flight. */
public enum PassDirection {
  /** Northwards. */
  ASCENDING,
  /** Southwards. */
  DESCENDING
}
