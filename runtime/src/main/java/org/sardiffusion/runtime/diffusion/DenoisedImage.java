package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * An image at the end of the reverse process, not yet decoded.
 *
 * @param seed makes it, alone
 * @param size in pixels
 * @param decodeTile side of a decoder tile, latent pixels
 * @param latents as the sampler left them, C order
 * @param shape their shape, with a batch of 1
 */
public record DenoisedImage(
    long seed, Size size, int decodeTile, float[] latents, LatentShape shape) {}
