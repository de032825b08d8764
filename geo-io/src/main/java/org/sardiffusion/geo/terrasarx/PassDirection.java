package org.sardiffusion.geo.terrasarx;

/** The direction of flight. */
public enum PassDirection {
  /** Northwards. */
  ASCENDING,
  /** Southwards. */
  DESCENDING
}
