package org.sardiffusion.pipelines.internal.map;

import java.io.IOException;
import java.nio.file.Path;
import org.sardiffusion.geo.table.ListFile;

/** What holds of every text file of a prompt map before it is read. */
final class MapFile {
  private MapFile() {}

  /**
   * A file that is there and not too large.
   *
   * @param what it should be, such as {@code "a list of positions"}
   * @throws org.sardiffusion.geo.TableException if it is missing, no file, empty, or too large
   */
  static ListFile of(Path file, String what) {
    ListFile list =
        new ListFile(
            file,
            what,
            "Cut it to the scene and simplify it (in GDAL: ogr2ogr -clipsrc, -simplify), or draw it"
                + " as a label raster (gdal_rasterize).");
    list.check();
    return list;
  }

  static PromptMapException unreadable(Path file, IOException e) {
    return new PromptMapException("Can't read " + file + ": " + e.getMessage() + ".", e);
  }
}
