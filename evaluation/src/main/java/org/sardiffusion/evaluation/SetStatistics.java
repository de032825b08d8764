package org.sardiffusion.evaluation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known about the images of one set, label by label. */
public final class SetStatistics {
  /** The label of every image. */
  public static final String ALL = "all";

  private final String name;
  private final EvaluationSettings settings;
  private final SortedMap<String, LabelStatistics> labels = new TreeMap<>();

  SetStatistics(String name, EvaluationSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  void add(MeasuredImage image) {
    label(ALL).add(image);
    for (String label : image.sample().labels()) {
      if (!label.equals(ALL)) {
        label(label).add(image);
      }
    }
  }

  private LabelStatistics label(String label) {
    return labels.computeIfAbsent(label, l -> new LabelStatistics(settings));
  }

  public String name() {
    return name;
  }

  /** By label, in alphabetical order; {@link #ALL} among them. */
  public SortedMap<String, LabelStatistics> labels() {
    return Collections.unmodifiableSortedMap(labels);
  }

  /** All images together. */
  public LabelStatistics all() {
    return labels.get(ALL);
  }
}
