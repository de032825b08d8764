package org.sardiffusion.evaluation.augmentation;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a generated set is worth for training.
 *
 * @param real images, each of which is tested once
 * @param generated images to learn from
 * @param recognition by what was learned from
 */
public record Augmentation(int real, int generated, Map<Training, Recognition> recognition) {
  public Augmentation {
    recognition = Collections.unmodifiableMap(new EnumMap<>(recognition));
  }
}
