package org.sardiffusion.training.dataset;

import java.util.Locale;

/** The parts of a training set. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The name of the folder: lower case, as Hugging Face's {@code imagefolder} expects it. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
