package org.sardiffusion.evaluation.internal.crops;

/** Kinds of features of a crop. */
public enum FeatureGroup {
  SPECTRUM("power spectrum"),
  BLOCKS("block moments"),
  CORRELATIONS("lagged correlations"),
  CO_OCCURRENCE("co-occurrence"),
  AMPLITUDES("amplitude quantiles");

  private final String label;

  FeatureGroup(String label) {
    this.label = label;
  }

  /** The name in reports. */
  public String label() {
    return label;
  }
}
