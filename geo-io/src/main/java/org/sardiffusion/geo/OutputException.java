package org.sardiffusion.geo;

/** A file could not be written: its folder, its name or its disk refused. */
public class OutputException extends GeoIoException {
  private static final long serialVersionUID = 1L;

  public OutputException(String message) {
    super(message);
  }

  public OutputException(String message, Throwable cause) {
    super(message, cause);
  }
}
