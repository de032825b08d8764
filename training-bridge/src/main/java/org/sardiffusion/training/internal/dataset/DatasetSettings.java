package org.sardiffusion.training.internal.dataset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.training.dataset.CaptionSettings;
import org.sardiffusion.training.dataset.DatasetException;
import org.sardiffusion.training.dataset.DatasetPlan;
import org.sardiffusion.training.dataset.DatasetRequest;
import org.sardiffusion.training.dataset.PlannedSource;
import org.sardiffusion.training.dataset.Preparation;
import org.sardiffusion.training.dataset.SplitSettings;

/**
 * A request as JSON: for the record, and to tell whether an unfinished build is one of the same.
 */
public final class DatasetSettings {
  private DatasetSettings() {}

  /** What decides which patches there are, and how they look. */
  public static ObjectNode ofPatches(DatasetRequest request) {
    ObjectNode json = Json.object();
    Preparation preparation = request.preparation();
    json.put("target_spacing", preparation.targetSpacing());
    preparation
        .inputSpacing()
        .ifPresent(s -> json.putArray("input_spacing").add(s.columns()).add(s.rows()));
    json.put("calibration", preparation.calibration());
    preparation.nodata().ifPresent(value -> json.put("nodata", value));
    json.put("normalisation", "amplitude / (mean + 3 sigma) of the source, clipped to [0,1]");
    json.putArray("patch").add(request.grid().width()).add(request.grid().height());
    json.putArray("stride").add(request.grid().strideX()).add(request.grid().strideY());
    json.put("bits", 8 * request.type().bytes());
    json.set("limits", Json.MAPPER.valueToTree(request.limits()));
    SplitSettings split = request.split();
    json.putObject("split")
        .put("scenes", split.rule().toString())
        .put("train", split.train())
        .put("validation", split.validation())
        .put("test", split.test())
        .put("seed", split.seed());
    return json;
  }

  /** All settings, those of captions too. */
  public static ObjectNode of(DatasetRequest request) {
    ObjectNode json = ofPatches(request);
    CaptionSettings captions = request.captions();
    ObjectNode node = json.putObject("captions");
    node.put("template", captions.template());
    captions.captioner().ifPresent(c -> node.put("captioner", c.description()));
    node.put("uncaptioned", captions.uncaptioned().name().toLowerCase(Locale.ROOT));
    node.set("keywords", Json.MAPPER.valueToTree(captions.labels().keywords()));
    return json;
  }

  /** The settings of the patches, and a digest of what the sources were. */
  public static ObjectNode fingerprint(DatasetRequest request, DatasetPlan plan) {
    ObjectNode json = ofPatches(request);
    ArrayNode sources = Json.MAPPER.createArrayNode();
    for (PlannedSource source : plan.sources()) {
      try {
        sources
            .addArray()
            .add(source.file().toAbsolutePath().normalize().toString())
            .add(Files.size(source.file()))
            .add(Files.getLastModifiedTime(source.file()).toMillis())
            .add(source.name())
            .add(source.scene())
            .add(source.split().folder())
            .add(source.spacing().columns())
            .add(source.spacing().rows());
      } catch (IOException e) {
        throw new DatasetException(
            Kind.INPUT, "Cannot read " + source.file() + ": " + e.getMessage() + ".", e);
      }
    }
    json.put("sources", Sha256.hex(sources.toString().getBytes(StandardCharsets.UTF_8)));
    return json;
  }
}
