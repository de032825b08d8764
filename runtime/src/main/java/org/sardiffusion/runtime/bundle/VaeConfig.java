package org.sardiffusion.runtime.bundle;

import java.util.Optional;

/**
 * What the VAE's {@code config.json} says, as diffusers' {@code AutoencoderKL} writes it.
 *
 * @param scalingFactor latents are divided by this before they are decoded
 * @param latentsMean per channel, added after scaling, where the model has one
 * @param latentsStd per channel, multiplied while scaling, where the model has one
 * @param factor image pixels per latent pixel, 2^(levels-1)
 * @param latentChannels channels of the latents
 * @param forceUpcast whether float16 overflows in this decoder, so that it must run in float32
 */
public record VaeConfig(
    double scalingFactor,
    Optional<double[]> latentsMean,
    Optional<double[]> latentsStd,
    int factor,
    int latentChannels,
    boolean forceUpcast) {

  static VaeConfig read(ConfigFile config) {
    int channels = config.count("latent_channels").orElse(4);
    double scaling = config.number("scaling_factor").orElse(0.18215);
    if (scaling == 0) {
      throw config.wrong("scaling_factor", "a number other than 0");
    }
    return new VaeConfig(
        scaling,
        perChannel(config, "latents_mean", channels),
        perChannel(config, "latents_std", channels),
        1 << (config.levels() - 1),
        channels,
        config.flag("force_upcast", true));
  }

  private static Optional<double[]> perChannel(ConfigFile config, String key, int channels) {
    Optional<double[]> values = config.numbers(key);
    if (values.isPresent() && values.get().length != channels) {
      throw config.wrong(key, "a list of " + channels + " numbers, one for each latent channel");
    }
    return values;
  }
}
