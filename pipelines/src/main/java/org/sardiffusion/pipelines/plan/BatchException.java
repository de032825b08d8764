package org.sardiffusion.pipelines.plan;

import org.sardiffusion.core.SarDiffusionException;

/** A batch that can't be planned or continued; the message says why, and what to do. */
public class BatchException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public BatchException(String message) {
    this(Kind.FAILURE, message);
  }

  public BatchException(String message, Throwable cause) {
    this(Kind.FAILURE, message, cause);
  }

  protected BatchException(Kind kind, String message) {
    super(kind, message);
  }

  protected BatchException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
