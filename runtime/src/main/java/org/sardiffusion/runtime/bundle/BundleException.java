package org.sardiffusion.runtime.bundle;

import org.sardiffusion.core.SarDiffusionException;

/** A bundle that is missing, incomplete, damaged, or of a kind that this library does not run. */
public final class BundleException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public BundleException(String message) {
    super(Kind.INPUT, message);
  }

  public BundleException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }
}
