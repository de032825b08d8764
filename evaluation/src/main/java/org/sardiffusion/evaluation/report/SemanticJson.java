package org.sardiffusion.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sardiffusion.evaluation.internal.features.FeatureDistance;
import org.sardiffusion.evaluation.semantics.CaptionScores;
import org.sardiffusion.evaluation.semantics.GeneratedSemantics;
import org.sardiffusion.evaluation.semantics.SemanticResult;
import org.sardiffusion.evaluation.semantics.SetSemantics;

/** What a SAR-CLIP found, as JSON. */
final class SemanticJson {
  private SemanticJson() {}

  static void write(ObjectNode node, SemanticResult result) {
    node.put("backbone", result.model().name());
    node.put("rank_batch", result.settings().batch());
    node.put("template", result.settings().template());
    ArrayNode classes = node.putArray("classes");
    result.classes().forEach(classes::add);
    result.real().ifPresent(real -> captions(node.putObject("real"), real));
    ArrayNode generated = node.putArray("generated");
    for (GeneratedSemantics g : result.generated()) {
      ObjectNode set = generated.addObject();
      set.put("name", g.set().name());
      captions(set.putObject("labels"), g.set());
      if (g.distance().isEmpty()) {
        continue;
      }
      features(set.putObject("features"), g.distance().get());
      ArrayNode closest = set.putArray("closest");
      for (GeneratedSemantics.ClosePair pair : g.closest()) {
        ObjectNode p = closest.addObject();
        p.put("generated", pair.generated());
        p.put("real", pair.real());
        ReportJson.number(p, "cosine", pair.cosine());
      }
    }
  }

  private static void captions(ObjectNode node, SetSemantics set) {
    set.captions().forEach((label, scores) -> scores(node.putObject(label), scores));
  }

  private static void scores(ObjectNode node, CaptionScores s) {
    node.put("captioned", s.images());
    ReportJson.number(node, "cosine", s.cosine());
    ReportJson.number(node, "rank_mean", s.meanRank());
    ReportJson.number(node, "rank_median", s.medianRank());
    ReportJson.number(node, "rank_variance", s.rankVariance());
    ReportJson.number(node, "rank_1_fraction", s.first());
    ReportJson.number(node, "label_accuracy", s.classified());
  }

  private static void features(ObjectNode node, FeatureDistance d) {
    ReportJson.number(node, "fid", d.frechet());
    ReportJson.number(node, "kid", d.kernel());
    ReportJson.number(node, "precision", d.manifolds().precision());
    ReportJson.number(node, "recall", d.manifolds().recall());
    ReportJson.number(node, "near_real_fraction", d.memorisation().share());
    ReportJson.number(node, "near_real_cosine", d.memorisation().threshold());
  }
}
