package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.internal.noise.BatchNoise;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Where the reverse process of one batch begins.
 *
 * @param index the first call
 * @param latents what it starts with, [batch, channels, height, width]
 * @param known what is put back after each step
 */
record InitialState(int index, float[] latents, Known known) {

  /** What of the latents is known beforehand. */
  interface Known {
    /** Nothing: the sampler's latents stay as they are. */
    Known NOTHING = (next, latents) -> {};

    /**
     * Puts it back.
     *
     * @param next the call that comes next, at whose noise level the latents are
     */
    void restore(int next, float[] latents);
  }

  /** From noise alone. */
  static InitialState fromNoise(Schedule schedule, BatchNoise noise, LatentShape shape) {
    float[] latents = new float[shape.length()];
    noise.fill(latents);
    return new InitialState(0, scaled(latents, schedule), Known.NOTHING);
  }

  /** Standard normal noise brought, in place, to the deviation that the sampler begins with. */
  static float[] scaled(float[] noise, Schedule schedule) {
    float deviation = (float) schedule.initNoiseSigma();
    for (int i = 0; i < noise.length; i++) {
      noise[i] *= deviation;
    }
    return noise;
  }
}
