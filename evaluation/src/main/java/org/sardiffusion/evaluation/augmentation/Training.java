package org.sardiffusion.evaluation.augmentation;

/** What a classifier of labels has learned from. */
public enum Training {
  REAL("real only"),
  GENERATED("generated only"),
  BOTH("real and generated");

  private final String label;

  Training(String label) {
    this.label = label;
  }

  /** The name in reports. */
  public String label() {
    return label;
  }
}
