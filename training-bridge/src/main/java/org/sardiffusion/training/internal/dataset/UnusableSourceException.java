package org.sardiffusion.training.internal.dataset;

import org.sardiffusion.training.dataset.DatasetException;

/** One source image cannot be used; it is recorded, and the build goes on with the others. */
public final class UnusableSourceException extends DatasetException {
  private static final long serialVersionUID = 1L;

  public UnusableSourceException(String message) {
    super(Kind.INPUT, message);
  }
}
