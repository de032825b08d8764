package org.sardiffusion.evaluation.internal.crops;

/**
 * What was measured on a crop.
 *
 * @param features one value for each of {@link CropFeatures#all}
 * @param curves its power spectrum
 */
public record CropMeasures(double[] features, SpectralCurves curves) {}
