package org.sardiffusion.geo;

/**
 * Base of every error of this module that its user can act upon.
 *
 * <p>The message says what happened, where, and what to do; it is meant to be shown as it is.
 */
public abstract class GeoIoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected GeoIoException(String message) {
    super(message);
  }

  protected GeoIoException(String message, Throwable cause) {
    super(message, cause);
  }
}
