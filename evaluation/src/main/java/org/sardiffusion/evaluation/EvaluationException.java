package org.sardiffusion.evaluation;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** An evaluation that cannot be done with the images, models or options that were given. */
public final class EvaluationException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public EvaluationException(String message, Remedy... remedies) {
    super(Kind.INPUT, message, remedies);
  }

  public EvaluationException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }
}
