package org.sardiffusion.evaluation;

/** Every second source of the real images beside the others. */
final class Halves {
  private final SetStatistics one;
  private final SetStatistics other;
  private SetStatistics turn;
  private String source = "";

  Halves(EvaluationSettings settings) {
    one = new SetStatistics("real, one half", settings);
    other = new SetStatistics("real, split halves", settings);
    turn = other;
  }

  /** Adds the next image; images of one source that follow one another stay together. */
  void add(MeasuredImage image) {
    if (!image.sample().description().source().equals(source)) {
      source = image.sample().description().source();
      turn = turn == one ? other : one;
    }
    turn.add(image);
  }

  Comparison compared() {
    return Comparison.of(one, other);
  }
}
