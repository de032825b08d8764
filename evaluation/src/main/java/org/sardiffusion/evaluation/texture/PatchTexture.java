package org.sardiffusion.evaluation.texture;

import java.util.List;

/** Measures the texture of patches; keeps its matrix between them, so it belongs to one thread. */
public final class PatchTexture {
  private static final int FEATURES = TextureFeature.values().length;

  private final GlcmSettings settings;
  private final CooccurrenceMatrix matrix;
  private final double[] features = new double[FEATURES];

  public PatchTexture(GlcmSettings settings) {
    this.settings = settings;
    this.matrix = new CooccurrenceMatrix(settings.levels());
  }

  /**
   * The features of a patch.
   *
   * @param image quantised with the same settings
   * @return for each direction, the features in the order of {@link TextureFeature}: {@code
   *     [directions * 5]}
   */
  public double[] of(GreyImage image, Patch patch) {
    List<Direction> directions = settings.directions();
    double[] values = new double[directions.size() * FEATURES];
    for (int d = 0; d < directions.size(); d++) {
      if (settings.window() == GlcmSettings.WHOLE_PATCH) {
        add(image, patch, directions.get(d), 1, values, d * FEATURES);
      } else {
        slide(image, patch, directions.get(d), values, d * FEATURES);
      }
    }
    return values;
  }

  private void slide(GreyImage image, Patch patch, Direction direction, double[] values, int at) {
    int window = Math.min(settings.window(), patch.side());
    int places = patch.side() - window + 1;
    double weight = 1.0 / ((double) places * places);
    for (int y = 0; y < places; y++) {
      for (int x = 0; x < places; x++) {
        Patch part = new Patch(patch.x() + x, patch.y() + y, window);
        add(image, part, direction, weight, values, at);
      }
    }
  }

  private void add(
      GreyImage image, Patch part, Direction direction, double weight, double[] values, int at) {
    matrix.clear();
    for (Offset offset : direction.offsets()) {
      matrix.add(image, part, offset);
    }
    if (settings.symmetry() == GlcmSettings.Symmetry.SYMMETRIC) {
      matrix.makeSymmetric();
    }
    matrix.features(features);
    for (int f = 0; f < FEATURES; f++) {
      values[at + f] += weight * features[f];
    }
  }
}
