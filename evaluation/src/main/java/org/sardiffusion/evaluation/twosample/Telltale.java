package org.sardiffusion.evaluation.twosample;

import org.sardiffusion.evaluation.internal.crops.Feature;

/**
 * How far one feature alone tells the crops of two sets apart.
 *
 * @param auc the area under the ROC curve: how often a generated crop has the larger value of a
 *     random pair, ties half; 0.5 tells nothing, 0 and 1 tell all
 * @param real median over the real crops
 * @param generated median over the generated crops
 */
public record Telltale(Feature feature, double auc, double real, double generated) {
  /** How far the area is from that of chance, in [0,0.5]. */
  public double strength() {
    return Math.abs(auc - 0.5);
  }
}
