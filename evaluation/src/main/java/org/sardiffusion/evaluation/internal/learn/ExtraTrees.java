package org.sardiffusion.evaluation.internal.learn;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Extremely randomised trees (P. Geurts et al., "Extremely randomized trees", 2006), whose scores
 * are the mean of all trees'.
 *
 * @param trees at least 1
 * @param seed of the draws
 */
public record ExtraTrees(int trees, long seed) implements Learner {
  @Override
  public Classifier learn(Examples examples) {
    List<String> classes = examples.classes().stream().distinct().sorted().toList();
    double[][] rows = examples.rows().toArray(double[][]::new);
    int[] of = examples.classes().stream().mapToInt(classes::indexOf).toArray();
    List<RandomTree> grown =
        IntStream.range(0, trees)
            .mapToObj(t -> RandomTree.grown(rows, of, classes.size(), seed + t))
            .toList();
    return row -> scores(grown, classes, row);
  }

  private static Map<String, Double> scores(
      List<RandomTree> grown, List<String> classes, double[] row) {
    double[] mean = new double[classes.size()];
    for (RandomTree tree : grown) {
      double[] shares = tree.shares(row);
      for (int k = 0; k < mean.length; k++) {
        mean[k] += shares[k] / grown.size();
      }
    }
    Map<String, Double> scores = new TreeMap<>();
    for (int k = 0; k < mean.length; k++) {
      scores.put(classes.get(k), mean[k]);
    }
    return scores;
  }
}
