package org.sardiffusion.training.dataset;

/** One source image cannot be used; it is recorded, and the build goes on with the others. */
final class UnusableSourceException extends DatasetException {
  private static final long serialVersionUID = 1L;

  UnusableSourceException(String message) {
    super(Kind.INPUT, message);
  }
}
