package org.sardiffusion.evaluation.internal.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Whether generated images repeat real ones: the cosine of each to its nearest real image, beside
 * the cosines of real images to their nearest other real image. Of more than 10,000 generated
 * images as many are looked up, and of more than 2000 real ones as many set the threshold.
 *
 * @param threshold the 99th percentile of real images' cosines to their nearest other
 * @param share of generated images beyond the threshold, in [0,1]; 0.01 is what chance gives
 * @param closest the pairs of largest cosine, the closest first
 */
public record Memorisation(double threshold, double share, List<Pair> closest) {
  private static final int SHOWN = 10;
  private static final double PERCENTILE = 0.99;
  private static final int NONE = -1;

  /** Real images, evenly spread, whose neighbours set the threshold. */
  private static final int MOST_REFERENCES = 2000;

  /** Generated images, evenly spread, that are looked up. */
  private static final int MOST_QUERIES = 10000;

  /**
   * A generated image and the real image nearest to it.
   *
   * @param generated its index
   * @param real its index
   * @param cosine of the two, in [-1,1]
   */
  public record Pair(int generated, int real, double cosine) {}

  public Memorisation {
    closest = List.copyOf(closest);
  }

  /**
   * @param real features [N,P]
   * @param generated features [M,P]
   * @return NaN and no pairs if there are fewer than two real images or no generated one
   */
  public static Memorisation of(float[][] real, float[][] generated) {
    if (real.length < 2 || generated.length == 0) {
      return new Memorisation(Double.NaN, Double.NaN, List.of());
    }
    float[][] units = units(real);
    double[] others = new double[Math.min(MOST_REFERENCES, units.length)];
    for (int i = 0; i < others.length; i++) {
      int at = (int) ((long) i * units.length / others.length);
      others[i] = nearest(units, units[at], at).cosine();
    }
    Arrays.sort(others);
    double threshold = others[(int) Math.ceil(PERCENTILE * others.length) - 1];
    List<Pair> pairs = new ArrayList<>();
    int queries = Math.min(MOST_QUERIES, generated.length);
    for (int q = 0; q < queries; q++) {
      int g = (int) ((long) q * generated.length / queries);
      Nearest found = nearest(units, Vectors.unit(generated[g]), NONE);
      pairs.add(new Pair(g, found.index(), found.cosine()));
    }
    long beyond = pairs.stream().filter(p -> p.cosine() > threshold).count();
    pairs.sort(Comparator.comparingDouble(Pair::cosine).reversed());
    return new Memorisation(
        threshold, (double) beyond / queries, pairs.subList(0, Math.min(SHOWN, pairs.size())));
  }

  private record Nearest(int index, double cosine) {}

  private static Nearest nearest(float[][] units, float[] query, int except) {
    int best = NONE;
    double cosine = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < units.length; i++) {
      if (i != except) {
        double c = Vectors.dot(units[i], query);
        if (c > cosine) {
          cosine = c;
          best = i;
        }
      }
    }
    return new Nearest(best, cosine);
  }

  private static float[][] units(float[][] vectors) {
    return Arrays.stream(vectors).map(Vectors::unit).toArray(float[][]::new);
  }
}
