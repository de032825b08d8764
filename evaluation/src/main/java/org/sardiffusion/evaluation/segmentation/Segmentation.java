package org.sardiffusion.evaluation.segmentation;

/**
 * What segmented images.
 *
 * @param model its name
 * @param settings how masks were searched
 */
public record Segmentation(String model, SamSettings settings) {}
