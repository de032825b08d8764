package org.sardiffusion.geo;

import java.nio.file.Path;
import org.sardiffusion.core.SarDiffusionException;

/** A sidecar cannot be read, or says what cannot be. */
public final class SidecarException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file the sidecar
   * @param problem what is wrong with it, and what to do
   */
  public SidecarException(Path file, String problem) {
    super(Kind.INPUT, "In the sidecar " + file + ": " + problem);
  }

  /**
   * @param file the sidecar
   * @param problem what is wrong with it, and what to do
   * @param cause the YAML parser's error
   */
  public SidecarException(Path file, String problem, Throwable cause) {
    super(Kind.INPUT, "In the sidecar " + file + ": " + problem, cause);
  }
}
