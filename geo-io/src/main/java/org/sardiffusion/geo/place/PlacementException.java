package org.sardiffusion.geo.place;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A coordinate system, an origin or a pixel size that makes no sense, alone or together. */
public final class PlacementException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public PlacementException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  public PlacementException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }
}
