package org.sardiffusion.evaluation.amplitude;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

/**
 * A distribution fitted to amplitudes, and how well it fits.
 *
 * <p>The fit is of maximum likelihood on amplitudes grouped by 256 grey levels and cut at the
 * saturation level: clipping and 8-bit rounding, which the images went through, bias it neither
 * way. P-values are not given: neighbouring pixels are correlated, and with millions of them every
 * model would be rejected.
 *
 * @param model the fitted distribution, as it would be without the cut
 * @param kolmogorovSmirnov largest distance between the distribution functions, both cut, in [0,1]
 * @param kullbackLeibler KL(amplitudes || model) over the grey levels, in nats; the best model has
 *     the smallest, which is that of the largest likelihood
 */
public record AmplitudeFit(AmplitudeModel model, double kolmogorovSmirnov, double kullbackLeibler) {
  /**
   * Beyond this order a K distribution cannot be told from a Rayleigh distribution, nor a rougher
   * or less speckled G0 from its limit.
   */
  private static final double LARGEST_ORDER = 200;

  /** Two parameters settle in about 60 steps, three in about 200. */
  private static final int MOST_STEPS = 400;

  /** Fewer pixels than this tell nothing about a distribution's shape. */
  private static final long FEWEST_PIXELS = 1000;

  /**
   * Fits every model.
   *
   * @return the fits, the best first; none where there are fewer than 1000 amplitudes or fewer than
   *     4 different grey levels
   */
  public static List<AmplitudeFit> all(AmplitudeCounts counts) {
    Cells cells = Cells.of(counts);
    if (cells.total < FEWEST_PIXELS || cells.occupied() < 4) {
      return List.of();
    }
    Moments m = counts.moments();
    double meanSquare = m.mean() * m.mean() + m.standardDeviation() * m.standardDeviation();
    double cv = m.standardDeviation() / m.mean();
    double logVariance = Math.log1p(cv * cv);
    List<AmplitudeFit> fits = new ArrayList<>();
    fits.add(
        cells.fit(p -> new AmplitudeModel.Rayleigh(Math.exp(p[0])), Math.log(meanSquare / 2) / 2));
    fits.add(
        cells.fit(
            p ->
                new AmplitudeModel.K(
                    Math.min(LARGEST_ORDER, Math.max(0.01, Math.exp(p[0]))), Math.exp(p[1])),
            Math.log(5),
            Math.log(meanSquare)));
    fits.add(
        cells.fit(
            p ->
                new AmplitudeModel.G0(
                    -Math.min(LARGEST_ORDER, Math.max(0.01, Math.exp(p[0]))),
                    Math.exp(p[1]),
                    Math.min(LARGEST_ORDER, Math.exp(p[2]))),
            Math.log(5),
            Math.log(4 * meanSquare),
            Math.log(2)));
    fits.add(
        cells.fit(
            p -> new AmplitudeModel.GammaAmplitude(Math.exp(p[0]), Math.exp(p[1])),
            -2 * Math.log(cv),
            Math.log(m.mean() * cv * cv)));
    fits.add(
        cells.fit(
            p -> new AmplitudeModel.LogNormal(p[0], Math.exp(p[1])),
            Math.log(m.mean()) - logVariance / 2,
            Math.log(logVariance) / 2));
    fits.sort(Comparator.comparingDouble(AmplitudeFit::kullbackLeibler));
    return fits;
  }

  /** The amplitudes below saturation, grouped by grey level. */
  private record Cells(long[] counts, double[] edges, long total) {
    static Cells of(AmplitudeCounts amplitudes) {
      long[] grey = amplitudes.greyLevels();
      double saturation = amplitudes.settings().saturation();
      int used = Math.min(grey.length, (int) Math.ceil(saturation * 255 + 0.5));
      double[] edges = new double[used + 1];
      for (int k = 1; k < used; k++) {
        edges[k] = (k - 0.5) / 255;
      }
      edges[used] = saturation;
      long total = 0;
      for (int k = 0; k < used; k++) {
        total += grey[k];
      }
      return new Cells(java.util.Arrays.copyOf(grey, used), edges, total);
    }

    int occupied() {
      int occupied = 0;
      for (long c : counts) {
        occupied += c > 0 ? 1 : 0;
      }
      return occupied;
    }

    AmplitudeFit fit(Function<double[], AmplitudeModel> family, double... start) {
      MultivariateFunction badness = p -> divergence(family.apply(p));
      double[] best =
          new SimplexOptimizer(new SimpleValueChecker(1e-8, 1e-10, MOST_STEPS))
              .optimize(
                  MaxEval.unlimited(),
                  new ObjectiveFunction(badness),
                  GoalType.MINIMIZE,
                  new InitialGuess(start),
                  new NelderMeadSimplex(start.length, 0.2))
              .getPoint();
      AmplitudeModel model = family.apply(best);
      return new AmplitudeFit(model, distance(model), divergence(model));
    }

    /** KL(amplitudes || model): the negative log-likelihood of a pixel, less a constant. */
    private double divergence(AmplitudeModel model) {
      double below = model.cumulative(edges[edges.length - 1]);
      double sum = 0;
      double last = 0;
      for (int k = 0; k < counts.length; k++) {
        double next = model.cumulative(edges[k + 1]);
        if (counts[k] > 0) {
          double share = (double) counts[k] / total;
          double expected = Math.max(1e-300, (next - last) / below);
          sum += share * Math.log(share / expected);
        }
        last = next;
      }
      return Double.isNaN(sum) ? Double.MAX_VALUE : sum;
    }

    private double distance(AmplitudeModel model) {
      double below = model.cumulative(edges[edges.length - 1]);
      double largest = 0;
      long passed = 0;
      for (int k = 0; k < counts.length; k++) {
        passed += counts[k];
        double modelled = model.cumulative(edges[k + 1]) / below;
        largest = Math.max(largest, Math.abs((double) passed / total - modelled));
      }
      return largest;
    }
  }
}
