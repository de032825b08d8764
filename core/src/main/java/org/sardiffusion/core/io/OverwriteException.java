package org.sardiffusion.core.io;

import org.sardiffusion.core.SarDiffusionException;

/**
 * Something would be written in the place of what is read, or of something else that is written.
 */
public final class OverwriteException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public OverwriteException(String message) {
    super(Kind.USAGE, message);
  }
}
