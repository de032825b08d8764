package org.sardiffusion.training.dataset;

/** What to do with a training set, or an unfinished one, that is there already. */
public enum Existing {
  /** Leave it alone, and end with an error. */
  REFUSE,
  /** Go on where an unfinished build with the same settings ended. */
  RESUME,
  /** Build anew; a finished set is replaced at the very end. */
  OVERWRITE
}
