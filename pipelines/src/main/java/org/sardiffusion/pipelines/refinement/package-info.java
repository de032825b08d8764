/**
 * Finer radar images from coarse ones: resampling in the frequency domain to the model's pixel
 * spacing, then controlled diffusion, then the place and the amplitudes of the input again.
 */
package org.sardiffusion.pipelines.refinement;
