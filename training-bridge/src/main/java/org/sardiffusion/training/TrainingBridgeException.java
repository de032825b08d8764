package org.sardiffusion.training;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** Python could not be set up, driven or understood; what of it can be told apart has a class. */
public class TrainingBridgeException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public TrainingBridgeException(String message) {
    this(Kind.FAILURE, message);
  }

  public TrainingBridgeException(String message, Throwable cause) {
    this(Kind.FAILURE, message, cause);
  }

  protected TrainingBridgeException(Kind kind, String message, Remedy... remedies) {
    super(kind, message, remedies);
  }

  protected TrainingBridgeException(
      Kind kind, String message, Throwable cause, Remedy... remedies) {
    super(kind, message, cause, remedies);
  }
}
