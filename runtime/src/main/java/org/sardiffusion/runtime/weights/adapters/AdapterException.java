package org.sardiffusion.runtime.weights.adapters;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** An adapter of a kind that this library does not merge, or that does not fit the model. */
public final class AdapterException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public AdapterException(String message, Remedy... remedies) {
    super(Kind.INPUT, message, remedies);
  }

  public AdapterException(String message, Throwable cause, Remedy... remedies) {
    super(Kind.INPUT, message, cause, remedies);
  }
}
