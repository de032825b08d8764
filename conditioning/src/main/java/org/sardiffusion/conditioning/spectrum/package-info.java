/**
 * Spectra of radar images: where they are centred, and resampling that keeps them.
 *
 * <p>{@link org.sardiffusion.conditioning.spectrum.SpectralResampler} is the door. An axis is
 * described by an {@link org.sardiffusion.conditioning.spectrum.AxisPlan} (lengths and padding) and
 * carried out by {@code AxisKernel}, one line at a time; {@code SeparableResampling} drives rows,
 * then columns, over images larger than memory.
 */
package org.sardiffusion.conditioning.spectrum;
