package org.sardiffusion.cli;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.pipelines.recipe.Scene;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.scene.SceneCascade;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Coarser scenes that are made first. */
final class SceneCascadeOptions {
  @Option(
      names = "--cascade",
      paramLabel = "METRES",
      split = ",",
      description = {
        "Make coarser scenes of these spacings first, such as 1.6,0.8: each is twice the next, and followed by it"
            + " under the model's ControlNet. Structures then span more than a tile.",
        "Without --window: a part depends on all of the coarser scenes."
      })
  private List<Double> spacings = List.of();

  @Option(
      names = "--strength",
      paramLabel = "X",
      description =
          "With --cascade: how far to go from the coarser scene, above 0 to 1 (default: "
              + SceneCascade.STRENGTH
              + ").")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--control-scale",
      paramLabel = "X",
      description =
          "With --cascade: how strongly the ControlNet follows it (default: "
              + RefinementSettings.CONTROL_SCALE
              + ").")
  private Optional<Double> controlScale = Optional.empty();

  /**
   * What was asked for.
   *
   * @param made the scene to make again, which says what these options leave open
   * @param command the command whose options these are, for messages
   */
  Optional<SceneCascade> read(
      SceneCascade.LevelPrompts prompts, Optional<Scene.Cascade> made, CommandLine command) {
    if (spacings.isEmpty() && made.isEmpty()) {
      if (strength.isPresent() || controlScale.isPresent()) {
        throw new ParameterException(
            command, "--strength and --control-scale need --cascade: they say how it is followed.");
      }
      return Optional.empty();
    }
    return Optional.of(
        new SceneCascade(
            spacings.isEmpty() ? made.get().spacings() : spacings,
            prompts,
            strength.orElseGet(
                () -> made.map(Scene.Cascade::strength).orElse(SceneCascade.STRENGTH)),
            controlScale.orElseGet(
                () ->
                    made.map(Scene.Cascade::controlScale)
                        .orElse(RefinementSettings.CONTROL_SCALE))));
  }
}
