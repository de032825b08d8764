package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.internal.schedule.Sampler;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.tiling.Band;
import org.sardiffusion.runtime.internal.tiling.LatentStore;

/**
 * The reverse diffusion (Ho et al., arXiv 2006.11239, algorithm 2, with any sampler): from noise to
 * latents, of an image in memory or of a scene on disk.
 *
 * @param schedule when the model is evaluated, and how its prediction is stepped by
 * @param first the call that the process begins with: later than 0 from an image
 * @param unet predicts the noise, with guidance and control
 * @param noise what stochastic samplers add
 * @param callback hears of each step
 */
record ReverseProcess(
    Schedule schedule, int first, NoisePrediction unet, NoiseField noise, Callback callback) {

  /** Hears of each step, and may change what it made. */
  @FunctionalInterface
  interface Callback {
    /**
     * @param latents of the band that was stepped, at the noise level of the next call
     */
    void stepped(ModelCall at, float[] latents);
  }

  /**
   * Goes on from where the store is to the end.
   *
   * @throws GenerationException if the latents become infinite
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  void run(LatentStore store) {
    double[] timesteps = schedule.timesteps();
    for (int i = store.nextCall(); i < timesteps.length; i++) {
      ModelCall at = new ModelCall(i, i - first, timesteps.length - first, timesteps[i]);
      for (Band band : store.bands(i)) {
        float[] prediction = unet.predict(at, band, store.read(i, band.seen()));
        float[] latents = store.read(i, band.done());
        Sampler sampler = store.sampler(i, band);
        sampler.step(i, prediction, latents, noise.at(i, band.done()));
        callback.stepped(at, latents);
        requireFinite(latents);
        store.write(i, band, latents, sampler, unet.pending());
      }
    }
  }

  private static void requireFinite(float[] latents) {
    for (float value : latents) {
      if (!Float.isFinite(value)) {
        throw new GenerationException(
            "The reverse diffusion came to values that are not finite. Lower the guidance scale or eta, take more"
                + " steps or another scheduler; a float16 model may need to run on the CPU.");
      }
    }
  }
}
