package org.sardiffusion.conditioning.control;

import java.util.Set;
import java.util.TreeSet;
import org.sardiffusion.conditioning.ConditioningException;

/** A segmentation map holds a label that its palette does not have. */
public final class UnknownLabelException extends ConditioningException {
  private static final long serialVersionUID = 1L;

  /**
   * @param label what was met
   * @param column where
   * @param row where
   * @param known the labels of the palette
   */
  public UnknownLabelException(int label, int column, int row, Set<Integer> known) {
    super(
        Kind.INPUT,
        "The segmentation map has label "
            + label
            + " at column "
            + column
            + ", row "
            + row
            + ", which has no colour. The palette has "
            + new TreeSet<>(known)
            + ": add it there, or correct the map.");
  }
}
