package org.sardiffusion.training.dataset;

import java.nio.file.Path;

/** A build was stopped on request; what it has done is kept. */
public final class DatasetStoppedException extends DatasetException {
  private static final long serialVersionUID = 1L;

  DatasetStoppedException(Path kept) {
    super("Stopped. What was done is kept in " + kept + "; go on with --resume.");
  }
}
