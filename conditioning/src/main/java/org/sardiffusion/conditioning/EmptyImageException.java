package org.sardiffusion.conditioning;

/** An image holds nothing to measure: no valid pixel, or zeros only. */
public final class EmptyImageException extends ConditioningException {
  private static final long serialVersionUID = 1L;

  public EmptyImageException(String message) {
    super(Kind.INPUT, message);
  }
}
