package org.sardiffusion.geo;

import java.nio.file.Path;
import org.sardiffusion.core.SarDiffusionException;

/** A file that was to be read is missing, cut short, or not what its name says. */
public final class MalformedFileException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file the file that was read
   * @param problem what is wrong with it, and what to do
   */
  public MalformedFileException(Path file, String problem) {
    super(Kind.INPUT, "Cannot read " + file + ": " + problem);
  }

  /**
   * @param file the file that was read
   * @param problem what is wrong with it, and what to do
   * @param cause the underlying error
   */
  public MalformedFileException(Path file, String problem, Throwable cause) {
    super(Kind.INPUT, "Cannot read " + file + ": " + problem, cause);
  }
}
