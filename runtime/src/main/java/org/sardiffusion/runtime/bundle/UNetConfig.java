package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
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
    int height = 128;
    int width = 128;
    JsonNode size = config.root().get("sample_size");
    if (size != null && size.isArray()) {
      if (size.size() != 2
          || !size.get(0).isInt()
          || !size.get(1).isInt()
          || size.get(0).intValue() < 1
          || size.get(1).intValue() < 1) {
        throw config.wrong("sample_size", "one or two whole numbers above 0");
      }
      height = size.get(0).intValue();
      width = size.get(1).intValue();
    } else if (config.has("sample_size")) {
      height = config.requiredCount("sample_size");
      width = height;
    }
    return new UNetConfig(
        height,
        width,
        config.count("in_channels").orElse(4),
        config.listLength("block_out_channels"),
        config.requiredCount("addition_time_embed_dim"),
        config.requiredCount("projection_class_embeddings_input_dim"),
        config.count("time_cond_proj_dim"));
  }
}
