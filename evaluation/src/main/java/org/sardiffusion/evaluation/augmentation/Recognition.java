package org.sardiffusion.evaluation.augmentation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sardiffusion.evaluation.internal.learn.Share;

/**
 * How well the labels of real images are recognised that a classifier has not seen.
 *
 * @param right share of the images whose label is right
 * @param byLabel the same of the images of each label, in [0,1]
 */
public record Recognition(Share right, SortedMap<String, Double> byLabel) {
  public Recognition {
    byLabel = Collections.unmodifiableSortedMap(new TreeMap<>(byLabel));
  }

  /** The mean of {@link #byLabel}: what counts where labels differ in number. */
  public double balanced() {
    return byLabel.values().stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }
}
