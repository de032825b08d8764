package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * What images have in common that can be made in one batch: requests of equal keys may differ in
 * prompt, negative prompt, seed, micro-conditioning, clip skip and decoder tile.
 */
public record BatchKey(
    Size size, StepPlan steps, SamplerChoice sampler, double eta, Guidance guidance) {}
