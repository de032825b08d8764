/**
 * The noise schedule, computed once and shared, and one small class for each sampler.
 *
 * <p>{@link org.sardiffusion.runtime.schedule.Sampler} is what the reverse diffusion sees.
 */
package org.sardiffusion.runtime.schedule;
