package org.sardiffusion.evaluation.twosample;

/** The area under a ROC curve, from ranks (H. B. Mann and D. R. Whitney, 1947). */
final class RocArea {
  private RocArea() {}

  /**
   * How often a value of the second sample is larger than one of the first, ties half.
   *
   * @param first ascending, not empty
   * @param second ascending, not empty
   */
  static double of(double[] first, double[] second) {
    double wins = 0;
    int below = 0;
    int notAbove = 0;
    for (double value : second) {
      while (below < first.length && first[below] < value) {
        below++;
      }
      notAbove = Math.max(notAbove, below);
      while (notAbove < first.length && first[notAbove] <= value) {
        notAbove++;
      }
      wins += (below + notAbove) / 2.0;
    }
    return wins / ((double) first.length * second.length);
  }
}
