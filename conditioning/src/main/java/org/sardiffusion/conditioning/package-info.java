/**
 * Radar images in memory and in strips, before and after the diffusion model sees them.
 *
 * <p>Here are the two kinds of image, complex and amplitude, with the sources and sinks that pass
 * them in strips of rows when they are larger than memory. What is done to them has a package each:
 * {@code spectrum} (centroid, resampling), {@code amplitude} (normalisation) and {@code speckle}
 * (looks, degradation). Nothing here knows ONNX, geo-referencing or files of images.
 */
package org.sardiffusion.conditioning;
