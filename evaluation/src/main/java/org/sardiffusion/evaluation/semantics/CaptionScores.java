package org.sardiffusion.evaluation.semantics;

import java.util.Arrays;

/**
 * How well the images of a label match their captions.
 *
 * @param images images with a caption
 * @param cosine mean cosine of image and caption, in [-1,1] (the paper's figure 9)
 * @param meanRank mean rank of the own caption, from 1, the best (its equation 6 and table 7)
 * @param medianRank median of the rank
 * @param rankVariance mean squared deviation from the mean rank
 * @param first share of images whose own caption ranks first, in [0,1]
 * @param classified share of images, captioned or not, that are nearest to the text of one of their
 *     own labels, in [0,1]; NaN where no image has any of the classes
 */
public record CaptionScores(
    long images,
    double cosine,
    double meanRank,
    double medianRank,
    double rankVariance,
    double first,
    double classified) {

  /** Collects the scores of images. */
  static final class Collector {
    private double[] cosines = new double[16];
    private double[] ranks = new double[16];
    private int matched;
    private long classifiable;
    private long classified;

    void match(double cosine, int rank) {
      if (matched == cosines.length) {
        cosines = Arrays.copyOf(cosines, 2 * matched);
        ranks = Arrays.copyOf(ranks, 2 * matched);
      }
      cosines[matched] = cosine;
      ranks[matched++] = rank;
    }

    void classification(boolean right) {
      classifiable++;
      classified += right ? 1 : 0;
    }

    CaptionScores scores() {
      double[] r = Arrays.copyOf(ranks, matched);
      Arrays.sort(r);
      double mean = Arrays.stream(r).average().orElse(Double.NaN);
      return new CaptionScores(
          matched,
          Arrays.stream(cosines, 0, matched).average().orElse(Double.NaN),
          mean,
          matched == 0 ? Double.NaN : (r[(matched - 1) / 2] + r[matched / 2]) / 2,
          Arrays.stream(r).map(v -> (v - mean) * (v - mean)).average().orElse(Double.NaN),
          Arrays.stream(r).map(v -> v == 1 ? 1 : 0).average().orElse(Double.NaN),
          classifiable == 0 ? Double.NaN : (double) classified / classifiable);
    }
  }
}
