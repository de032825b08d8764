package org.sardiffusion.evaluation.plot;

/** Colours that stay apart for colour-blind readers (M. Okabe and K. Ito, 2008), on white. */
public final class Palette {
  /** Of real images. */
  public static final String REAL = "#333333";

  /** Of the limits that real images keep. */
  public static final String REAL_LIMITS = "#b0b0b0";

  static final String INK = "#222222";
  static final String FAINT = "#d9d9d9";
  static final String GREY = "#666666";

  private static final String[] SETS = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d00", "#7b3fa0"
  };

  private Palette() {}

  /** The colour of the generated set of an index; they repeat after eight. */
  public static String set(int index) {
    return SETS[index % SETS.length];
  }
}
