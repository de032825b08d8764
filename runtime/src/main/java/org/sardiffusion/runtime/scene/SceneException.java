package org.sardiffusion.runtime.scene;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A scene can't be made, or not be continued; the message says what to do. */
public final class SceneException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public SceneException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }

  public SceneException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }
}
