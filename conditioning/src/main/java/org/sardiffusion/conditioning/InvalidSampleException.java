package org.sardiffusion.conditioning;

/** A sample is not a number, infinite, or negative where an amplitude is wanted. */
public final class InvalidSampleException extends ConditioningException {
  private static final long serialVersionUID = 1L;

  public InvalidSampleException(String message) {
    super(Kind.INPUT, message);
  }
}
