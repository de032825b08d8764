package org.sardiffusion.training.dataset;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.training.TrainingBridgeException;

/** A training set could not be built as asked; the message says why and what to do. */
public class DatasetException extends TrainingBridgeException {
  private static final long serialVersionUID = 1L;

  public DatasetException(Kind kind, String message, Remedy... remedies) {
    super(kind, message, remedies);
  }

  public DatasetException(Kind kind, String message, Throwable cause, Remedy... remedies) {
    super(kind, message, cause, remedies);
  }
}
