package org.sardiffusion.geo;

/** How a file stores one amplitude. */
public enum SampleType {
  /** IEEE float, 32 bits: the amplitude itself. */
  FLOAT32(4, 1),
  /** Unsigned 16 bits: amplitude times 65535, rounded to nearest, halves to even. */
  UINT16(2, 65535),
  /** Unsigned 8 bits: amplitude times 255, rounded to nearest, halves to even (as NumPy rounds). */
  UINT8(1, 255);

  private final int bytes;
  private final int maximum;

  SampleType(int bytes, int maximum) {
    this.bytes = bytes;
    this.maximum = maximum;
  }

  /** Bytes per sample. */
  public int bytes() {
    return bytes;
  }

  /** The stored value of amplitude 1. */
  public int maximum() {
    return maximum;
  }

  /** Whether amplitudes are rounded to whole steps. */
  public boolean isInteger() {
    return this != FLOAT32;
  }

  /** What one stored step is worth: {@code amplitude = stored * scale}. */
  public double scale() {
    return 1.0 / maximum;
  }

  /**
   * The stored integer of an amplitude.
   *
   * @param amplitude in [0,1]
   * @throws IllegalStateException for {@link #FLOAT32}, which has no integers
   */
  public int quantise(float amplitude) {
    if (!isInteger()) {
      throw new IllegalStateException("FLOAT32 stores amplitudes as they are");
    }
    // float arithmetic and halves to even: what (image * 255).round() does in NumPy and diffusers.
    return (int) Math.rint(amplitude * (float) maximum);
  }
}
