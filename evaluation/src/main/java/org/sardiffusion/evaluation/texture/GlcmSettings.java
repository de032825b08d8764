package org.sardiffusion.evaluation.texture;

import java.util.ArrayList;
import java.util.List;

/**
 * How texture is measured on a patch.
 *
 * @param levels grey levels, 2 to 256
 * @param quantiser how amplitudes become levels
 * @param directions one co-occurrence matrix each
 * @param symmetry whether a pair also counts the other way round
 * @param window side of the windows that slide over the patch, whose features are averaged; {@link
 *     #WHOLE_PATCH} for one matrix of the whole patch
 */
public record GlcmSettings(
    int levels, Quantiser quantiser, List<Direction> directions, Symmetry symmetry, int window) {
  /** The value of {@code window} for one matrix of the whole patch. */
  public static final int WHOLE_PATCH = 0;

  /** Whether a pair counts in both orders. */
  public enum Symmetry {
    ONE_WAY,
    SYMMETRIC
  }

  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public GlcmSettings {
    directions = List.copyOf(directions);
    if (levels < 2 || levels > 256) {
      throw new IllegalArgumentException("Grey levels are 2 to 256, not " + levels);
    }
    if (directions.isEmpty()) {
      throw new IllegalArgumentException("Texture needs at least one direction");
    }
    if (window != WHOLE_PATCH && window < 2) {
      throw new IllegalArgumentException("A window has 2 pixels or more, not " + window);
    }
  }

  /**
   * scikit-image's defaults: 256 levels, pairs one way, a matrix for each distance and angle.
   *
   * @param distances pixels, each at least 1
   * @param degrees angles
   */
  public static GlcmSettings skimage(List<Integer> distances, List<Double> degrees) {
    List<Direction> directions = new ArrayList<>();
    for (int distance : distances) {
      for (double angle : degrees) {
        directions.add(Direction.of(distance, angle));
      }
    }
    return new GlcmSettings(256, Quantiser.EQUAL_WIDTH, directions, Symmetry.ONE_WAY, WHOLE_PATCH);
  }

  /**
   * SNAP's GLCM operator as it starts (9 x 9 windows, 32 levels of equal probability, displacement
   * 4, all four angles in one symmetric matrix; {@code GLCMOp.java}). Its probabilities sum to 2;
   * ours to 1, as its documentation has it.
   */
  public static GlcmSettings snap() {
    int d = 4;
    return new GlcmSettings(
        32,
        Quantiser.EQUAL_PROBABILITY,
        List.of(
            new Direction(
                d,
                "all",
                List.of(new Offset(d, 0), new Offset(-d, d), new Offset(0, d), new Offset(d, d)))),
        Symmetry.SYMMETRIC,
        9);
  }
}
