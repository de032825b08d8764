package org.sardiffusion.runtime.schedule;

import org.sardiffusion.runtime.SarDiffusionException;

/** A scheduler name, configuration or step plan that no sampler can be made from. */
public sealed class SchedulerException extends SarDiffusionException
    permits SchedulerConfigException {
  private static final long serialVersionUID = 1L;

  public SchedulerException(String message) {
    super(message);
  }

  public SchedulerException(String message, Throwable cause) {
    super(message, cause);
  }
}
