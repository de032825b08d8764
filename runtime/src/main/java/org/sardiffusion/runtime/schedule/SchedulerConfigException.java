package org.sardiffusion.runtime.schedule;

/** A bundle's scheduler configuration that can't be read, or has values that can't be followed. */
public final class SchedulerConfigException extends SchedulerException {
  private static final long serialVersionUID = 1L;

  public SchedulerConfigException(String message) {
    super(Kind.INPUT, message);
  }

  public SchedulerConfigException(String message, Throwable cause) {
    super(Kind.INPUT, message, cause);
  }
}
