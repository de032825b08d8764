package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.internal.noise.BatchNoise;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * An init image as latents, from which batches start. Noise is drawn in the order of {@code
 * prepare_latents} of diffusers' {@code StableDiffusionXLImg2ImgPipeline} and {@code
 * StableDiffusionXLInpaintPipeline}, each image from its own generator.
 */
final class EncodedInit {
  private final VaeEncoder.Encoded encoded;
  private final VaeConfig vae;
  private final double strength;
  private final Optional<Inpainting> inpainting;

  /**
   * @param encoded the latents
   * @param vae whose they are
   * @param init what was encoded
   */
  EncodedInit(VaeEncoder.Encoded encoded, VaeConfig vae, Init.Image init) {
    this.encoded = encoded;
    this.vae = vae;
    this.strength = init.strength();
    this.inpainting = Inpainting.of(init, vae.factor());
  }

  /** What is kept of the image, where something is. */
  Optional<Inpainting> inpainting() {
    return inpainting;
  }

  /**
   * Where one batch starts.
   *
   * @throws GenerationException if the strength is less than one step
   */
  InitialState start(Schedule schedule, BatchNoise noise, LatentShape shape) {
    int index = firstCall(schedule, strength);
    float[] clean = new float[shape.length()];
    encoded.sample(noise, clean);
    new LatentScale(vae).toUNet(clean, shape.height() * shape.width());
    float[] fresh = new float[clean.length];
    noise.fill(fresh);
    if (inpainting.isEmpty()) {
      schedule.addNoise(index, clean, fresh, fresh);
      return new InitialState(index, fresh, InitialState.Known.NOTHING);
    }
    // diffusers also encodes the image with a black hole, for UNets with inputs for it. No
    // 4-channel
    // UNet reads the result, but the generators are one draw further.
    encoded.sample(noise, new float[clean.length]);
    InitialState.Known known = inpainting.get().known(schedule, clean, fresh);
    if (strength == 1) {
      return new InitialState(index, InitialState.scaled(fresh.clone(), schedule), known);
    }
    float[] latents = new float[clean.length];
    schedule.addNoise(index, clean, fresh, latents);
    return new InitialState(index, latents, known);
  }

  /** Of n steps the last floor(n strength) are taken ({@code get_timesteps} of diffusers). */
  static int firstCall(Schedule schedule, double strength) {
    int steps = schedule.steps();
    int taken = (int) (steps * strength);
    int index = (steps - taken) * schedule.callsPerStep();
    if (taken < 1 || index >= schedule.calls()) {
      throw new GenerationException(
          "A strength of "
              + strength
              + " is less than one of "
              + steps
              + " steps: raise the strength or the number of steps.");
    }
    return index;
  }
}
