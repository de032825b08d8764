package org.sardiffusion.runtime.weights.adapters;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Stability AI's original SDXL code ("sgm") calls the modules of the UNet, which is how
 * kohya's scripts name them: numbered {@code input_blocks}, {@code middle_block} and {@code
 * output_blocks} in place of levels.
 *
 * <p>The inverse of diffusers' {@code _maybe_map_sgm_blocks_to_diffusers} ({@code
 * loaders/lora_conversion_utils.py}) and of the table in its {@code
 * scripts/convert_original_stable_diffusion_to_diffusers.py}.
 */
final class SgmNames {
  private static final Pattern RESNET =
      Pattern.compile(
          "(down_blocks|up_blocks)\\.(\\d{1,4})\\.(resnets|attentions)\\.(\\d{1,4})\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d{1,4})\\.(.+)");
  private static final Pattern SAMPLER =
      Pattern.compile("(down_blocks|up_blocks)\\.(\\d{1,4})\\.(?:down|up)samplers\\.0\\.conv");
  private static final Map<String, String> IN_RESNET =
      Map.of(
          "conv1", "in_layers.2",
          "conv2", "out_layers.3",
          "time_emb_proj", "emb_layers.1",
          "conv_shortcut", "skip_connection");
  private static final Map<String, String> OUTSIDE =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "conv_out", "out.2",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "add_embedding.linear_1", "label_emb.0.0",
          "add_embedding.linear_2", "label_emb.0.2");

  private final Collection<String> modules;
  private final int layersPerBlock;

  private SgmNames(Collection<String> modules) {
    this.modules = modules;
    this.layersPerBlock =
        (int)
            modules.stream()
                .filter(module -> module.matches("down_blocks\\.0\\.resnets\\.\\d+\\.conv1"))
                .count();
  }

  /** For the UNet that consists of these modules. */
  static SgmNames of(Collection<String> modules) {
    return new SgmNames(modules);
  }

  /** The original name of a module, if it has one. */
  Optional<String> of(String module) {
    if (OUTSIDE.containsKey(module)) {
      return Optional.of(OUTSIDE.get(module));
    }
    Matcher middle = MIDDLE.matcher(module);
    if (middle.matches()) {
      boolean resnet = middle.group(1).equals("resnets");
      int index = resnet ? 2 * Integer.parseInt(middle.group(2)) : 1;
      return inner(resnet, middle.group(3)).map(rest -> "middle_block." + index + "." + rest);
    }
    Matcher layer = RESNET.matcher(module);
    if (layer.matches()) {
      boolean resnet = layer.group(3).equals("resnets");
      String block = block(layer.group(1), layer.group(2), Integer.parseInt(layer.group(4)));
      return inner(resnet, layer.group(5)).map(rest -> block + (resnet ? ".0." : ".1.") + rest);
    }
    Matcher sampler = SAMPLER.matcher(module);
    if (sampler.matches()) {
      String block = block(sampler.group(1), sampler.group(2), layersPerBlock);
      if (sampler.group(1).equals("down_blocks")) {
        return Optional.of(block + ".0.op");
      }
      // It comes after the attention, where the level has one.
      String attention = "up_blocks." + sampler.group(2) + ".attentions.";
      boolean attends = modules.stream().anyMatch(each -> each.startsWith(attention));
      return Optional.of(block + (attends ? ".2" : ".1") + ".conv");
    }
    return Optional.empty();
  }

  private static Optional<String> inner(boolean resnet, String rest) {
    return resnet ? Optional.ofNullable(IN_RESNET.get(rest)) : Optional.of(rest);
  }

  /** A level has as many blocks as layers, and one more: its downsampler, or one more layer. */
  private String block(String side, String level, int layer) {
    int number = Integer.parseInt(level) * (layersPerBlock + 1) + layer;
    return side.equals("down_blocks") ? "input_blocks." + (number + 1) : "output_blocks." + number;
  }
}
