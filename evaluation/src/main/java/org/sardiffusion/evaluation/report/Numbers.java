package org.sardiffusion.evaluation.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as text, the same in every locale. */
final class Numbers {
  /** For programs: more digits would only tell which machine did the sums. */
  private static final MathContext EXACT = new MathContext(9, RoundingMode.HALF_EVEN);

  private static final MathContext SHORT = new MathContext(4, RoundingMode.HALF_EVEN);

  private Numbers() {}

  /** A finite number in nine digits. */
  static double rounded(double value) {
    return new BigDecimal(value).round(EXACT).doubleValue();
  }

  /** A cell for programs; empty where there is no number. */
  static String exact(Object cell) {
    if (cell instanceof Double d) {
      return Double.isFinite(d) ? Double.toString(rounded(d)) : Double.isNaN(d) ? "" : d.toString();
    }
    return cell.toString();
  }

  /** A cell for people: four digits; a dash where there is no number. */
  static String shortened(Object cell) {
    if (cell instanceof Double d) {
      return shortened(d.doubleValue());
    }
    return cell.toString();
  }

  /** The same of a number. */
  static String shortened(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size < 1e-4 || size >= 1e6) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(SHORT);
    // Four decimals at most: what lies beyond is sampling noise in all that is reported here.
    return rounded.scale() > 4
        ? rounded.setScale(4, RoundingMode.HALF_EVEN).toPlainString()
        : rounded.toPlainString();
  }
}
