package org.sardiffusion.training.dataset;

import java.util.Locale;

/** Why a patch does not enter the training set. */
public enum DropReason {
  /** Pixels without data. */
  NODATA,
  /** Nearly all pixels have one grey level. */
  BLANK,
  /** Too many pixels are clipped at 1. */
  SATURATED,
  /** Neighbouring pixels hardly differ: the speckle is gone. */
  BLURRED,
  /** The same pixels as an earlier patch. */
  DUPLICATE,
  /** Nearly the same picture as an earlier patch. */
  NEAR_DUPLICATE,
  /** No caption, and the user chose to do without such patches. */
  UNCAPTIONED;

  /** Lower case, as files and tables have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
