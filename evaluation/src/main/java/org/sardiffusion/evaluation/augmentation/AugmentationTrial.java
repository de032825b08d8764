package org.sardiffusion.evaluation.augmentation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.internal.crops.ImageCrops;
import org.sardiffusion.evaluation.internal.learn.Classifier;
import org.sardiffusion.evaluation.internal.learn.CrossValidation;
import org.sardiffusion.evaluation.internal.learn.Examples;
import org.sardiffusion.evaluation.internal.learn.LogisticRegression;
import org.sardiffusion.evaluation.internal.learn.Share;

/**
 * Train on synthetic, test on real (C. Esteban et al., "Real-valued (medical) time series
 * generation with recurrent conditional GANs", 2017): a logistic regression of the features of
 * crops learns the main labels of images; the crops of an image vote.
 */
public final class AugmentationTrial {
  private final AugmentationSettings settings;

  public AugmentationTrial(AugmentationSettings settings) {
    this.settings = settings;
  }

  /**
   * Compares the three ways to learn. Real images are learned from and tested in folds that share
   * no source; the generated ones are the same for every fold.
   *
   * @return nothing if fewer than two labels have enough images in both sets
   */
  public Optional<Augmentation> of(List<ImageCrops> real, List<ImageCrops> generated) {
    TreeSet<String> labels = labels(real);
    labels.retainAll(labels(generated));
    labels.remove(SetStatistics.ALL);
    List<ImageCrops> ours = ofLabels(real, labels);
    List<ImageCrops> theirs = ofLabels(generated, labels);
    if (labels.size() < 2) {
      return Optional.empty();
    }
    Map<Training, Tally> tallies = new EnumMap<>(Training.class);
    for (Training training : Training.values()) {
      tallies.put(training, new Tally());
    }
    LogisticRegression learner = new LogisticRegression(settings.cost());
    Examples made = examples(theirs);
    Classifier fromGenerated = learner.learn(made);
    CrossValidation folds =
        new CrossValidation(
            ours.stream()
                .map(image -> new CrossValidation.Group(image.source(), label(image)))
                .toList(),
            settings.folds(),
            settings.seed());
    for (int fold = 0; fold < settings.folds(); fold++) {
      Examples learned = examples(folds.learned(fold).stream().map(ours::get).toList());
      Map<Training, Classifier> classifiers =
          Map.of(
              Training.REAL,
              learner.learn(learned),
              Training.GENERATED,
              fromGenerated,
              Training.BOTH,
              learner.learn(learned.and(made)));
      for (int i : folds.tested(fold)) {
        ImageCrops image = ours.get(i);
        classifiers.forEach(
            (training, c) -> tallies.get(training).add(image, recognised(c, image)));
      }
    }
    int sources = new HashSet<>(ours.stream().map(ImageCrops::source).toList()).size();
    Map<Training, Recognition> recognition = new EnumMap<>(Training.class);
    tallies.forEach((training, tally) -> recognition.put(training, tally.result(sources)));
    return Optional.of(new Augmentation(ours.size(), theirs.size(), recognition));
  }

  private static String label(ImageCrops image) {
    return image.labels().get(0);
  }

  /** The main labels that enough images have. */
  private TreeSet<String> labels(List<ImageCrops> images) {
    return images.stream()
        .collect(Collectors.groupingBy(AugmentationTrial::label, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(e -> e.getValue() >= settings.fewest())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<ImageCrops> ofLabels(List<ImageCrops> images, TreeSet<String> labels) {
    return images.stream().filter(image -> labels.contains(label(image))).toList();
  }

  private static Examples examples(List<ImageCrops> images) {
    List<double[]> rows = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    for (ImageCrops image : images) {
      image.crops().forEach(crop -> rows.add(crop.features()));
      classes.addAll(Collections.nCopies(image.crops().size(), label(image)));
    }
    return new Examples(rows, classes);
  }

  /** The label with the largest sum of scores over the crops. */
  private static String recognised(Classifier classifier, ImageCrops image) {
    SortedMap<String, Double> sums = new TreeMap<>();
    image
        .crops()
        .forEach(
            crop ->
                classifier
                    .scores(crop.features())
                    .forEach((label, score) -> sums.merge(label, score, Double::sum)));
    return Collections.max(sums.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  /** What was right, label by label. */
  private static final class Tally {
    private final SortedMap<String, List<Boolean>> right = new TreeMap<>();

    void add(ImageCrops image, String recognised) {
      right
          .computeIfAbsent(label(image), l -> new ArrayList<>())
          .add(label(image).equals(recognised));
    }

    Recognition result(int sources) {
      SortedMap<String, Double> byLabel =
          right.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, e -> share(e.getValue()), (a, b) -> a, TreeMap::new));
      List<Boolean> all = right.values().stream().flatMap(List::stream).toList();
      return new Recognition(Share.of(share(all), sources), byLabel);
    }

    private static double share(List<Boolean> right) {
      return (double) right.stream().filter(r -> r).count() / right.size();
    }
  }
}
