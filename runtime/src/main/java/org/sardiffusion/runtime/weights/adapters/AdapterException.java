package org.sardiffusion.runtime.weights.adapters;

import org.sardiffusion.core.SarDiffusionException;

/** An adapter of a kind that this library does not merge, or that does not fit the model. */
public final class AdapterException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public AdapterException(String message) {
    super(Kind.INPUT, message);
  }

  public AdapterException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }
}
