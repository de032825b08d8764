package org.sardiffusion.pipelines.plan;

import org.sardiffusion.runtime.SarDiffusionException;

/** A batch that can't be planned or continued; the message says why, and what to do. */
public class BatchException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public BatchException(String message) {
    super(message);
  }

  public BatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
