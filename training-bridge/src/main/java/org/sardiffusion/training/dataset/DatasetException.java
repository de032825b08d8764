package org.sardiffusion.training.dataset;

import org.sardiffusion.training.TrainingBridgeException;

/** A training set could not be built as asked; the message says why and what to do. */
public class DatasetException extends TrainingBridgeException {
  private static final long serialVersionUID = 1L;

  public DatasetException(String message) {
    super(message);
  }

  public DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
