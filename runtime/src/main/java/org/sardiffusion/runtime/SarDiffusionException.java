package org.sardiffusion.runtime;

/**
 * Base of every error of this library that its user can act upon.
 *
 * <p>The message says what happened, where, and what to do; it is meant to be shown as it is. Each
 * room has one subclass, so that a program can tell a broken bundle from a bad prompt.
 */
public abstract class SarDiffusionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected SarDiffusionException(String message) {
    super(message);
  }

  protected SarDiffusionException(String message, Throwable cause) {
    super(message, cause);
  }
}
