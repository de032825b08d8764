package org.sardiffusion.geo;

/** What was asked for does not fit the file format: an unknown ending, a type it cannot hold. */
public final class UnsupportedFormatException extends GeoIoException {
  private static final long serialVersionUID = 1L;

  public UnsupportedFormatException(String message) {
    super(message);
  }
}
