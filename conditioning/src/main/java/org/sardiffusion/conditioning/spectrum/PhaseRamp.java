package org.sardiffusion.conditioning.spectrum;

/** A table of {@code exp(2 pi i frequency n)} for n = 0, 1, ..., which moves spectra about. */
final class PhaseRamp {
  private final float[] table;

  private PhaseRamp(float[] table) {
    this.table = table;
  }

  static PhaseRamp of(double frequency, int length) {
    float[] table = new float[2 * length];
    for (int n = 0; n < length; n++) {
      // Whole turns are taken off before the sine: its argument stays small and exact.
      double turns = frequency * n;
      double angle = 2 * Math.PI * (turns - Math.rint(turns));
      table[2 * n] = (float) Math.cos(angle);
      table[2 * n + 1] = (float) Math.sin(angle);
    }
    return new PhaseRamp(table);
  }

  float re(int n) {
    return table[2 * n];
  }

  float im(int n) {
    return table[2 * n + 1];
  }

  /** Multiplies the samples that start at an index by the ramp. */
  void multiply(float[] samples, int at) {
    for (int i = 0; i < table.length; i += 2) {
      float re = samples[at + i];
      float im = samples[at + i + 1];
      samples[at + i] = re * table[i] - im * table[i + 1];
      samples[at + i + 1] = re * table[i + 1] + im * table[i];
    }
  }

  /** Multiplies the samples that start at an index by the ramp and by one more complex number. */
  void multiplyTurned(float[] samples, int at, float turnRe, float turnIm) {
    for (int i = 0; i < table.length; i += 2) {
      float c = table[i] * turnRe - table[i + 1] * turnIm;
      float s = table[i] * turnIm + table[i + 1] * turnRe;
      float re = samples[at + i];
      float im = samples[at + i + 1];
      samples[at + i] = re * c - im * s;
      samples[at + i + 1] = re * s + im * c;
    }
  }
}
