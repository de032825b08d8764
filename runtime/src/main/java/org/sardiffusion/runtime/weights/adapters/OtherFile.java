package org.sardiffusion.runtime.weights.adapters;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/** What strangers take for an adapter of weights, and what it is in truth. */
enum OtherFile {
  CHECKPOINT(
      "model\\.diffusion_model\\.(?:input_blocks\\.0\\.0|out\\.2)\\.weight|conditioner\\.embedders\\..*|first_stage_model\\..*|cond_stage_model\\..*",
      "is a checkpoint of a whole model",
      "Export it to a bundle, and give that as the model."),
  UNET(
      "(?:unet\\.)?(?:down_blocks\\.0\\.resnets\\.0\\.conv1|input_blocks\\.0\\.0)\\.weight",
      "holds the weights of a whole UNet",
      "Export the model with that UNet."),
  TEXTUAL_INVERSION(
      "clip_[lg]|emb_params|text_encoders_[01]",
      "is a textual inversion",
      "Give it as an embedding."),
  IP_ADAPTER(
      "(?:ip_adapter|image_proj)\\..*",
      "is an IP-Adapter, which adds layers to the UNet and an encoder for images",
      "It can't be merged into weights: start from an image or follow a control image instead."),
  CONTROL_LLLITE(
      "lllite_.*",
      "is a ControlNet-LLLite, whose layers read a control image",
      "It can't be merged into weights: export the model with a ControlNet."),
  CONTROL_LORA(
      "lora_controlnet|(?:input_hint_block|zero_convs|middle_block_out)\\..*",
      "is a Control-LoRA or a ControlNet in the original layout",
      "It can't be merged into weights: export the model with a ControlNet of diffusers."),
  CONTROLNET(
      "(?:controlnet_cond_embedding|controlnet_down_blocks|control_model)\\..*",
      "is a ControlNet",
      "Export the model with it."),
  T2I_ADAPTER(
      "(?:adapter\\.)?(?:body\\.\\d+\\..*|conv_in\\.weight|total_downscale_factor)",
      "is a T2I-Adapter, which feeds a control image into the UNet",
      "It can't be merged into weights: export the model with a ControlNet."),
  VAE(
      "(?:decoder|encoder)\\.conv_in\\.weight",
      "holds the weights of a VAE",
      "Export the model with that VAE."),
  TRANSFORMER(
      "(?:transformer\\.)?(?:single_transformer_blocks|double_blocks|joint_blocks)\\..*",
      "is for a diffusion transformer such as Flux or Stable Diffusion 3",
      "Adapters for SDXL's UNet can be merged, no others."),
  BUTTERFLY(
      ".*\\.oft_(?:R|r)(?:\\..*)?|.*\\.boft_[a-z]+(?:\\..*)?",
      "is an orthogonal adapter (OFT or BOFT) in peft's format",
      "Merge it with peft (merge_and_unload) and export the result, or train a LoRA."),
  EMBEDDING_TABLE(
      ".*\\.lora_embedding_[AB].*",
      "is a LoRA of an embedding table",
      "Merge it with peft (merge_and_unload) and export the result.");

  private final Pattern key;
  private final String is;
  private final String remedy;

  OtherFile(String key, String is, String remedy) {
    this.key = Pattern.compile(key);
    this.is = is;
    this.remedy = remedy;
  }

  /** What a file with these keys is, and what to do; empty where nothing speaks against it. */
  static Optional<String> of(Collection<String> keys) {
    return Arrays.stream(values())
        .filter(kind -> keys.stream().anyMatch(key -> kind.key.matcher(key).matches()))
        .map(kind -> kind.is + ", not an adapter for weights. " + kind.remedy)
        .findFirst();
  }
}
