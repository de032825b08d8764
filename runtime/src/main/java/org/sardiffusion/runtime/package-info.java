/**
 * The engine: bundles of ONNX graphs in, latents and decoded amplitude out.
 *
 * <p>One package per room: {@code bundle} (the folder on disk), {@code session} (ONNX Runtime),
 * {@code text} (prompts), {@code noise} (the random stream of torch), {@code schedule} (samplers),
 * {@code weights} (element types of stored weights), {@code tiling} (where tiles lie), {@code
 * scene} (latents on disk) and {@code diffusion} (the reverse process itself, on one page).
 */
package org.sardiffusion.runtime;
