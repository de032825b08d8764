package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * An image resampled by its amplitude, since no complex image was at hand.
 *
 * @param raster the pixels, at least 0
 * @param resampling what that did to them
 */
public record ResampledAmplitude(AmplitudeRaster raster, AmplitudeResampling resampling) {}
