package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.scene.PromptSource;
import org.sardiffusion.pipelines.scene.SceneExtent;
import org.sardiffusion.pipelines.scene.ScenePrompts;
import org.sardiffusion.pipelines.scene.SceneRequest;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * A scene.
 *
 * @param extent how large it is, and which part of it was made
 * @param shown what is where
 * @param sampling of one image
 * @param placement where the whole scene lies
 * @param cascade the coarser scenes before it
 */
public record Scene(
    SceneExtent extent,
    Shown shown,
    Sampling sampling,
    AffineGrid placement,
    Optional<Cascade> cascade)
    implements Recipe {
  static final String TASK = "scene";

  /**
   * What a scene shows.
   *
   * @param source where it was said what is where
   * @param prompts all of them
   * @param layout how the source was laid over the scene
   */
  public record Shown(
      PromptSource source, List<String> prompts, Optional<ScenePrompts.Layout> layout) {
    public Shown {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * Coarser scenes.
   *
   * @param spacings metres, descending
   * @param strength how much of the reverse process was run from the coarser scene
   * @param controlScale how strongly the ControlNet followed it
   */
  public record Cascade(List<Double> spacings, double strength, double controlScale) {}

  /** The recipe of a request. */
  public static Scene of(SceneRequest request) {
    ScenePrompts prompts = request.prompts();
    return new Scene(
        request.extent(),
        new Shown(prompts.source().withoutFolders(), prompts.field().prompts(), prompts.layout()),
        request.sampling(),
        request.output().placement(),
        request.cascade().map(c -> new Cascade(c.spacings(), c.strength(), c.controlScale())));
  }

  @Override
  public String task() {
    return TASK;
  }

  @Override
  public List<String> prompts() {
    return shown.prompts();
  }

  @Override
  public void writeTo(ObjectNode json) {
    shown.prompts().forEach(json.putArray("prompts")::add);
    PromptSource source = shown.source();
    source.everywhere().ifPresent(prompt -> json.put("prompt", prompt));
    source.map().ifPresent(file -> Fields.write(json.putObject("prompt_map"), file));
    source.legend().ifPresent(file -> Fields.write(json.putObject("legend"), file));
    source.list().ifPresent(file -> Fields.write(json.putObject("prompt_list"), file));
    shown
        .layout()
        .ifPresent(
            layout -> json.put("blend", layout.blend()).put("cells_sha256", layout.sha256()));
    json.putArray("size").add(extent.size().width()).add(extent.size().height());
    extent
        .window()
        .ifPresent(
            w -> json.putArray("window").add(w.x()).add(w.y()).add(w.width()).add(w.height()));
    json.setAll(sampling.values().toJson());
    cascade.ifPresent(
        c -> {
          ObjectNode section = json.putObject("cascade");
          c.spacings().forEach(section.putArray("spacings_m")::add);
          section.put("strength", c.strength()).put("control_scale", c.controlScale());
        });
    Generate.write(json.putObject("placement"), placement);
  }

  static Scene of(JsonNode json) {
    Fields fields = new Fields(json);
    Optional<Double> blend = fields.<Double>optional("blend", Fields::number);
    PromptSource source =
        new PromptSource(
            fields.optionalText("prompt"),
            fields.<InputFile>optional("prompt_map", Fields::file),
            fields.<InputFile>optional("legend", Fields::file),
            fields.<InputFile>optional("prompt_list", Fields::file),
            blend);
    return new Scene(
        new SceneExtent(fields.size("size"), fields.<Window>optional("window", Fields::window)),
        new Shown(
            source,
            fields.texts("prompts"),
            blend.map(width -> new ScenePrompts.Layout(width, fields.text("cells_sha256")))),
        Generate.sampling(json),
        Generate.placement(fields.object("placement")),
        fields.section(
            "cascade",
            section ->
                new Cascade(
                    section.numbers("spacings_m"),
                    section.number("strength"),
                    section.number("control_scale"))));
  }
}
