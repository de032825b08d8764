package org.sardiffusion.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.cli.Quantity;
import org.sardiffusion.core.io.DiskSpace;

/** Where images go when nobody names a folder. */
final class WorkingFolder implements Examination {
  private static final String SUBJECT = "Working folder";
  private static final double ROOM = 1e9;

  @Override
  public List<Finding> findings() {
    Path folder = Path.of("").toAbsolutePath();
    long free = DiskSpace.free(folder);
    String found = "%s, %s free".formatted(folder, Quantity.bytes(free));
    if (!Files.isWritable(folder)) {
      return List.of(
          Finding.limited(
              SUBJECT, found + ", but it can't be written", "Name a folder of yours with --out."));
    }
    return List.of(
        free >= ROOM
            ? Finding.ok(SUBJECT, found)
            : Finding.limited(SUBJECT, found, "Free some space, or write elsewhere with --out."));
  }
}
