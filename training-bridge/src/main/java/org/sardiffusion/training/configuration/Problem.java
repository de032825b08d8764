package org.sardiffusion.training.configuration;

/**
 * One thing that is wrong with a configuration.
 *
 * @param where {@code FILE:LINE:COLUMN}, counted from 1, or what else set the value
 * @param key what it is about; the whole configuration if nothing narrower
 * @param message what is wrong and what would be right
 */
public record Problem(String where, KeyPath key, String message) {
  /** As compilers write it, so that editors jump to the place. */
  @Override
  public String toString() {
    return where + ": " + (key.parts().isEmpty() ? "" : key + ": ") + message;
  }
}
