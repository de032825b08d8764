package org.sardiffusion.runtime.weights;

/**
 * One weight on its way into the converted data file.
 *
 * @param length bytes to read from {@code source}
 * @param target offset of the first byte written
 */
record WeightCopy(WeightBytes source, long length, long target, Encoding encoding) {

  /** What becomes of the bytes. */
  enum Encoding {
    /** They are kept. */
    AS_IS(1),
    /** Half precision becomes single precision. */
    WIDENED(2);

    private final int growth;

    Encoding(int growth) {
      this.growth = growth;
    }

    /** Bytes written for each byte read. */
    int growth() {
      return growth;
    }
  }

  /** Bytes to write. */
  long targetLength() {
    return length * encoding.growth();
  }
}
