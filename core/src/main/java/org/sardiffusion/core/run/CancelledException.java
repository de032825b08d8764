package org.sardiffusion.core.run;

import org.sardiffusion.core.SarDiffusionException;

/** The caller asked for the work to stop, through a {@link Cancellation} or by an interrupt. */
public final class CancelledException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public CancelledException() {
    this("Cancelled.");
  }

  /**
   * @param message what was cancelled
   */
  public CancelledException(String message) {
    super(Kind.CANCELLED, message);
  }
}
