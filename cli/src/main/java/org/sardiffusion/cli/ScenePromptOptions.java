package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.pipelines.ModelTiles;
import org.sardiffusion.pipelines.scene.ScenePrompts;
import org.sardiffusion.pipelines.scene.map.LabelRaster;
import org.sardiffusion.pipelines.scene.map.PolygonFile;
import org.sardiffusion.pipelines.scene.map.PositionList;
import org.sardiffusion.pipelines.scene.map.PromptMap;
import org.sardiffusion.pipelines.scene.map.PromptMapRequest;
import org.sardiffusion.pipelines.scene.map.RegionSource;
import org.sardiffusion.pipelines.scene.map.SceneFrame;
import org.sardiffusion.runtime.bundle.Bundle;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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

  /** Width of the transition between regions, metres. */
  double blend(SceneFrame frame, Bundle bundle) {
    return blend.orElse(ModelTiles.overlap(bundle) / 2.0 * frame.spacing());
  }

  /**
   * Reads the map, if there is one.
   *
   * @param frame the scene
   * @param width of the transition between regions, metres
   */
  ScenePrompts read(SceneFrame frame, double width) {
    if (map.isEmpty() && list.isEmpty()) {
      return ScenePrompts.of(everywhere.orElseThrow());
    }
    PromptMap drawn = PromptMap.of(source(), new PromptMapRequest(frame, width, everywhere));
    List<Path> files = new ArrayList<>();
    List.of(map, legend, list).forEach(file -> file.ifPresent(files::add));
    return ScenePrompts.of(drawn, files);
  }

  private RegionSource source() {
    if (list.isPresent()) {
      return new PositionList(list.get());
    }
    return legend.isPresent()
        ? new LabelRaster(map.orElseThrow(), legend.get())
        : new PolygonFile(map.orElseThrow());
  }

  /**
   * Refuses options that do not go together.
   *
   * @param command the command whose options these are, for messages
   */
  void check(CommandLine command) {
    if (everywhere.isEmpty() && map.isEmpty() && list.isEmpty()) {
      throw new ParameterException(
          command,
          "What does the scene show? Give --prompt TEXT, --prompt-map FILE or --prompt-list FILE.");
    }
    if (map.isPresent() && list.isPresent()) {
      throw new ParameterException(
          command, "--prompt-map and --prompt-list both say what is where: give one of them.");
    }
    if (legend.isPresent() && map.isEmpty()) {
      throw new ParameterException(
          command, "--legend needs --prompt-map FILE, the raster whose labels it explains.");
    }
    if (blend.isPresent() && map.isEmpty() && list.isEmpty()) {
      throw new ParameterException(
          command, "--blend needs regions to blend: give --prompt-map or --prompt-list.");
    }
    boolean polygons =
        map.map(file -> file.toString().toLowerCase(Locale.ROOT))
            .filter(name -> name.endsWith("json"))
            .isPresent();
    if (map.isPresent() && polygons == legend.isPresent()) {
      throw new ParameterException(
          command,
          polygons
              ? "--legend explains the labels of a raster, but "
                  + map.get()
                  + " is GeoJSON, whose features have their prompts themselves."
              : map.get()
                  + " is no .geojson, so it is taken for a raster of labels: add --legend FILE with"
                  + " their prompts.");
    }
  }
}
