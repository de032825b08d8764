package org.sardiffusion.pipelines.scene;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.internal.map.LabelRaster;
import org.sardiffusion.pipelines.internal.map.PolygonFile;
import org.sardiffusion.pipelines.internal.map.PositionList;
import org.sardiffusion.pipelines.internal.map.PromptMap;
import org.sardiffusion.pipelines.internal.map.PromptMapRequest;
import org.sardiffusion.pipelines.internal.map.RegionSource;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * Where it is said what a scene shows where.
 *
 * @param everywhere the prompt of all of it, or of what a map leaves open
 * @param map polygons in GeoJSON, or with a legend a raster of labels
 * @param legend the prompts of the raster's labels
 * @param list prompts by position
 * @param blend width of the transition between regions, metres; empty takes half of what the
 *     model's tiles overlap
 */
public record PromptSource(
    Optional<String> everywhere,
    Optional<InputFile> map,
    Optional<InputFile> legend,
    Optional<InputFile> list,
    Optional<Double> blend) {
  /**
   * @throws SceneException if these do not go together
   */
  public PromptSource {
    if (everywhere.isEmpty() && map.isEmpty() && list.isEmpty()) {
      throw new SceneException(
          "What does the scene show? Give a prompt, a map of prompts or a list of prompts.",
          Remedy.choose("prompt"),
          Remedy.choose("prompt_map"),
          Remedy.choose("prompt_list"));
    }
    if (map.isPresent() && list.isPresent()) {
      throw new SceneException(
          "The map and the list both say what is where: give one of them.",
          Remedy.omit("prompt_map"),
          Remedy.omit("prompt_list"));
    }
    if (legend.isPresent() && map.isEmpty()) {
      throw new SceneException(
          "A legend needs a map, the raster whose labels it explains.",
          Remedy.choose("prompt_map"));
    }
    if (blend.isPresent() && map.isEmpty() && list.isEmpty()) {
      throw new SceneException(
          "The blend needs regions: give a map or a list.",
          Remedy.choose("prompt_map"),
          Remedy.choose("prompt_list"));
    }
    boolean polygons = map.filter(PromptSource::isJson).isPresent();
    if (map.isPresent() && polygons == legend.isPresent()) {
      throw new SceneException(
          polygons
              ? "A legend explains the labels of a raster, but "
                  + map.get().path()
                  + " is GeoJSON, whose features have their prompts themselves."
              : map.get().path()
                  + " is not a .geojson file, so it is taken for a raster of labels: add a legend with their"
                  + " prompts.",
          polygons ? Remedy.omit("legend") : Remedy.choose("legend"));
    }
  }

  /** One prompt everywhere. */
  public static PromptSource of(String prompt) {
    return new PromptSource(
        Optional.of(prompt),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static boolean isJson(InputFile file) {
    return file.path().toString().toLowerCase(Locale.ROOT).endsWith("json");
  }

  /** All files of it. */
  public List<InputFile> files() {
    return Stream.of(map, legend, list).flatMap(Optional::stream).toList();
  }

  private PromptSource with(UnaryOperator<InputFile> change) {
    return new PromptSource(
        everywhere, map.map(change), legend.map(change), list.map(change), blend);
  }

  /**
   * The same files, found again for a scene that was made from them.
   *
   * @throws org.sardiffusion.pipelines.recipe.RecipeException if one is gone or has changed
   */
  public PromptSource foundFor(Path image) {
    return with(file -> file.foundFor(image));
  }

  /** The same files, known by their names alone. */
  public PromptSource withoutFolders() {
    return with(file -> new InputFile(file.path().getFileName(), file.sha256()));
  }

  /**
   * Reads what is where.
   *
   * @param frame the scene
   * @param usual width of the transition between regions where none was given, metres
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read, or does not fit
   */
  public ScenePrompts read(SceneFrame frame, double usual) {
    if (map.isEmpty() && list.isEmpty()) {
      return new ScenePrompts(
          new org.sardiffusion.runtime.diffusion.UniformPrompt(everywhere.orElseThrow()),
          this,
          Optional.empty());
    }
    PromptMap drawn =
        PromptMap.of(regions(), new PromptMapRequest(frame, blend.orElse(usual), everywhere));
    return new ScenePrompts(
        drawn, this, Optional.of(new ScenePrompts.Layout(drawn.blend(), drawn.sha256())));
  }

  private RegionSource regions() {
    if (list.isPresent()) {
      return new PositionList(list.get().path());
    }
    Path file = map.orElseThrow().path();
    return legend.isPresent() ? new LabelRaster(file, legend.get().path()) : new PolygonFile(file);
  }
}
