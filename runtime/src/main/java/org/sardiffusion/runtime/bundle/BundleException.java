package org.sardiffusion.runtime.bundle;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/** A bundle that is missing, incomplete, damaged, or of a kind that this library does not run. */
public final class BundleException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public BundleException(String message, Remedy... remedies) {
    super(Kind.INPUT, message, remedies);
  }

  public BundleException(String message, Throwable cause, Remedy... remedies) {
    super(Kind.INPUT, message, cause, remedies);
  }
}
