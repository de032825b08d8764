package org.sardiffusion.runtime.diffusion;

/**
 * Where the time of a generation went, in seconds.
 *
 * @param encode encoding the prompts, with loading the text encoders where they were not in memory
 * @param denoise the reverse diffusion, with loading the UNet likewise
 * @param unet the part of {@code denoise} that was spent inside ONNX Runtime
 * @param decode decoding latents into images, with loading the decoder likewise
 */
public record StageSeconds(double encode, double denoise, double unet, double decode) {}
