package org.sardiffusion.geo.internal;

import java.util.Locale;
import java.util.OptionalDouble;

/** The number of pixels without data, as the tools of the field spell it. */
public final class Nodata {
  /** Tools print the lowest float32 with few digits; no measured number comes near it. */
  private static final double NEARLY_LARGEST = 3.4e38;

  private Nodata() {}

  /**
   * Reads a number.
   *
   * @param text such as {@code -9999}, {@code nan}, {@code -1.#QNAN}, {@code inf} or {@code
   *     -3.40282e+38}, which stands for the lowest float32
   * @return empty for a text of nothing
   * @throws NumberFormatException if it is no number
   */
  public static OptionalDouble parse(String text) {
    String number = text.strip().toLowerCase(Locale.ROOT);
    if (number.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (number.matches("[+-]?(nan(\\(.*\\))?|1\\.#(qnan|snan|ind|nan)\\d*)")) {
      return OptionalDouble.of(Double.NaN);
    }
    if (number.matches("[+-]?(inf(inity)?|1\\.#inf\\d*)")) {
      return OptionalDouble.of(
          number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    double value = Double.parseDouble(number);
    boolean lowest = Math.abs(value) >= NEARLY_LARGEST && Math.abs(value) < 2 * NEARLY_LARGEST;
    return OptionalDouble.of(lowest ? Math.copySign(Float.MAX_VALUE, value) : value);
  }
}
