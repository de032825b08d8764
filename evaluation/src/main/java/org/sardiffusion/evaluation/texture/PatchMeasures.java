package org.sardiffusion.evaluation.texture;

/**
 * What was measured on one patch.
 *
 * @param features for each direction, in the order of {@link TextureFeature}
 * @param looks equivalent number of looks
 * @param meanOverDeviation mean over standard deviation of the amplitude
 */
public record PatchMeasures(double[] features, double looks, double meanOverDeviation) {}
