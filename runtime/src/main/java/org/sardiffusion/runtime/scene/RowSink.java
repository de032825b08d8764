package org.sardiffusion.runtime.scene;

/** Takes the rows of an image, from the top to the bottom. */
@FunctionalInterface
public interface RowSink {
  /**
   * Takes the next rows.
   *
   * @param count how many, at least 1
   * @param amplitude in [0,1], row by row from index 0; the array is used again afterwards
   */
  void write(int count, float[] amplitude) throws java.io.IOException;
}
