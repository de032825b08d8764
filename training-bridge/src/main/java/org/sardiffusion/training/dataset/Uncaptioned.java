package org.sardiffusion.training.dataset;

/** What becomes of a patch that neither a list nor a captioner has words for. */
public enum Uncaptioned {
  /** The build ends with an error that names such patches. */
  FAIL,
  /** It is left out, and counted. */
  SKIP,
  /** It enters with an empty caption and no label. */
  EMPTY
}
