package org.sardiffusion.conditioning.spectrum;

/** What lies beyond the border of an image while its spectrum is taken. */
public sealed interface Border {
  /** The opposite border: the image is one period of a periodic one, as a plain FFT has it. */
  record Periodic() implements Border {}

  /**
   * The image mirrored in its border (edge pixel repeated), which keeps the opposite border from
   * wrapping around. The mirror images of both ends fade into each other across the padding, so
   * that there is no step anywhere.
   *
   * @param margin padding asked for at each end, pixels of the input, at least 0; more is taken
   *     where that makes the ratio exact or the transform fast
   */
  record Mirror(int margin) implements Border {
    /**
     * @throws IllegalArgumentException if the margin is negative
     */
    public Mirror {
      if (margin < 0) {
        throw new IllegalArgumentException("A margin is at least 0, not " + margin);
      }
    }
  }

  /** The opposite border. */
  static Border periodic() {
    return new Periodic();
  }

  /** Mirrored, 32 pixels at each end: the ringing of a step beyond has decayed to 1 % there. */
  static Border mirror() {
    return new Mirror(32);
  }
}
