package org.sardiffusion.training;

/** The Python side could not be set up or failed. The message carries its own last words. */
public final class TrainingBridgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingBridgeException(String message) {
    super(message);
  }

  public TrainingBridgeException(String message, Throwable cause) {
    super(message, cause);
  }
}
