package org.sardiffusion.evaluation.texture;

import java.util.List;
import org.sardiffusion.evaluation.Reservoir;

/** The measures of a set's patches, pooled over its images; memory is bounded. */
public final class TextureStatistics {
  private static final int FEATURES = TextureFeature.values().length;

  private final TextureSettings settings;
  private final Reservoir<double[]> patches;

  public TextureStatistics(TextureSettings settings) {
    this.settings = settings;
    this.patches = new Reservoir<>(settings.patches().kept());
  }

  public void add(List<PatchMeasures> measures) {
    for (PatchMeasures m : measures) {
      double[] row = java.util.Arrays.copyOf(m.features(), m.features().length + 2);
      row[m.features().length] = m.looks();
      row[m.features().length + 1] = m.meanOverDeviation();
      patches.add(row);
    }
  }

  public TextureSettings settings() {
    return settings;
  }

  /** How many patches there were, those that the sample leaves out among them. */
  public long patchCount() {
    return patches.seen();
  }

  /** The values of a feature over the patches. */
  public Spread feature(int direction, TextureFeature feature) {
    return spread(direction * FEATURES + feature.ordinal());
  }

  /** The equivalent numbers of looks of the patches. */
  public Spread looks() {
    return spread(directions() * FEATURES);
  }

  /** Mean over standard deviation of the amplitude, of the patches. */
  public Spread meanOverDeviation() {
    return spread(directions() * FEATURES + 1);
  }

  private Spread spread(int column) {
    return new Spread(patches.kept().stream().mapToDouble(row -> row[column]).sorted().toArray());
  }

  private int directions() {
    return settings.glcm().directions().size();
  }
}
