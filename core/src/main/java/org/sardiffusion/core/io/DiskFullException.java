package org.sardiffusion.core.io;

import java.nio.file.Path;
import java.util.Locale;

/** The disk, or the user's quota on it, has no room for a file; nothing of that file is left. */
public final class DiskFullException extends OutputException {
  private static final long serialVersionUID = 1L;

  /**
   * @param target the file that was to be written
   * @param neededBytes an upper bound of its size
   * @param availableBytes what the disk offers once the partial file is gone
   * @param cause what the operating system said
   */
  public DiskFullException(Path target, long neededBytes, long availableBytes, Throwable cause) {
    super(
        "No space left to write "
            + target
            + ": it needs up to "
            + size(neededBytes)
            + ", and "
            + size(availableBytes)
            + " are free there. Free some space, or write to another disk.",
        cause);
  }

  /**
   * Before anything is written.
   *
   * @param folder where it was to be written
   * @param what was to be written: begins the message
   * @param remedy a whole sentence
   */
  DiskFullException(
      Path folder, long neededBytes, long availableBytes, String what, String remedy) {
    super(
        what
            + " needs "
            + size(neededBytes)
            + " on the disk of "
            + folder
            + ", where "
            + size(availableBytes)
            + " are free. "
            + remedy);
  }

  private static String size(long bytes) {
    if (bytes == Long.MAX_VALUE) {
      return "an unknown number of bytes";
    }
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < 3) {
      value /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, "%.1f %s", value, new String[] {"KiB", "MiB", "GiB", "TiB"}[unit]);
  }
}
