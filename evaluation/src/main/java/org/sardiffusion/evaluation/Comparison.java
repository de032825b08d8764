package org.sardiffusion.evaluation;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.augmentation.Augmentation;
import org.sardiffusion.evaluation.augmentation.AugmentationTrial;
import org.sardiffusion.evaluation.texture.TextureDistance;
import org.sardiffusion.evaluation.twosample.TwoSample;
import org.sardiffusion.evaluation.twosample.TwoSampleTest;

/**
 * One set beside the real one.
 *
 * @param set what was compared
 * @param amplitude the distance by label, for the labels that both sets have; empty without real
 *     images
 * @param texture the distance by label, for the same labels
 * @param twoSample how often classifiers tell its crops from the real ones; empty without real
 *     images, and where a set has too few
 * @param augmentation what it is worth for training; empty where that was not asked for or cannot
 *     be tried
 */
public record Comparison(
    SetStatistics set,
    SortedMap<String, AmplitudeDistance> amplitude,
    SortedMap<String, TextureDistance> texture,
    Optional<TwoSample> twoSample,
    Optional<Augmentation> augmentation) {
  /** A set with nothing to compare it with. */
  static Comparison alone(SetStatistics set) {
    return new Comparison(
        set,
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        Optional.empty(),
        Optional.empty());
  }

  static Comparison of(SetStatistics real, SetStatistics other) {
    SortedMap<String, AmplitudeDistance> amplitude = new TreeMap<>();
    SortedMap<String, TextureDistance> texture = new TreeMap<>();
    real.labels()
        .forEach(
            (label, statistics) -> {
              LabelStatistics others = other.labels().get(label);
              if (others != null) {
                amplitude.put(
                    label, AmplitudeDistance.between(statistics.amplitude(), others.amplitude()));
                texture.put(label, TextureDistance.between(statistics.texture(), others.texture()));
              }
            });
    return new Comparison(
        other,
        Collections.unmodifiableSortedMap(amplitude),
        Collections.unmodifiableSortedMap(texture),
        new TwoSampleTest(real.settings().twoSample()).between(real.crops(), other.crops()),
        real.settings()
            .augmentation()
            .flatMap(trial -> new AugmentationTrial(trial).of(real.crops(), other.crops())));
  }
}
