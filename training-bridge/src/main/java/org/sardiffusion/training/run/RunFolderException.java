package org.sardiffusion.training.run;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.training.TrainingBridgeException;

/**
 * The folder of a run does not suit what was asked: another folder, or another way to start, would.
 */
public final class RunFolderException extends TrainingBridgeException {
  private static final long serialVersionUID = 1L;

  RunFolderException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  RunFolderException(String message, Throwable cause) {
    super(Kind.RESOURCE, message, cause);
  }
}
