package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;

/** A text for a stranger's regular expression, which may look at it only so often. */
final class BoundedText implements CharSequence {
  private static final int MOST_LOOKS = 1_000_000;

  private final String text;
  private final Path file;
  private final String pattern;
  private int looks;

  /**
   * @param file where the expression comes from
   * @param pattern the expression
   */
  BoundedText(String text, Path file, String pattern) {
    this.text = text;
    this.file = file;
    this.pattern = pattern;
  }

  @Override
  public char charAt(int index) {
    if (looks++ > MOST_LOOKS) {
      throw new AdapterException(
          file + ": the key \"" + pattern + "\" takes too long to match. Write it more simply.");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
