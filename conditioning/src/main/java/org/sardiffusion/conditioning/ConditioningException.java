package org.sardiffusion.conditioning;

import org.sardiffusion.core.SarDiffusionException;

/** An image that can't be worked with, or no room to work with it. */
public abstract class ConditioningException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  protected ConditioningException(Kind kind, String message) {
    super(kind, message);
  }

  protected ConditioningException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
