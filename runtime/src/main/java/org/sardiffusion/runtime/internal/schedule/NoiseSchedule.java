package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.sardiffusion.runtime.schedule.SchedulerException;

/**
 * The noise schedule that a model was trained with, and the ways to place steps on it: the one
 * place where betas, alpha products, sigmas and timestep spacings are computed.
 *
 * <p>With betas b_t, the alpha product is a_t = prod_{s<=t} (1 - b_s); a training sample is
 * sqrt(a_t) x_0 + sqrt(1 - a_t) noise (Ho et al., arXiv 2006.11239, equation 4), which after
 * division by sqrt(a_t) has noise of standard deviation sigma_t = sqrt((1 - a_t) / a_t) (Karras et
 * al., arXiv 2206.00364, appendix C). Timesteps t run from 0 (nearly clean) to the number of
 * training timesteps less 1 (nearly noise).
 *
 * <p>Values are float32 or float64 exactly where the schedulers of diffusers 0.42.1 have them so
 * ({@code schedulers/scheduling_*.py}): a beta that is rounded elsewhere moves every alpha product
 * after it.
 */
final class NoiseSchedule {
  private static final int MOST_TRAIN_TIMESTEPS = 100_000;

  /** More than any use; keeps a mistyped number from filling the memory. */
  private static final int MOST_STEPS = 10_000;

  static final List<String> SPACINGS = List.of("linspace", "leading", "trailing");

  /** Diffusers' stand-in for a terminal alpha product of 0, whose sigma would be infinite. */
  private static final float NEARLY_ZERO_ALPHA_PRODUCT = 0x1p-24f;

  private static final float HIGHEST_SIGMA = 4096;

  private static final double KARRAS_RHO = 7;
  private static final double BETA_SHAPE = 0.6;

  private final Options options;
  private final float[] alphaProducts;
  private final float[] sigmas;
  private final float[] logSigmas;

  private NoiseSchedule(Options options, float[] alphaProducts) {
    this.options = options;
    this.alphaProducts = alphaProducts;
    this.sigmas = new float[alphaProducts.length];
    this.logSigmas = new float[alphaProducts.length];
    for (int t = 0; t < sigmas.length; t++) {
      sigmas[t] = (float) Math.sqrt((1 - alphaProducts[t]) / alphaProducts[t]);
      logSigmas[t] = NumpyLog.of(sigmas[t]);
    }
  }

  /** The schedule of alpha products; a zero terminal signal-to-noise ratio is exactly zero. */
  static NoiseSchedule of(Options options) {
    float[] betas = betas(options);
    if (options.flag("rescale_betas_zero_snr")) {
      rescaleToZeroTerminalSnr(betas);
    }
    return new NoiseSchedule(options, alphaProducts(betas));
  }

  /**
   * The same for solvers that work on sigmas, all of which must be finite and above 0: a zero
   * terminal signal-to-noise ratio is {@code 2^-24} instead.
   */
  static NoiseSchedule ofFiniteSigmas(Options options) {
    NoiseSchedule schedule = of(options);
    if (options.flag("rescale_betas_zero_snr")) {
      float[] products = schedule.alphaProducts;
      products[products.length - 1] = NEARLY_ZERO_ALPHA_PRODUCT;
      schedule = new NoiseSchedule(options, products);
      // sqrt(2^24 - 1) lies a trillionth off the middle between two floats, and torch takes the
      // upper
      // one; at this size the other would shift fine details by a thousandth.
      schedule.sigmas[products.length - 1] = HIGHEST_SIGMA;
      schedule.logSigmas[products.length - 1] = NumpyLog.of(HIGHEST_SIGMA);
    }
    for (int t = 0; t < schedule.sigmas.length; t++) {
      if (!(schedule.sigmas[t] > 0) || Float.isInfinite(schedule.sigmas[t])) {
        throw options.impossible(
            "the betas leave %s at training timestep %d, which this sampler cannot work with"
                .formatted(schedule.sigmas[t] == 0 ? "no noise" : "no signal", t));
      }
    }
    return schedule;
  }

  int trainTimesteps() {
    return alphaProducts.length;
  }

