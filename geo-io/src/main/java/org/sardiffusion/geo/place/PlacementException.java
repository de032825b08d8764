package org.sardiffusion.geo.place;

import org.sardiffusion.geo.GeoIoException;

/** A coordinate system, an origin or a pixel size that makes no sense, alone or together. */
public final class PlacementException extends GeoIoException {
  private static final long serialVersionUID = 1L;

  public PlacementException(String message) {
    super(message);
  }

  public PlacementException(String message, Throwable cause) {
    super(message, cause);
  }
}
