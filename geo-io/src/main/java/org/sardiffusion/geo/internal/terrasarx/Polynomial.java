package org.sardiffusion.geo.internal.terrasarx;

import java.util.Arrays;
import java.util.List;
import org.sardiffusion.geo.MalformedFileException;

/**
 * A polynomial in range time, as annotations write it; constant outside of its validity.
 *
 * @param from where its validity begins, seconds
 * @param to where it ends
 * @param reference the range time that counts as 0, seconds
 * @param coefficients by exponent
 */
record Polynomial(double from, double to, double reference, double[] coefficients) {
  private static final int HIGHEST = 20;

  /** Reads {@code referencePoint} and the {@code coefficient}s of an element. */
  static Polynomial of(XmlNode node) {
    List<XmlNode> terms = node.children("coefficient");
    double[] coefficients = new double[HIGHEST + 1];
    int degree = 0;
    for (XmlNode term : terms) {
      String exponent = term.attribute("exponent");
      if (!exponent.matches("1?\\d|20")) {
        throw new MalformedFileException(
            node.file(),
            "a coefficient of " + node.name() + " has the exponent '" + exponent + "'.");
      }
      coefficients[Integer.parseInt(exponent)] = term.number();
      degree = Math.max(degree, Integer.parseInt(exponent));
    }
    if (terms.isEmpty()) {
      throw new MalformedFileException(node.file(), "its " + node.name() + " has no coefficients.");
    }
    return new Polynomial(
        node.number("validityRangeMin"),
        node.number("validityRangeMax"),
        node.number("referencePoint"),
        Arrays.copyOf(coefficients, degree + 1));
  }

  double at(double rangeTime) {
    double x = Math.max(from, Math.min(to, rangeTime)) - reference;
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
