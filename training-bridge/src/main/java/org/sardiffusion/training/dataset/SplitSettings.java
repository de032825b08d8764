package org.sardiffusion.training.dataset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.sardiffusion.core.SarDiffusionException.Kind;

/**
 * How scenes are shared out. A scene goes to one split as a whole: patches of one scene resemble
 * each other, and a model must not be judged on what it has seen.
 *
 * @param rule which files show the same scene
 * @param train share of the patches for training, at least 0
 * @param validation share for validation, at least 0
 * @param test share for testing, at least 0; the three add up to 1
 * @param seed decides which scenes go where
 */
public record SplitSettings(
    SceneRule rule, double train, double validation, double test, long seed) {
  private static final double ROUNDING = 1e-6;

  /**
   * @throws DatasetException if the shares do not add up to 1
   */
  public SplitSettings {
    if (!(train >= 0 && validation >= 0 && test >= 0)
        || Math.abs(train + validation + test - 1) > ROUNDING) {
      throw new DatasetException(
          Kind.USAGE,
          String.format(
              "The shares of train, validation and test must not be negative and must add up to 1, unlike %s, %s and %s.",
              train, validation, test));
    }
  }

  /** Every file a scene; 80 % training, 10 % validation, 10 % test; seed 0. */
  public static SplitSettings standard() {
    return new SplitSettings(new SceneRule.EachFile(), 0.8, 0.1, 0.1, 0);
  }

  /**
   * Shares the scenes out: in an order that the seed decides, each goes to the split that lacks
   * most. Every split that is wanted gets a scene if there are enough of them.
   *
   * @param weights of each scene, how many patches it may give
   * @return the split of each scene
   */
  public Map<String, Split> assign(Map<String, Long> weights) {
    List<String> scenes = new ArrayList<>(new TreeMap<>(weights).keySet());
    Collections.shuffle(scenes, new Random(seed));
    double total = weights.values().stream().mapToLong(Long::longValue).sum();
    double[] lacking = {train * total, validation * total, test * total};
    boolean[] empty = {train > 0, validation > 0, test > 0};
    Map<String, Split> assigned = new TreeMap<>();
    for (int i = 0; i < scenes.size(); i++) {
      boolean mustFill = scenes.size() - i <= wanted(empty);
      int best = -1;
      for (int s = 0; s < lacking.length; s++) {
        boolean candidate = mustFill ? empty[s] : share(s) > 0;
        if (candidate && (best < 0 || lacking[s] > lacking[best])) {
          best = s;
        }
      }
      lacking[best] -= weights.get(scenes.get(i));
      empty[best] = false;
      assigned.put(scenes.get(i), Split.values()[best]);
    }
    return assigned;
  }

  private double share(int split) {
    return switch (Split.values()[split]) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  private static int wanted(boolean[] empty) {
    int count = 0;
    for (boolean e : empty) {
      count += e ? 1 : 0;
    }
    return count;
  }
}
