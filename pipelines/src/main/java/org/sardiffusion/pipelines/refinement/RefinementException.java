package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.runtime.SarDiffusionException;

/** An image can't be refined as it is asked for; the message says what would do. */
public final class RefinementException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public RefinementException(String message) {
    super(message);
  }

  RefinementException(String message, Throwable cause) {
    super(message, cause);
  }
}
