package org.sardiffusion.core.raster;

import org.sardiffusion.core.SarDiffusionException;

/** A size or a part of an image that there can't be. */
public final class RasterException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public RasterException(String message) {
    super(Kind.USAGE, message);
  }
}
