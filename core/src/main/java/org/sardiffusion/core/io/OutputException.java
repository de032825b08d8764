package org.sardiffusion.core.io;

import org.sardiffusion.core.SarDiffusionException;

/** A file could not be written: its folder, its name or its disk refused. */
public class OutputException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public OutputException(String message) {
    super(Kind.RESOURCE, message);
  }

  public OutputException(String message, Throwable cause) {
    super(Kind.RESOURCE, message, cause);
  }
}
