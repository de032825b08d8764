/**
 * Fourier transforms of many lines at once.
 *
 * <p>{@link org.sardiffusion.conditioning.fourier.Lanes} has the arithmetic, {@link
 * org.sardiffusion.conditioning.fourier.LineTransform} the transform.
 */
package org.sardiffusion.conditioning.fourier;
