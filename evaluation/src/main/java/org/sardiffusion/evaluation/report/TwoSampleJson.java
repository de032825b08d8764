package org.sardiffusion.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sardiffusion.evaluation.internal.learn.Share;
import org.sardiffusion.evaluation.twosample.Telltale;
import org.sardiffusion.evaluation.twosample.TwoSample;
import org.sardiffusion.evaluation.twosample.TwoSampleSettings;

/** What classifiers tell apart, as JSON. */
final class TwoSampleJson {
  private TwoSampleJson() {}

  static void settings(ObjectNode node, TwoSampleSettings settings) {
    node.put("images", settings.images());
    node.put("folds", settings.folds());
    ReportJson.number(node, "cost", settings.cost());
    node.put("trees", settings.trees());
    node.put("seed", settings.seed());
  }

  static void write(ObjectNode node, TwoSample test) {
    node.put("images", test.images());
    node.put("crops", test.crops());
    share(node.putObject("logistic_regression"), test.logistic());
    share(node.putObject("extra_trees"), test.trees());
    ObjectNode groups = node.putObject("logistic_regression_by_group");
    test.groups().forEach((group, share) -> share(groups.putObject(group.label()), share));
    ArrayNode telltales = node.putArray("telltales");
    for (Telltale t : test.telltales()) {
      ObjectNode feature = telltales.addObject();
      feature.put("kind", t.feature().group().label());
      feature.put("feature", t.feature().name());
      ReportJson.number(feature, "auc", t.auc());
      ReportJson.number(feature, "real", t.real());
      ReportJson.number(feature, "generated", t.generated());
    }
  }

  static void share(ObjectNode node, Share share) {
    ReportJson.number(node, "accuracy", share.value());
    ReportJson.number(node, "low", share.low());
    ReportJson.number(node, "high", share.high());
  }
}
