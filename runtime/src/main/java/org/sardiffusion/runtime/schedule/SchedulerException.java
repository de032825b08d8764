package org.sardiffusion.runtime.schedule;

import org.sardiffusion.core.SarDiffusionException;

/** A scheduler name, configuration or step plan that no sampler can be made from. */
public sealed class SchedulerException extends SarDiffusionException
    permits SchedulerConfigException {
  private static final long serialVersionUID = 1L;

  public SchedulerException(String message) {
    super(Kind.USAGE, message);
  }

  public SchedulerException(String message, Throwable cause) {
    super(Kind.USAGE, message, cause);
  }

  SchedulerException(Kind kind, String message) {
    super(kind, message);
  }

  SchedulerException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
