package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** An image can't be refined as it is asked for; the message says what would do. */
public final class RefinementException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public RefinementException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  RefinementException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }
}
