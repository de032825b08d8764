package org.sardiffusion.evaluation.twosample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.sardiffusion.evaluation.internal.crops.CropFeatures;
import org.sardiffusion.evaluation.internal.crops.Feature;
import org.sardiffusion.evaluation.internal.crops.FeatureGroup;
import org.sardiffusion.evaluation.internal.crops.ImageCrops;
import org.sardiffusion.evaluation.internal.learn.Classifier;
import org.sardiffusion.evaluation.internal.learn.CrossValidation;
import org.sardiffusion.evaluation.internal.learn.Examples;
import org.sardiffusion.evaluation.internal.learn.ExtraTrees;
import org.sardiffusion.evaluation.internal.learn.Learner;
import org.sardiffusion.evaluation.internal.learn.LogisticRegression;
import org.sardiffusion.evaluation.internal.learn.Share;

/**
 * The classifier two-sample test (D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample
 * tests", 2017): were two sets drawn from the same distribution, no classifier could tell which of
 * them a crop is from more often than by chance.
 */
public final class TwoSampleTest {
  private static final String REAL = "real";
  private static final String GENERATED = "generated";
  private static final int SHOWN_TELLTALES = 12;

  private final TwoSampleSettings settings;

  public TwoSampleTest(TwoSampleSettings settings) {
    this.settings = settings;
  }

  /**
   * Tells two sets apart; the larger one loses images at random until both are as large.
   *
   * @return nothing if a set has fewer images than there are folds
   */
  public Optional<TwoSample> between(List<ImageCrops> real, List<ImageCrops> generated) {
    int images = Math.min(real.size(), generated.size());
    if (images < settings.folds()) {
      return Optional.empty();
    }
    Pool pool = new Pool(drawn(real, images), drawn(generated, images), settings);
    Map<FeatureGroup, Share> groups = new EnumMap<>(FeatureGroup.class);
    Learner regression = new LogisticRegression(settings.cost());
    for (FeatureGroup group : FeatureGroup.values()) {
      groups.put(group, pool.only(group).right(regression));
    }
    return Optional.of(
        new TwoSample(
            images,
            pool.crops(),
            pool.right(regression),
            pool.right(new ExtraTrees(settings.trees(), settings.seed())),
            groups,
            pool.telltales()));
  }

  private List<ImageCrops> drawn(List<ImageCrops> images, int count) {
    List<ImageCrops> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(settings.seed()));
    return shuffled.subList(0, count);
  }

  /** The images of both sets, and who is tested with whom. */
  private static final class Pool {
    private final List<List<double[]>> images;
    private final List<CrossValidation.Group> groups;
    private final CrossValidation validation;
    private final int trials;

    Pool(List<ImageCrops> real, List<ImageCrops> generated, TwoSampleSettings settings) {
      groups = new ArrayList<>();
      images = new ArrayList<>();
      add(real, REAL);
      add(generated, GENERATED);
      validation = new CrossValidation(groups, settings.folds(), settings.seed());
      trials = new HashSet<>(groups).size();
    }

    private Pool(Pool other, List<List<double[]>> images) {
      this.images = images;
      groups = other.groups;
      validation = other.validation;
      trials = other.trials;
    }

    private void add(List<ImageCrops> set, String label) {
      for (ImageCrops image : set) {
        groups.add(new CrossValidation.Group(image.source(), label));
        images.add(image.crops().stream().map(crop -> crop.features()).toList());
      }
    }

    int crops() {
      return images.stream().mapToInt(List::size).sum();
    }

    /** The same images, described by one group of features. */
    Pool only(FeatureGroup group) {
      List<Feature> features = CropFeatures.all();
      int[] columns =
          IntStream.range(0, features.size())
              .filter(f -> features.get(f).group() == group)
              .toArray();
      return new Pool(
          this,
          images.stream()
              .map(
                  crops ->
                      crops.stream()
                          .map(row -> Arrays.stream(columns).mapToDouble(f -> row[f]).toArray())
                          .toList())
              .toList());
    }

    /** How often the crops of the images of the other folds teach a learner to be right. */
    Share right(Learner learner) {
      double sum = 0;
      for (int fold = 0; fold < validation.folds(); fold++) {
        Classifier classifier = learner.learn(examples(validation.learned(fold)));
        for (int i : validation.tested(fold)) {
          String label = groups.get(i).label();
          sum +=
              images.get(i).stream()
                  .mapToDouble(row -> classifier.classOf(row).equals(label) ? 1 : 0)
                  .average()
                  .orElseThrow();
        }
      }
      return Share.of(sum / images.size(), trials);
    }

    private Examples examples(List<Integer> indices) {
      List<double[]> rows = new ArrayList<>();
      List<String> classes = new ArrayList<>();
      for (int i : indices) {
        rows.addAll(images.get(i));
        classes.addAll(Collections.nCopies(images.get(i).size(), groups.get(i).label()));
      }
      return new Examples(rows, classes);
    }

    List<Telltale> telltales() {
      List<Feature> features = CropFeatures.all();
      return IntStream.range(0, features.size())
          .mapToObj(f -> telltale(features.get(f), values(f, REAL), values(f, GENERATED)))
          .sorted(Comparator.comparingDouble(Telltale::strength).reversed())
          .limit(SHOWN_TELLTALES)
          .toList();
    }

    private double[] values(int feature, String label) {
      return IntStream.range(0, images.size())
          .filter(i -> groups.get(i).label().equals(label))
          .boxed()
          .flatMap(i -> images.get(i).stream())
          .mapToDouble(row -> row[feature])
          .sorted()
          .toArray();
    }

    private static Telltale telltale(Feature feature, double[] real, double[] generated) {
      return new Telltale(feature, RocArea.of(real, generated), median(real), median(generated));
    }

    private static double median(double[] sorted) {
      return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
  }
}
