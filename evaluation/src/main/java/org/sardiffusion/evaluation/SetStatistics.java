package org.sardiffusion.evaluation;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sardiffusion.evaluation.internal.crops.ImageCrops;
import org.sardiffusion.evaluation.internal.crops.LatticeSpectrum;
import org.sardiffusion.evaluation.internal.crops.PointResponse;

/** What is known about the images of one set, label by label. */
public final class SetStatistics {
  /** The label of every image. */
  public static final String ALL = "all";

  private static final int MOST_POINTS = 10_000;

  private final String name;
  private final EvaluationSettings settings;
  private final SortedMap<String, LabelStatistics> labels = new TreeMap<>();
  private final Reservoir<ImageCrops> crops;
  private final LatticeSpectrum lattice = new LatticeSpectrum();
  private final Reservoir<PointResponse> points = new Reservoir<>(MOST_POINTS);

  SetStatistics(String name, EvaluationSettings settings) {
    this.name = name;
    this.settings = settings;
    this.crops = new Reservoir<>(settings.twoSample().images());
  }

  void add(MeasuredImage image) {
    label(ALL).add(image);
    lattice.add(image.lattice());
    image.points().forEach(points::add);
    if (!image.crops().isEmpty()) {
      crops.add(
          new ImageCrops(
              image.sample().description().source(), image.sample().labels(), image.crops()));
    }
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

  EvaluationSettings settings() {
    return settings;
  }

  /** By label, in alphabetical order; {@link #ALL} among them. */
  public SortedMap<String, LabelStatistics> labels() {
    return Collections.unmodifiableSortedMap(labels);
  }

  /** A fair sample of the images that a crop fits into. */
  public List<ImageCrops> crops() {
    return crops.kept();
  }

  /** The mean spectrum of all images. */
  public LatticeSpectrum lattice() {
    return lattice;
  }

  /** A fair sample of the bright points of all images. */
  public Reservoir<PointResponse> points() {
    return points;
  }

  /** All images together. */
  public LabelStatistics all() {
    return labels.get(ALL);
  }
}
