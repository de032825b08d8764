package org.sardiffusion.evaluation.internal.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sardiffusion.evaluation.Goldens;

class LearnersTest {
  private static final JsonNode GOLDEN = Goldens.json("crop_goldens.json");
  private static final JsonNode CLASSIFIERS = GOLDEN.get("classifiers");

  private static Examples examples(String name, Set<String> classes) {
    JsonNode node = CLASSIFIERS.get(name);
    List<double[]> rows = new ArrayList<>();
    List<String> of = new ArrayList<>();
    for (int i = 0; i < node.get("rows").size(); i++) {
      String label = node.get("classes").get(i).asText();
      if (classes.contains(label)) {
        of.add(label);
        JsonNode row = node.get("rows").get(i);
        rows.add(IntStream.range(0, row.size()).mapToDouble(k -> row.get(k).asDouble()).toArray());
      }
    }
    return new Examples(rows, of);
  }

  private static double accuracy(Classifier classifier, Examples test) {
    return IntStream.range(0, test.rows().size())
        .mapToDouble(
            i -> classifier.classOf(test.rows().get(i)).equals(test.classes().get(i)) ? 1 : 0)
        .average()
        .orElseThrow();
  }

  @Test
  void logisticRegressionIsScikitLearns() {
    Set<String> two = Set.of("field", "forest");
    Classifier classifier = new LogisticRegression(0.1).learn(examples("learn", two));
    Examples test = examples("test", two);
    JsonNode expected = CLASSIFIERS.get("logistic_forest_probability");
    for (int i = 0; i < test.rows().size(); i++) {
      assertEquals(
          expected.get(i).asDouble(),
          classifier.scores(test.rows().get(i)).get("forest"),
          1e-3,
          "row " + i);
    }
    assertEquals(
        CLASSIFIERS.get("logistic_accuracy").asDouble(), accuracy(classifier, test), 0.003);
  }

  @Test
  void ofSeveralClassesEachIsHeldAgainstTheRest() {
    Set<String> three = Set.of("field", "forest", "road");
    Classifier classifier = new LogisticRegression(0.1).learn(examples("learn", three));
    assertEquals(
        CLASSIFIERS.get("logistic_three_accuracy").asDouble(),
        accuracy(classifier, examples("test", three)),
        0.004);
  }

  @Test
  void extraTreesAreAsGoodAsScikitLearns() {
    Set<String> two = Set.of("field", "forest");
    Examples learned = examples("learn", two);
    Examples test = examples("test", two);
    Classifier classifier = new ExtraTrees(300, 0).learn(learned);
    assertEquals(CLASSIFIERS.get("trees_accuracy").asDouble(), accuracy(classifier, test), 0.03);
    double[] row = test.rows().get(0);
    assertEquals(classifier.scores(row), new ExtraTrees(300, 0).learn(learned).scores(row));
  }

  @Test
  void intervalsAreScipys() {
    for (JsonNode row : GOLDEN.get("shares")) {
      int trials = row.get(1).asInt();
      Share share = Share.of(row.get(0).asDouble() / trials, trials);
      assertEquals(row.get(2).asDouble(), share.low(), 1e-12, row.toString());
      assertEquals(row.get(3).asDouble(), share.high(), 1e-12, row.toString());
    }
    assertTrue(Double.isNaN(Share.of(Double.NaN, 0).value()));
  }

  @Test
  void groupsStayTogetherAndClassesAreDealtEvenly() {
    List<CrossValidation.Group> groups =
        Stream.concat(
                IntStream.range(0, 40).mapToObj(i -> new CrossValidation.Group("a" + i / 2, "a")),
                IntStream.range(0, 10).mapToObj(i -> new CrossValidation.Group("b" + i, "b")))
            .toList();
    CrossValidation folds = new CrossValidation(groups, 5, 1);
    Set<Integer> tested = new HashSet<>();
    for (int fold = 0; fold < 5; fold++) {
      List<Integer> inside = folds.tested(fold);
      assertEquals(10, inside.size());
      assertEquals(2, inside.stream().filter(i -> groups.get(i).label().equals("b")).count());
      Set<String> names = new HashSet<>();
      inside.forEach(i -> names.add(groups.get(i).name()));
      folds.learned(fold).forEach(i -> assertTrue(!names.contains(groups.get(i).name())));
      tested.addAll(inside);
    }
    assertEquals(50, tested.size());
  }
}
