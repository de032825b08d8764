package org.sardiffusion.runtime.session;

import org.sardiffusion.runtime.SarDiffusionException;

/** The caller asked for the work to stop, through a {@link Cancellation}. */
public final class CancelledException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public CancelledException() {
    super("Cancelled.");
  }
}
