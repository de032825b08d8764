/**
 * The engine: bundles of ONNX graphs in, latents and decoded amplitude out.
 *
 * <p>Start with {@link org.sardiffusion.runtime.diffusion.Model}. One package per room: {@code
 * bundle} (the folder on disk), {@code session} (ONNX Runtime), {@code text} (prompts), {@code
 * schedule} (samplers by name, and their steps), {@code weights} (files of weights, adapters),
 * {@code tiling} (where tiles lie), {@code scene} (latents on disk), {@code parameter} (the option
 * table) and {@code diffusion} (the reverse process itself, on one page). What lies in packages
 * named {@code internal}, among it the samplers and torch's random stream, may change at any time.
 */
package org.sardiffusion.runtime;
