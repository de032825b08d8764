package org.sardiffusion.pipelines.scene.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What holds of every text file of a prompt map before it is read. */
final class MapFile {
  /** Some two million points of outlines. */
  static final long LARGEST_BYTES = 64L << 20;

  private MapFile() {}

  /**
   * Checks a file.
   *
   * @param what it should be, such as {@code "a list of positions"}
   * @throws PromptMapException if it is missing, no file, empty, or too large
   */
  static void check(Path file, String what) {
    if (!Files.exists(file)) {
      throw new PromptMapException("There is no file " + file + ".");
    }
    if (!Files.isRegularFile(file)) {
      throw new PromptMapException(file + " is not a file: name " + what + ".");
    }
    long size = size(file);
    if (size == 0) {
      throw new PromptMapException(file + " is empty: it should be " + what + ".");
    }
    if (size > LARGEST_BYTES) {
      throw new PromptMapException(
          file
              + " has "
              + (size >> 20)
              + " MiB, more than the "
              + (LARGEST_BYTES >> 20)
              + " MiB that "
              + what
              + " may have. Cut it to the scene and simplify it (in GDAL: ogr2ogr -clipsrc,"
              + " -simplify), or draw it as a label raster (gdal_rasterize).");
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static PromptMapException unreadable(Path file, IOException e) {
    return new PromptMapException("Can't read " + file + ": " + e.getMessage() + ".", e);
  }

  /** What a file name ends with, in lower case, without the dot. */
  static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
