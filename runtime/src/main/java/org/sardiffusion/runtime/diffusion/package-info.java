/**
 * The reverse diffusion: a {@link org.sardiffusion.runtime.diffusion.Model} is opened, a {@link
 * org.sardiffusion.runtime.diffusion.GenerationRequest} says what to make, and {@link
 * org.sardiffusion.runtime.diffusion.ReverseProcess} is the whole process on one page.
 */
package org.sardiffusion.runtime.diffusion;
