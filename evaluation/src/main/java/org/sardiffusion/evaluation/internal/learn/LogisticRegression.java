package org.sardiffusion.evaluation.internal.learn;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Logistic regression on standardised features with an L2 penalty, by LIBLINEAR (R.-E. Fan et al.,
 * 2008); of more than two classes each against the rest. Every class weighs the same, however few
 * examples it has.
 *
 * @param cost inverse strength of the penalty, scikit-learn's {@code C}, above 0
 */
public record LogisticRegression(double cost) implements Learner {
  private static final int MOST_ITERATIONS = 1000;
  private static final double TOLERANCE = 1e-4;
  private static final double BIAS = 1;

  static {
    // LIBLINEAR prints its iterations on standard output.
    Linear.disableDebugOutput();
  }

  @Override
  public Classifier learn(Examples examples) {
    Standardisation standard = Standardisation.of(examples.rows());
    List<String> classes = examples.classes().stream().distinct().sorted().toList();
    Problem problem = new Problem();
    problem.l = examples.rows().size();
    problem.n = examples.rows().get(0).length + 1;
    problem.bias = BIAS;
    problem.x =
        examples.rows().stream().map(row -> nodes(standard.of(row))).toArray(Feature[][]::new);
    problem.y = examples.classes().stream().mapToDouble(classes::indexOf).toArray();
    Parameter parameter = new Parameter(SolverType.L2R_LR, cost, MOST_ITERATIONS, TOLERANCE);
    parameter.setWeights(
        balanced(classes, examples.classes()), IntStream.range(0, classes.size()).toArray());
    Model model = Linear.train(problem, parameter);
    return row -> scores(model, classes, standard.of(row));
  }

  /** What makes each class weigh as much as the others, as scikit-learn's "balanced" does. */
  private static double[] balanced(List<String> classes, List<String> all) {
    return classes.stream()
        .mapToDouble(
            c -> (double) all.size() / (classes.size() * all.stream().filter(c::equals).count()))
        .toArray();
  }

  private static Map<String, Double> scores(Model model, List<String> classes, double[] row) {
    double[] probabilities = new double[classes.size()];
    Linear.predictProbability(model, nodes(row), probabilities);
    Map<String, Double> scores = new TreeMap<>();
    for (int k = 0; k < probabilities.length; k++) {
      scores.put(classes.get(model.getLabels()[k]), probabilities[k]);
    }
    return scores;
  }

  private static Feature[] nodes(double[] row) {
    Feature[] nodes = new Feature[row.length + 1];
    for (int f = 0; f < row.length; f++) {
      nodes[f] = new FeatureNode(f + 1, row[f]);
    }
    nodes[row.length] = new FeatureNode(row.length + 1, BIAS);
    return nodes;
  }
}
