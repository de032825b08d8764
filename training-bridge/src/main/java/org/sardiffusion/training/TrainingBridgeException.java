package org.sardiffusion.training;

/**
 * Base of every error of this module that its user can act upon; itself, the Python side could not
 * be set up or failed, and the message carries its last words.
 */
public class TrainingBridgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingBridgeException(String message) {
    super(message);
  }

  public TrainingBridgeException(String message, Throwable cause) {
    super(message, cause);
  }
}
