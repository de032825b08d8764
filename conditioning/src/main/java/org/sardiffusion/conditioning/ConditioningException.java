package org.sardiffusion.conditioning;

/**
 * Base of every error of this module that its user can act upon.
 *
 * <p>The message says what happened, where, and what to do; it is meant to be shown as it is.
 */
public abstract class ConditioningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected ConditioningException(String message) {
    super(message);
  }

  protected ConditioningException(String message, Throwable cause) {
    super(message, cause);
  }
}
