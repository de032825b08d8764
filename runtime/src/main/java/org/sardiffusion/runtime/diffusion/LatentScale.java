package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.bundle.VaeConfig;

/**
 * Between the latents of the VAE and those that the UNet knows, of about unit variance: multiplied
 * by {@code scaling_factor}, and where the VAE has statistics of its latents, {@code (latents -
 * latents_mean) * scaling_factor / latents_std} for each channel. Diffusers: {@code
 * pipeline_stable_diffusion_xl_img2img.py}, {@code prepare_latents} and the end of {@code
 * __call__}.
 */
final class LatentScale {
  private final VaeConfig vae;

  LatentScale(VaeConfig vae) {
    this.vae = vae;
  }

  /**
   * From the UNet's to the VAE's.
   *
   * @param latents [channels, plane], left as they are
   */
  float[] toVae(float[] latents, int plane) {
    float[] result = new float[latents.length];
    for (int i = 0; i < latents.length; i++) {
      int channel = i / plane;
      result[i] =
          hasStatistics()
              ? (float) (latents[i] * std(channel) / vae.scalingFactor() + mean(channel))
              : (float) (latents[i] / vae.scalingFactor());
    }
    return result;
  }

  /**
   * From the VAE's to the UNet's.
   *
   * @param latents [batch, channels, plane]; replaced
   */
  void toUNet(float[] latents, int plane) {
    for (int i = 0; i < latents.length; i++) {
      int channel = i / plane % vae.latentChannels();
      latents[i] =
          hasStatistics()
              ? (float) ((latents[i] - mean(channel)) * vae.scalingFactor() / std(channel))
              : (float) (latents[i] * vae.scalingFactor());
    }
  }

  private boolean hasStatistics() {
    return vae.latentsMean().isPresent() && vae.latentsStd().isPresent();
  }

  private double mean(int channel) {
    return vae.latentsMean().orElseThrow()[channel];
  }

  private double std(int channel) {
    return vae.latentsStd().orElseThrow()[channel];
  }
}
