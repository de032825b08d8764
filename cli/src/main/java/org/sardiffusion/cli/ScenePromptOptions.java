package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.scene.PromptSource;
import picocli.CommandLine.Option;

/** What a scene shows where: one prompt, or a map of prompts. */
final class ScenePromptOptions {
  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What all of the scene shows, or what a prompt map leaves open.")
  private Optional<String> everywhere = Optional.empty();

  @Option(
      names = "--prompt-map",
      paramLabel = "FILE",
      description = {
        "What the scene shows where: GeoJSON polygons with a property \"prompt\", in longitude and latitude, in the"
            + " scene's --crs, or, without one, in columns and rows of the image;",
        "or, with --legend, a raster of labels (GeoTIFF, PNG, NPY, ENVI)."
      })
  private Optional<Path> map = Optional.empty();

  @Option(
      names = "--legend",
      paramLabel = "FILE",
      description =
          "The prompts of a raster's labels (.yaml, .json, .csv): lines such as 3: \"A <SAR> image of a forest\".")
  private Optional<Path> legend = Optional.empty();

  @Option(
      names = "--prompt-list",
      paramLabel = "FILE",
      description = {
        "A list of prompts by position (.csv, .jsonl, .parquet): prompt, x, y, width, height in pixels, or x_m, y_m, width_m,"
            + " height_m in metres.",
        "What a row leaves out reaches to the border; later rows lie over earlier ones."
      })
  private Optional<Path> list = Optional.empty();

  @Option(
      names = "--blend",
      paramLabel = "METRES",
      description =
          "Width of the transition between regions (default: half of what the model's tiles overlap).")
  private Optional<Double> blend = Optional.empty();

  /**
   * Where it is said what is where.
   *
   * @param made the scene to make again, which says what these options leave open
   */
  PromptSource source(Optional<PromptSource> made) {
    if (made.isPresent() && !given()) {
      return made.get();
    }
    return new PromptSource(
        everywhere,
        map.map(InputFile::of),
        legend.map(InputFile::of),
        list.map(InputFile::of),
        blend);
  }

  /** Whether the user said anything of it. */
  boolean given() {
    return everywhere.isPresent()
        || map.isPresent()
        || legend.isPresent()
        || list.isPresent()
        || blend.isPresent();
  }
}
