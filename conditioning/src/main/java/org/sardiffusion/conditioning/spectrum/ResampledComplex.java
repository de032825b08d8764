package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.conditioning.ComplexImage;

/**
 * A resampled complex image.
 *
 * @param image the pixels
 * @param plan the sampling, from which the spacing reached follows
 */
public record ResampledComplex(ComplexImage image, RasterPlan plan) {}
