package org.sardiffusion.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on a disk. */
public final class DiskSpace {
  private DiskSpace() {}

  /**
   * Bytes that this process may still write where a path lies, which need not exist yet; {@link
   * Long#MAX_VALUE} where the system doesn't tell, as some network file systems: writing will.
   */
  public static long free(Path path) {
    for (Path p = path.toAbsolutePath(); p != null; p = p.getParent()) {
      try {
        if (Files.exists(p)) {
          return Files.getFileStore(p).getUsableSpace();
        }
      } catch (IOException e) {
        return Long.MAX_VALUE;
      }
    }
    return Long.MAX_VALUE;
  }

  /**
   * Finds out, before long work, whether its result will fit.
   *
   * @param what is to be written there: begins the message
   * @param remedy what to do when it doesn't fit: a whole sentence
   * @throws DiskFullException if it doesn't
   */
  public static void require(Path folder, long bytes, String what, String remedy) {
    long free = free(folder);
    if (free < bytes) {
      throw new DiskFullException(folder, bytes, free, what, remedy);
    }
  }
}
