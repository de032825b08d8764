package org.sardiffusion.runtime.bundle;

import java.util.OptionalInt;

/**
 * What {@code unet/config.json} says of the denoiser, as diffusers' {@code UNet2DConditionModel}
 * writes it.
 *
 * @param sampleHeight default height in latent pixels
 * @param sampleWidth default width in latent pixels
 * @param channels channels of the latents
 * @param levels resolution levels; sizes must be divisible by 2^(levels-1)
 * @param timeIdWidth width of the embedding of each micro-conditioning number
 * @param addedEmbeddingWidth width of pooled text plus all micro-conditioning numbers
 * @param guidanceEmbeddingWidth width of the embedded guidance scale, for distilled (LCM) models
 */
public record UNetConfig(
    int sampleHeight,
    int sampleWidth,
    int channels,
    int levels,
    int timeIdWidth,
    int addedEmbeddingWidth,
    OptionalInt guidanceEmbeddingWidth) {

  static UNetConfig read(ConfigFile config) {
    if (!config.text("addition_embed_type").orElse("").equals("text_time")) {
      throw config.wrong(
          "addition_embed_type",
          "\"text_time\", as in every SDXL model (is this one of Stable Diffusion 1 or 2?)");
    }
    int[] size = config.pair("sample_size").orElse(new int[] {128, 128});
    return new UNetConfig(
        size[0],
        size[1],
        config.count("in_channels").orElse(4),
        config.levels(),
        config.requiredCount("addition_time_embed_dim"),
        config.requiredCount("projection_class_embeddings_input_dim"),
        config.count("time_cond_proj_dim"));
  }
}
