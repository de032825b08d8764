/**
 * Scenes larger than memory: latents on disk, denoised tile by tile under prompts that depend on
 * the place, with noise that depends on nothing but the seed and the place.
 */
package org.sardiffusion.runtime.scene;
