package org.sardiffusion.core.io;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The one move that makes a complete file or folder appear under its name. */
public final class AtomicMove {
  private AtomicMove() {}

  /**
   * Renames a file, over a former one of that name, or a folder, to a name that is free. Where the
   * file system can't do it in one step, it is done in two.
   *
   * @param complete lies on the same disk as the target
   * @throws IOException if it can't be moved; also if a folder that isn't empty has the name
   */
  public static void move(Path complete, Path target) throws IOException {
    try {
      Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(complete, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
