package org.sardiffusion.runtime.parameter;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A value that a parameter can't have. */
public final class ParameterException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public ParameterException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }
}