  /** The alpha product a_t. */
  float alphaProduct(int t) {
    if (t < 0 || t >= alphaProducts.length) {
      throw options.impossible(
          "timestep %d lies outside the %d training timesteps; lower \"steps_offset\" or take fewer steps"
              .formatted(t, alphaProducts.length));
    }
    return alphaProducts[t];
  }

  /**
   * The noise level sigma_t; linear between timesteps, constant beyond the ends, as numpy.interp.
   */
  double sigma(double t) {
    int last = sigmas.length - 1;
    if (t <= 0 || t >= last) {
      return sigmas[t <= 0 ? 0 : last];
    }
    int below = (int) t;
    double slope = ((double) sigmas[below + 1] - sigmas[below]);
    return slope * (t - below) + sigmas[below];
  }

  double[] sigmas(double[] timesteps) {
    return Arrays.stream(timesteps).map(this::sigma).toArray();
  }

  /** The smallest noise level of training. */
  float lowestSigma() {
    return sigmas[0];
  }

  /** The largest noise level of training. */
  float highestSigma() {
    return sigmas[sigmas.length - 1];
  }

  /**
   * The timestep whose noise level is {@code sigma}, by interpolation in log sigma, clipped to the
   * training range ({@code _sigma_to_t}).
   */
  double timestepOf(double sigma) {
    double logSigma = Math.log(Math.max(sigma, 1e-10));
    // The last timestep whose level is no higher. A rescaled schedule may rise above its own end,
    // so
    // the levels are not sorted.
    int low = logSigmas.length - 1;
    while (low > 0 && logSigmas[low] > logSigma) {
      low--;
    }
    low = Math.min(low, logSigmas.length - 2);
    double weight = (logSigmas[low] - logSigma) / (double) (logSigmas[low] - logSigmas[low + 1]);
    weight = Math.min(Math.max(weight, 0), 1);
    return (1 - weight) * low + weight * (low + 1);
  }

  double[] timestepsOf(double[] levels) {
    return Arrays.stream(levels).map(this::timestepOf).toArray();
  }

  /**
   * How many of the first timesteps have log(sqrt(a_t) / sqrt(1 - a_t)) of at least {@code bound}:
   * DPM-Solver's clipping of schedules that end in pure noise.
   */
  int timestepsWithLogSnrAbove(double bound) {
    int count = alphaProducts.length;
    while (count > 0) {
      float product = alphaProducts[count - 1];
      float lambda =
          (float) Math.log((float) Math.sqrt(product))
              - (float) Math.log((float) Math.sqrt(1 - product));
      if (lambda >= (float) bound) {
        break;
      }
      count--;
    }
    return count;
  }

  /**
   * {@code steps} descending timesteps over all of training, spaced as {@code timestep_spacing}
   * says (Lin et al., arXiv 2305.08891, table 2). "linspace" gives fractions; the others whole
   * numbers.
   */
  double[] timesteps(int steps) {
    return spaced(trainTimesteps(), steps, steps);
  }

  /**
   * {@code steps} descending timesteps over the first {@code span} of training that leave room for
   * one more before the clean end, as multistep solvers of the noise level take them.
   */
  double[] timestepsShortOfEnd(int span, int steps) {
    return spaced(span, steps, steps + 1);
  }

  private double[] spaced(int span, int steps, int points) {
    if (steps > MOST_STEPS) {
      throw options.impossible(
          "%d steps are more than the %d allowed".formatted(steps, MOST_STEPS));
    }
    String spacing = options.word("timestep_spacing", SPACINGS);
    return switch (spacing) {
      case "linspace" -> {
        double[] ascending = linspace(0, span - 1, points);
        yield descending(i -> ascending[points - 1 - i], steps);
      }
      case "leading" -> {
        int ratio = span / points;
        if (ratio == 0 && points > 1) {
          throw options.impossible(
              "%d steps are too many for %d training timesteps with \"leading\" spacing"
                  .formatted(steps, span));
        }
        int offset = options.integer("steps_offset", 0, MOST_TRAIN_TIMESTEPS);
        yield descending(i -> (double) (points - 1 - i) * ratio + offset, steps);
      }
      default -> {
        // numpy.arange(span, 0, -ratio): rounding may make it one longer than asked for.
        double ratio = (double) trainTimesteps() / steps;
        double increment = (span - ratio) - span;
        int length = (int) Math.ceil(-span / -ratio);
        yield descending(i -> Math.rint(span + i * increment) - 1, length);
      }
    };
  }

