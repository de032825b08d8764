/**
 * The reverse diffusion: {@link org.sardiffusion.runtime.diffusion.ReverseDiffusion} is the whole
 * process on one page, and the other classes are the steps that it names.
 */
package org.sardiffusion.runtime.diffusion;
