package org.sardiffusion.geo;

import org.sardiffusion.core.SarDiffusionException;

/** What was asked for does not fit the file format: an unknown ending, a type it cannot hold. */
public final class UnsupportedFormatException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public UnsupportedFormatException(String message) {
    super(Kind.USAGE, message);
  }
}
