package org.sardiffusion.evaluation.twosample;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.evaluation.internal.crops.FeatureGroup;
import org.sardiffusion.evaluation.internal.learn.Share;

/**
 * How often classifiers tell the crops of two sets apart; 0.5 is chance.
 *
 * @param images of each set, which are as many
 * @param crops of both sets together
 * @param logistic share that a logistic regression has right
 * @param trees share that extremely randomised trees have right
 * @param groups share that a logistic regression has right which knows one group of features only
 * @param telltales the features that tell most, the strongest first
 */
public record TwoSample(
    int images,
    int crops,
    Share logistic,
    Share trees,
    Map<FeatureGroup, Share> groups,
    List<Telltale> telltales) {
  public TwoSample {
    groups = Collections.unmodifiableMap(new EnumMap<>(groups));
    telltales = List.copyOf(telltales);
  }
}
