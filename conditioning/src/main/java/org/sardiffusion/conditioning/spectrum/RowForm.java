package org.sardiffusion.conditioning.spectrum;

/**
 * What the rows of an image are between the two halves of their resampling: rows of complex
 * columns, which are resampled along the other axis meanwhile.
 *
 * <p>Rows are worked on {@link #rows} at a time, from a strip in which they lie one after the other
 * as the source gives them and the sink takes them. The complex columns are handed over in tiles:
 * {@link #rows} rows of {@link org.sardiffusion.conditioning.fourier.Lanes#COUNT} columns, each row
 * of a tile a vector.
 */
interface RowForm {
  /** Rows that are worked on together. */
  int rows();

  /** Complex columns. */
  int columns();

  /** Vectors that {@link #analyse} and {@link #toTile} work on. */
  int analysisVectors();

  /** Vectors that {@link #fromTile} and {@link #synthesise} work on. */
  int synthesisVectors();

  /**
   * Takes a strip of {@link #rows} rows to pieces.
   *
   * @return whether all samples were finite numbers
   */
  boolean analyse(Strip strip, float[][] x);

  /** Copies the columns of a block, as far as there are any, to a tile. */
  void toTile(Strip strip, float[][] x, int block, float[] tile);

  /** Copies the columns of a block, as far as there are any, from a tile. */
  void fromTile(float[] tile, int block, float[][] y, Strip strip);

  /** Puts a strip of {@link #rows} rows together. */
  void synthesise(float[][] y, Strip strip);
}
