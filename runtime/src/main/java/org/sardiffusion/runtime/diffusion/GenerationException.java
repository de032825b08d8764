package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/**
 * A request that can't be met: a size, a guidance scale or another value that the model can't work
 * with.
 */
public final class GenerationException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public GenerationException(String message, Remedy... remedies) {
    super(Kind.USAGE, message, remedies);
  }
}
