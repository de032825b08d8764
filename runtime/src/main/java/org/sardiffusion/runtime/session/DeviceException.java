package org.sardiffusion.runtime.session;

import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;

/**
 * The device can't do what was asked: CUDA is missing, memory ran out, or a graph failed to load or
 * run.
 */
public final class DeviceException extends SarDiffusionException {
  private static final long serialVersionUID = 1L;

  public DeviceException(String message, Remedy... remedies) {
    super(Kind.RESOURCE, message, remedies);
  }

  public DeviceException(String message, Throwable cause, Remedy... remedies) {
    super(Kind.RESOURCE, message, cause, remedies);
  }
}
