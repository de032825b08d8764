package org.sardiffusion.core.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Keeps what a piece of work writes apart from what it reads, before it begins. */
public final class DistinctFiles {
  private DistinctFiles() {}

  /**
   * Makes sure that every output is a file of its own, whatever links lead to it.
   *
   * @param inputs what is read; they may repeat
   * @param outputs what is written, existing or not
   * @throws OverwriteException if an output is an input too, or two outputs are one file
   */
  public static void require(
      Collection<? extends Path> inputs, Collection<? extends Path> outputs) {
    Set<Path> read = new HashSet<>();
    inputs.forEach(file -> read.add(real(file)));
    Set<Path> written = new HashSet<>();
    for (Path output : outputs) {
      Path file = real(output);
      if (read.contains(file)) {
        throw new OverwriteException(
            "Not writing "
                + output
                + ": it is one of the files that are read for it. Choose another name.");
      }
      if (!written.add(file)) {
        throw new OverwriteException(
            "Not writing " + output + ": two outputs have that name. Choose another for one.");
      }
    }
  }

  /** One name for a file, also for one that is not there yet. */
  private static Path real(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path parent = absolute.getParent();
      return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
    }
  }
}
