package org.sardiffusion.pipelines.list;

/** How the values of several options are combined. */
public enum Combination {
  /** Every value of one option with every value of the others. */
  PRODUCT,
  /**
   * First with first, second with second, and so on; options with one value go with all, the others
   * must have equally many.
   */
  ZIP;

  static Combination parse(String text) {
    for (Combination combination : values()) {
      if (combination.name().equalsIgnoreCase(text)) {
        return combination;
      }
    }
    throw new PromptListException("\"" + text + "\" is not a combination: write product or zip.");
  }
}
