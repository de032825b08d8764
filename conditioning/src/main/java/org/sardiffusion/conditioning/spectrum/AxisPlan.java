package org.sardiffusion.conditioning.spectrum;

/**
 * The lengths along one axis: what comes in, what goes out, and the padded lengths of the two
 * Fourier transforms.
 *
 * <p>Output sample j lies where input sample {@code j * paddedInput / paddedOutput} would, so that
 * the centre of pixel 0 stays in place.
 *
 * @param inputLength samples that come in, at least 1
 * @param outputLength samples that go out, at least 1
 * @param paddedInput length of the forward transform, at least {@code inputLength}
 * @param paddedOutput length of the inverse transform, at least {@code outputLength}
 */
public record AxisPlan(int inputLength, int outputLength, int paddedInput, int paddedOutput) {
  /** Longer padding that makes the transforms faster is worth up to this factor. */
  private static final double LARGEST_STRETCH = 1.15;

  /** Sixteen floats of every sample of an axis must fit in one array. */
  private static final int LONGEST = 1 << 26;

  /**
   * @throws IllegalArgumentException if a length is not positive or padding is negative
   */
  public AxisPlan {
    if (inputLength < 1
        || outputLength < 1
        || paddedInput < inputLength
        || paddedOutput < outputLength) {
      throw new IllegalArgumentException(
          "Impossible lengths of an axis: "
              + inputLength
              + " (padded "
              + paddedInput
              + ") to "
              + outputLength
              + " (padded "
              + paddedOutput
              + ")");
    }
  }

  /**
   * Exactly so many samples, whatever ratio that is.
   *
   * <p>With mirrored borders the padded lengths must have the same ratio: the padding is a multiple
   * of {@code inputLength / gcd(inputLength, outputLength)}, in the worst case as long as the axis.
   *
   * @throws IllegalArgumentException if a length is not positive or the padded axis is too long
   */
  public static AxisPlan toLength(int inputLength, int outputLength, Border border) {
    return plan(inputLength, outputLength, new Ratio(outputLength, inputLength), border);
  }

  /**
   * A fixed ratio of samples.
   *
   * <p>With mirrored borders the ratio is always exact, since the padded length is made a multiple
   * of its denominator; with periodic borders it is exact if {@code inputLength} is such a
   * multiple, otherwise the nearest that a whole number of samples gives.
   *
   * @throws IllegalArgumentException if the length is not positive or the padded axis is too long
   */
  public static AxisPlan byRatio(int inputLength, Ratio ratio, Border border) {
    long length = Math.max(1, Math.round(inputLength * ratio.value()));
    if (length > LONGEST) {
      throw tooLong(length);
    }
    return border instanceof Border.Periodic
        ? toLength(inputLength, (int) length, border)
        : plan(inputLength, (int) length, ratio, border);
  }

  /** Output samples for each input sample, as it came out. */
  public double scale() {
    return (double) paddedOutput / paddedInput;
  }

  /**
   * The pixel spacing of the output.
   *
   * @param inputSpacing pixel spacing of the input, in any unit
   * @return the spacing actually reached, in the same unit
   */
  public double reachedSpacing(double inputSpacing) {
    return inputSpacing * paddedInput / paddedOutput;
  }

  private static AxisPlan plan(int input, int output, Ratio ratio, Border border) {
    if (border instanceof Border.Mirror mirror) {
      long step = ratio.denominator();
      long least = input + 2L * mirror.margin();
      long first = (least + step - 1) / step;
      // Rounding up the output may need a little more input than there is.
      first = Math.max(first, (output + ratio.numerator() - 1L) / ratio.numerator());
      if (Math.max(first * step, first * ratio.numerator()) > LONGEST) {
        throw tooLong(Math.max(first * step, first * ratio.numerator()));
      }
      long last = Math.max(first, (long) (first * LARGEST_STRETCH));
      long best = first;
      for (long k = first; k <= last; k++) {
        if (cost(k, ratio) < cost(best, ratio)) {
          best = k;
        }
      }
      return new AxisPlan(input, output, (int) (best * step), (int) (best * ratio.numerator()));
    }
    return new AxisPlan(input, output, input, output);
  }

  /** A mixed-radix transform of length n = p1 p2 ... takes about n (p1 + p2 + ...) steps. */
  private static long cost(long k, Ratio ratio) {
    return cost(k * ratio.denominator()) + cost(k * ratio.numerator());
  }

  private static long cost(long length) {
    long sum = 0;
    long rest = length;
    for (long p = 2; p * p <= rest; p++) {
      while (rest % p == 0) {
        sum += p;
        rest /= p;
      }
    }
    return length * (sum + (rest > 1 ? rest : 0));
  }

  private static IllegalArgumentException tooLong(long length) {
    return new IllegalArgumentException(
        "An axis of "
            + length
            + " samples is longer than one transform holds ("
            + LONGEST
            + "); resample in parts, or to a coarser spacing");
  }
}
