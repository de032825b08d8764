package org.sardiffusion.pipelines.plan;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A batch that can't be planned or continued; the message says why, and what to do. */
public class BatchException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public BatchException(String message, Remedy... remedies) {
    this(Kind.FAILURE, message, remedies);
  }

  public BatchException(String message, Throwable cause) {
    this(Kind.FAILURE, message, cause);
  }

  protected BatchException(Kind kind, String message, Remedy... remedies) {
    super(kind, message, remedies);
  }

  protected BatchException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
