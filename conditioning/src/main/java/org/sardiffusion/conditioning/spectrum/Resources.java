package org.sardiffusion.conditioning.spectrum;

import java.nio.file.Path;

/**
 * What the resampling of an image may use of the machine.
 *
 * @param threads how many threads, at least 1
 * @param heapBytes how much memory for buffers, at least 16 MiB; an image whose intermediate result
 *     needs more goes to disk. Sources and sinks that hold a whole image are not counted.
 * @param scratchFolder an existing folder for the intermediate files, which are gone afterwards
 */
public record Resources(int threads, long heapBytes, Path scratchFolder) {
  private static final long LEAST_HEAP = 16L << 20;

  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public Resources {
    if (threads < 1 || heapBytes < LEAST_HEAP) {
      throw new IllegalArgumentException(
          "Resampling needs at least 1 thread and 16 MiB, not "
              + threads
              + " threads and "
              + heapBytes
              + " bytes");
    }
  }

  /** Two threads, 512 MiB, the system's temporary folder. */
  public static Resources standard() {
    return new Resources(2, 512L << 20, Path.of(System.getProperty("java.io.tmpdir")));
  }
}
