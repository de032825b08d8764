package org.sardiffusion.evaluation.internal.crops;

/**
 * One of the numbers that describe a crop.
 *
 * @param group its kind
 * @param name in words, unique within its group
 */
public record Feature(FeatureGroup group, String name) {}
