/**
 * The noise schedule, computed once and shared, and one small class for each sampler.
 *
 * <p>{@link org.sardiffusion.runtime.internal.schedule.Schedule} is made once from a bundle's
 * {@link org.sardiffusion.runtime.schedule.SchedulerConfig} and a {@link
 * org.sardiffusion.runtime.schedule.SamplerName}; each run over some latents has a {@link
 * org.sardiffusion.runtime.internal.schedule.Sampler} of its own. Behind them, {@code
 * NoiseSchedule} holds what the model was trained with, {@code SigmaGrid} and {@code
 * DiscreteTimesteps} the steps of one run, and each sampler the formula of one paper. The reference
 * for every number is diffusers 0.42.1; where its arithmetic is float32, so is ours, in the same
 * order of operations.
 */
package org.sardiffusion.runtime.internal.schedule;