  private static double[] descending(IntToDoubleFunction valueAt, int length) {
    double[] values = new double[length];
    Arrays.setAll(values, valueAt);
    return values;
  }

  /**
   * Whether the options ask for noise levels other than those of the spaced timesteps.
   *
   * @throws SchedulerException if they ask for two kinds at once
   */
  boolean hasOwnLevels() {
    return !"trained".equals(levelKind());
  }

  /** Which of diffusers' {@code use_*_sigmas} is on. */
  private String levelKind() {
    List<String> kinds =
        List.of("karras", "exponential", "beta").stream()
            .filter(kind -> options.flag("use_" + kind + "_sigmas"))
            .toList();
    if (kinds.size() > 1) {
      throw options.impossible(
          "only one of use_karras_sigmas, use_exponential_sigmas and use_beta_sigmas can be on; the"
              + " configuration and the scheduler's name together turn on "
              + String.join(" and ", kinds));
    }
    if (!kinds.isEmpty() && kinds.get(0).equals("karras")) {
      return "karras";
    }
    if (options.flag("use_lu_lambdas")) {
      return "lu";
    }
    return kinds.isEmpty() ? "trained" : kinds.get(0);
  }

  /**
   * Whether {@link #levels} gives levels whose timesteps diffusers rounds rather than truncates.
   */
  boolean roundsTimestepsOfLevels() {
    return List.of("karras", "lu").contains(levelKind());
  }

  /**
   * {@code steps} descending noise levels between {@code lowest} and {@code highest}, or between
   * the configuration's {@code sigma_min} and {@code sigma_max} where it gives them, spaced as its
   * {@code use_*} options say: Karras et al. (arXiv 2206.00364, equation 5, rho = 7), exponential,
   * by the quantiles of Beta(0.6, 0.6) (Lee et al., arXiv 2407.12173), or evenly in the log
   * signal-to-noise ratio (Lu et al., arXiv 2211.01095).
   */
  double[] levels(double highest, double lowest, int steps) {
    String kind = levelKind();
    // LMSDiscreteScheduler's Karras levels are the only ones that pass these two over.
    boolean boundable = !(kind.equals("karras") && options.schedulerClass() == SchedulerClass.LMS);
    OptionalDouble least =
        boundable ? options.positiveIfGiven("sigma_min") : OptionalDouble.empty();
    OptionalDouble most = boundable ? options.positiveIfGiven("sigma_max") : OptionalDouble.empty();
    double min = least.orElse(lowest);
    double max = most.orElse(highest);
    return switch (kind) {
      case "karras" -> {
        double start = Math.pow(max, 1 / KARRAS_RHO);
        double end = Math.pow(min, 1 / KARRAS_RHO);
        yield levels(steps, ramp -> Math.pow(start + ramp * (end - start), KARRAS_RHO));
      }
      case "lu" -> {
        double start = logSigmas[logSigmas.length - 1];
        double end = logSigmas[0];
        yield levels(steps, ramp -> Math.exp(start + ramp * (end - start)));
      }
      case "exponential" ->
          Arrays.stream(linspace(Math.log(max), Math.log(min), steps)).map(Math::exp).toArray();
      case "beta" -> {
        BetaDistribution beta =
            new BetaDistribution((RandomGenerator) null, BETA_SHAPE, BETA_SHAPE, 1e-14);
        yield levels(
            steps, ramp -> min + beta.inverseCumulativeProbability(1 - ramp) * (max - min));
      }
      default -> throw new IllegalStateException("the options ask for no levels of their own");
    };
  }

  private static double[] levels(int steps, DoubleUnaryOperator levelAt) {
    return Arrays.stream(linspace(0, 1, steps)).map(levelAt).toArray();
  }

  /** numpy.linspace: the end exactly, and the start alone when there is one point. */
  static double[] linspace(double start, double end, int points) {
    double[] values = new double[points];
    double step = points > 1 ? (end - start) / (points - 1) : 0;
    for (int i = 0; i < points; i++) {
      values[i] = i * step + start;
    }
    if (points > 1) {
      values[points - 1] = end;
    }
    return values;
  }

