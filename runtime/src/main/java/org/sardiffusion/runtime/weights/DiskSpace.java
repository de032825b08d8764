package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Room on the disk of a folder. */
final class DiskSpace {
  private DiskSpace() {}

  /**
   * @param remedy what to do when there is too little
   */
  static void require(Path folder, long bytes, String remedy) {
    long available = available(folder);
    if (available < bytes) {
      throw new WeightsException(
          folder,
          String.format(
              "has too little disk space: %s needed, %s available",
              inUnits(bytes), inUnits(available)),
          remedy);
    }
  }

  private static long available(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      // Some network file systems don't tell; writing will.
      return Long.MAX_VALUE;
    }
  }

  /** Decimal units, as disks are sold and as file managers show them. */
  private static String inUnits(long bytes) {
    return bytes < 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
