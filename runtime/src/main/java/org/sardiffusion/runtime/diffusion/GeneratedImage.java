package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * One image.
 *
 * @param index which of the request's images, from 0
 * @param seed the seed that makes it alone
 * @param size in pixels
 * @param amplitude normalised amplitude in [0,1], [height, width], C order
 * @param latents the final latents as the sampler left them, C order
 * @param latentShape their shape, with a batch of 1
 */
public record GeneratedImage(
    int index, long seed, Size size, float[] amplitude, float[] latents, LatentShape latentShape) {}
