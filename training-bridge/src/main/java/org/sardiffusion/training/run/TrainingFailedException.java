package org.sardiffusion.training.run;

import org.sardiffusion.training.TrainingBridgeException;

/** The trainer failed or was killed; its run's folder is kept. */
public final class TrainingFailedException extends TrainingBridgeException {
  private static final long serialVersionUID = 1L;

  private final boolean resumable;

  public TrainingFailedException(String message, boolean resumable) {
    super(Kind.FAILURE, message);
    this.resumable = resumable;
  }

  /** The same, with one more line, such as how to go on. */
  public TrainingFailedException with(String line) {
    TrainingFailedException longer =
        new TrainingFailedException(getMessage() + "\n" + line, resumable);
    longer.initCause(this);
    return longer;
  }

  /** Whether the run can go on once its trouble is over. */
  public boolean isResumable() {
    return resumable;
  }
}
