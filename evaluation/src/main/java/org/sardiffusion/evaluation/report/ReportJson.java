package org.sardiffusion.evaluation.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.EvaluationSettings;
import org.sardiffusion.evaluation.LabelStatistics;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.amplitude.AmplitudeFit;
import org.sardiffusion.evaluation.amplitude.Moments;
import org.sardiffusion.evaluation.texture.Direction;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.Spread;
import org.sardiffusion.evaluation.texture.TextureDistance;
import org.sardiffusion.evaluation.texture.TextureFeature;
import org.sardiffusion.evaluation.texture.TextureStatistics;

/**
 * A result as JSON. It holds nothing but what was measured and how (no time, no path), its keys
 * come in a fixed order and its numbers have nine digits: the same images give the same bytes.
 */
final class ReportJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ReportJson() {}

  static String of(EvaluationResult result) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format_version", 1);
    settings(json.putObject("settings"), result.settings());
    SpectrumReport spectrum = new SpectrumReport(result);
    result
        .reference()
        .ifPresent(
            reference -> {
              ObjectNode real = json.putObject("real");
              set(real, reference.real());
              spectrum.write(real.putObject("spectrum"), reference.real());
              distances(json.putObject("real_split_halves"), reference.halves());
              reference
                  .halves()
                  .twoSample()
                  .ifPresent(t -> TwoSampleJson.write(json.putObject("real_two_sample"), t));
            });
    ArrayNode generated = json.putArray("generated");
    for (Comparison c : result.generated()) {
      ObjectNode node = generated.addObject();
      set(node, c.set());
      spectrum.write(node.putObject("spectrum"), c.set());
      if (result.reference().isPresent()) {
        distances(node.putObject("distances"), c);
      }
      c.twoSample().ifPresent(t -> TwoSampleJson.write(node.putObject("two_sample"), t));
      c.augmentation().ifPresent(a -> AugmentationReport.write(node.putObject("augmentation"), a));
    }
    result.semantics().ifPresent(s -> SemanticJson.write(json.putObject("semantics"), s));
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return MAPPER.writer(printer).writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain values is JSON.", e);
    }
  }

  private static void settings(ObjectNode node, EvaluationSettings settings) {
    node.put("bins", settings.amplitude().bins());
    number(node, "saturation", settings.amplitude().saturation());
    number(node, "epsilon", settings.amplitude().epsilon());
    node.put("logarithm", "natural");
    GlcmSettings glcm = settings.texture().glcm();
    node.put("patch", settings.texture().patches().side());
    number(node, "patch_tolerance", settings.texture().patches().tolerance());
    settings
        .segmentation()
        .ifPresent(
            segmentation -> {
              ObjectNode sam = node.putObject("sam");
              sam.put("model", segmentation.model());
              sam.put("points_per_side", segmentation.settings().pointsPerSide());
              number(sam, "pred_iou_thresh", segmentation.settings().predictedIou());
              number(sam, "stability_score_thresh", segmentation.settings().stability());
              number(sam, "box_nms_thresh", segmentation.settings().boxOverlap());
            });
    TwoSampleJson.settings(node.putObject("two_sample"), settings.twoSample());
    settings
        .augmentation()
        .ifPresent(a -> AugmentationReport.settings(node.putObject("augmentation"), a));
    node.put("glcm_levels", glcm.levels());
    node.put("glcm_quantiser", glcm.quantiser().name().toLowerCase(java.util.Locale.ROOT));
    node.put("glcm_symmetric", glcm.symmetry() == GlcmSettings.Symmetry.SYMMETRIC);
    node.put("glcm_window", glcm.window());
  }

  private static void set(ObjectNode node, SetStatistics set) {
    node.put("name", set.name());
    ObjectNode labels = node.putObject("labels");
    set.labels().forEach((label, statistics) -> label(labels.putObject(label), statistics));
  }

  private static void label(ObjectNode node, LabelStatistics statistics) {
    node.put("images", statistics.images());
    AmplitudeCounts counts = statistics.amplitude();
    ObjectNode amplitude = node.putObject("amplitude");
    amplitude.put("pixels", counts.count());
    amplitude.put("saturated", counts.saturated());
    amplitude.put("without_data", counts.withoutData());
    number(amplitude, "saturated_fraction", counts.saturatedFraction());
    Moments m = counts.moments();
    number(amplitude, "mean", m.mean());
    number(amplitude, "std", m.standardDeviation());
    number(amplitude, "skewness", m.skewness());
    number(amplitude, "kurtosis", m.kurtosis());
    ArrayNode histogram = amplitude.putArray("histogram");
    for (double p : counts.probabilities()) {
      histogram.add(Numbers.rounded(p));
    }
    ArrayNode fits = amplitude.putArray("fits");
    for (AmplitudeFit fit : statistics.fits()) {
      ObjectNode f = fits.addObject();
      f.put("model", fit.model().name());
      fit.model().parameters().forEach((name, value) -> number(f, name, value));
      number(f, "ks", fit.kolmogorovSmirnov());
      number(f, "kl", fit.kullbackLeibler());
    }
    texture(node.putObject("texture"), statistics.texture());
  }

  private static void texture(ObjectNode node, TextureStatistics texture) {
    node.put("patches", texture.patchCount());
    spread(node.putObject("enl"), texture.looks());
    spread(node.putObject("mean_over_std"), texture.meanOverDeviation());
    List<Direction> directions = texture.settings().glcm().directions();
    ArrayNode glcm = node.putArray("glcm");
    for (int d = 0; d < directions.size() && texture.patchCount() > 0; d++) {
      ObjectNode direction = glcm.addObject();
      direction.put("distance", directions.get(d).distance());
      direction.put("angle", directions.get(d).angle());
      for (TextureFeature feature : TextureFeature.values()) {
        spread(direction.putObject(feature.label()), texture.feature(d, feature));
      }
    }
  }

  private static void spread(ObjectNode node, Spread spread) {
    number(node, "mean", spread.mean());
    number(node, "std", spread.standardDeviation());
    number(node, "median", spread.median());
  }

  private static void distances(ObjectNode node, Comparison comparison) {
    for (var entry : comparison.amplitude().entrySet()) {
      ObjectNode label = node.putObject(entry.getKey());
      AmplitudeDistance d = entry.getValue();
      number(label, "kl", d.kullbackLeibler());
      number(label, "jensen_shannon", d.jensenShannon());
      number(label, "wasserstein", d.wasserstein());
      TextureDistance t = comparison.texture().get(entry.getKey());
      ObjectNode texture = label.putObject("texture");
      t.features().forEach((feature, value) -> number(texture, feature.label(), value));
      number(texture, "glcm", t.overall());
      number(texture, "enl", t.looks());
      number(texture, "mean_over_std", t.meanOverDeviation());
    }
  }

  /** JSON has no NaN and no infinity: null stands for both. */
  static void number(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, Numbers.rounded(value));
    } else {
      node.putNull(name);
    }
  }
}