  /** torch.linspace in float32: from both ends to the middle, with fused multiplications. */
  static float[] linspace32(float start, float end, int points) {
    float[] values = new float[points];
    float step = points > 1 ? (end - start) / (points - 1) : 0;
    for (int i = 0; i < points; i++) {
      values[i] =
          i < points / 2 || points == 1
              ? Math.fma(step, (float) i, start)
              : Math.fma(-step, (float) (points - i - 1), end);
    }
    return values;
  }

  private static float[] betas(Options options) {
    int count = options.integer("num_train_timesteps", 2, MOST_TRAIN_TIMESTEPS);
    if (options.isGiven("trained_betas")) {
      double[] trained = options.numbers("trained_betas", 0, 1);
      if (trained.length != count) {
        throw options.refuse(
            "trained_betas", "a list of num_train_timesteps = %d numbers".formatted(count));
      }
      return narrowed(trained);
    }
    String shape = options.word("beta_schedule", betaSchedules(options.schedulerClass()));
    return switch (shape) {
      case "squaredcos_cap_v2" -> betasOf(NoiseSchedule::cosineAlphaBar, count);
      case "exp" -> betasOf(t -> Math.exp(t * -12), count);
      case "laplace" -> betasOf(NoiseSchedule::laplaceAlphaBar, count);
      default -> {
        double start = options.within(0, 1, "beta_start");
        double end = options.within(0, 1, "beta_end");
        yield switch (shape) {
          case "linear" -> linspace32((float) start, (float) end, count);
          case "scaled_linear" -> {
            float[] betas = linspace32((float) Math.sqrt(start), (float) Math.sqrt(end), count);
            for (int t = 0; t < count; t++) {
              betas[t] *= betas[t];
            }
            yield betas;
          }
          default -> {
            float[] betas = linspace32(-6, 6, count);
            for (int t = 0; t < count; t++) {
              float sigmoid = (float) (1 / (1 + Math.exp(-betas[t])));
              betas[t] = sigmoid * (float) (end - start) + (float) start;
            }
            yield betas;
          }
        };
      }
    };
  }

  private static List<String> betaSchedules(SchedulerClass schedulerClass) {
    return switch (schedulerClass) {
      case DDPM -> List.of("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "laplace");
      case HEUN -> List.of("linear", "scaled_linear", "squaredcos_cap_v2", "exp");
      default -> List.of("linear", "scaled_linear", "squaredcos_cap_v2");
    };
  }

  /** Betas from a continuous alpha product over [0, 1], capped ({@code betas_for_alpha_bar}). */
  private static float[] betasOf(DoubleUnaryOperator alphaBar, int count) {
    double[] betas = new double[count];
    for (int t = 0; t < count; t++) {
      double here = alphaBar.applyAsDouble((double) t / count);
      double next = alphaBar.applyAsDouble((double) (t + 1) / count);
      betas[t] = Math.min(1 - next / here, 0.999);
    }
    return narrowed(betas);
  }

  /** Nichol and Dhariwal, arXiv 2102.09672, equation 17. */
  private static double cosineAlphaBar(double t) {
    double cosine = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  /** Hang et al., arXiv 2407.03297 ({@code betas_for_alpha_bar}). */
  private static double laplaceAlphaBar(double t) {
    double logSnr = -0.5 * Math.copySign(1, 0.5 - t) * Math.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
    double snr = Math.exp(logSnr);
    return Math.sqrt(snr / (1 + snr));
  }

  /** Products in float64, each rounded to float32, as torch.cumprod makes them. */
  private static float[] alphaProducts(float[] betas) {
    float[] products = new float[betas.length];
    double product = 1;
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      products[t] = (float) product;
    }
    return products;
  }

  /** Shifts and scales sqrt(a_t) to end at 0 (Lin et al., arXiv 2305.08891, algorithm 1). */
  private static void rescaleToZeroTerminalSnr(float[] betas) {
    float[] products = alphaProducts(betas);
    float first = (float) Math.sqrt(products[0]);
    float last = (float) Math.sqrt(products[products.length - 1]);
    float scale = first / (first - last);
    float previous = 1;
    for (int t = 0; t < betas.length; t++) {
      float root = ((float) Math.sqrt(products[t]) - last) * scale;
      float product = root * root;
      betas[t] = 1 - product / previous;
      previous = product;
    }
  }

  private static float[] narrowed(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
