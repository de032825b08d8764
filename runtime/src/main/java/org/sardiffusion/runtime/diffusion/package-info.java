/**
 * The reverse diffusion: a {@link org.sardiffusion.runtime.diffusion.Model} is opened, a {@link
 * org.sardiffusion.runtime.diffusion.GenerationRequest} says what to make, and {@code
 * ReverseProcess} is the whole process on one page.
 *
 * <p>{@code ImageDiffusion} runs it over latents in memory, {@link
 * org.sardiffusion.runtime.diffusion.SceneDiffusion} over those of a scene on disk. The prediction
 * is that of the whole ({@code WholePrediction}) or of overlapping tiles ({@code TiledPrediction});
 * {@code TiledDecoding} makes pixels of both.
 */
package org.sardiffusion.runtime.diffusion;
