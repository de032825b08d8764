package org.sardiffusion.evaluation.plot;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Values to pixels.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}, above {@code low}
 * @param from pixel
 * @param to pixel
 */
record Axis(double low, double high, double from, double to) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  /** Round values from low to high, at most {@code most} + 1 of them. */
  List<BigDecimal> ticks(int most) {
    double raw = (high - low) / most;
    BigDecimal power = BigDecimal.ONE.scaleByPowerOfTen((int) Math.floor(Math.log10(raw)));
    BigDecimal step = power;
    for (double s : STEPS) {
      step = power.multiply(BigDecimal.valueOf(s));
      if (step.doubleValue() >= raw * (1 - 1e-9)) {
        break;
      }
    }
    List<BigDecimal> ticks = new ArrayList<>();
    long first = (long) Math.ceil(low / step.doubleValue() - 1e-9);
    for (long k = first; k * step.doubleValue() <= high + 1e-9 * (high - low); k++) {
      ticks.add(step.multiply(BigDecimal.valueOf(k)));
    }
    return ticks;
  }
}
