package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * An image at the end of the reverse process, not yet decoded.
 *
 * @param request makes it, alone
 * @param latents as the sampler left them, C order
 * @param shape their shape, with a batch of 1
 */
public record DenoisedImage(DiffusionRequest request, float[] latents, LatentShape shape) {}
