package org.sardiffusion.runtime.diffusion;

/**
 * One image.
 *
 * @param index which of the request's images, from 0
 * @param seed the seed that makes it alone
 * @param size in pixels
 * @param amplitude normalised amplitude in [0,1], [height, width], C order
 * @param latents the final latents as the sampler left them, [channels, height/factor, width/factor], C order
 */
public record GeneratedImage(int index, long seed, ImageSize size, float[] amplitude, float[] latents) {}
