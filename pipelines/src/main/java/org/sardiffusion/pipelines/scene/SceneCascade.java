package org.sardiffusion.pipelines.scene;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * Coarser scenes that are made first, each followed by the next: resampled by 2 in the frequency
 * domain, it is what that one's ControlNet follows, and what its reverse process begins from.
 *
 * @param spacings of the coarser scenes, metres, descending by factors of 2: such as 1.6 and 0.8
 *     for a scene of 0.4 m
 * @param prompts what is where in all of them
 * @param strength how much of the reverse process is run from the coarser scene, above 0 to 1
 * @param controlScale how strongly the ControlNet follows it
 */
public record SceneCascade(
    List<Double> spacings, LevelPrompts prompts, double strength, double controlScale) {
  /**
   * The usual strength. Lower than that of a refinement ({@code
   * RefinementSettings.CONTROLLED_STRENGTH}), since nothing gives a scene back the local mean of
   * the coarser one: at 0.6 local means over 17 pixels correlate 0.97 with it (default model,
   * version 1 with its first ControlNet, one scene).
   */
  public static final double STRENGTH = 0.6;

  /** A spacing in decimals is not exactly twice another. */
  private static final double ROUNDING = 1e-6;

  /** Prompts for scenes of one content and different spacings. */
  @FunctionalInterface
  public interface LevelPrompts {
    /**
     * The prompts of one of them.
     *
     * @param reduction pixels of the finest scene for each of its pixels, along one axis
     */
    ScenePrompts at(int reduction);
  }

  /**
   * @throws SceneException if there are no spacings, they do not descend by factors of 2, or
   *     another value is out of its range
   */
  public SceneCascade {
    spacings = List.copyOf(spacings);
    if (spacings.isEmpty()) {
      throw new SceneException("A cascade has at least one coarser spacing.");
    }
    for (int i = 0; i + 1 < spacings.size(); i++) {
      requireTwice(spacings.get(i), spacings.get(i + 1));
    }
    if (!(strength > 0 && strength <= 1)) {
      throw new SceneException(
          "The strength must be above 0 and at most 1, but is " + strength + ".");
    }
    if (!Double.isFinite(controlScale)) {
      throw new SceneException(
          "The control scale must be a finite number, but is " + controlScale + ".");
    }
  }

  /**
   * Checks that the scene itself is the next of its spacings.
   *
   * @param spacing of the scene, metres
   * @throws SceneException if it isn't half of the last one
   */
  void requireEndsAbove(double spacing) {
    requireTwice(spacings.get(spacings.size() - 1), spacing);
  }

  private static void requireTwice(double coarse, double fine) {
    if (!(Math.abs(coarse / fine - 2) <= ROUNDING)) {
      throw new SceneException(
          "The spacings of a cascade are each twice the next, down to twice the scene's own, but "
              + coarse
              + " m is followed by "
              + fine
              + " m. For a scene of 0.4 m they are 1.6,0.8.");
    }
  }

  /** The spacing of the next coarser scene. */
  double spacing() {
    return spacings.get(spacings.size() - 1);
  }

  /** What the next coarser scene follows itself; none for the coarsest. */
  Optional<SceneCascade> above() {
    return spacings.size() == 1
        ? Optional.empty()
        : Optional.of(
            new SceneCascade(
                spacings.subList(0, spacings.size() - 1),
                reduction -> prompts.at(2 * reduction),
                strength,
                controlScale));
  }
}
