package org.sardiffusion.runtime.weights.adapters;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tensor of an adapter file is to its layer, told by the end of its key.
 *
 * <p>The keys are those of peft ({@code NAME.lora_A.weight}, perhaps with the adapter's name before
 * {@code .weight}), of diffusers' older formats ({@code NAME.lora.down.weight}, {@code
 * NAME_lora.down.weight}, {@code NAME.lora_linear_layer.down.weight}), of kohya's scripts ({@code
 * NAME.lora_down.weight}) and of LyCORIS (the {@code weight_list} of each of its modules); see
 * diffusers, {@code loaders/lora_conversion_utils.py} and {@code utils/state_dict_utils.py}.
 */
enum Role {
  DOWN(
      "(?:\\.lora_A(?:\\.[^.]+)?|\\.lora_down|\\.lora\\.down|\\.lora_linear_layer\\.down|_lora\\.down)\\.weight"),
  UP(
      "(?:\\.lora_B(?:\\.[^.]+)?|\\.lora_up|\\.lora\\.up|\\.lora_linear_layer\\.up|_lora\\.up)\\.weight"),
  MIDDLE("\\.lora_mid\\.weight"),
  UP_BIAS("(?:\\.lora_B(?:\\.[^.]+)?|\\.lora_up)\\.bias"),
  ALPHA("(?:\\.lora|\\.lora_linear_layer|_lora)?\\.alpha"),
  /** DoRA's magnitudes as LyCORIS and kohya's scripts have them. */
  DORA_SCALE("\\.dora_scale"),
  /** DoRA's magnitudes as peft has them. */
  MAGNITUDE("\\.lora_magnitude_vector(?:\\.[^.]+)?"),
  HADA_1_A("\\.hada_w1_a"),
  HADA_1_B("\\.hada_w1_b"),
  HADA_2_A("\\.hada_w2_a"),
  HADA_2_B("\\.hada_w2_b"),
  HADA_1_CORE("\\.hada_t1"),
  HADA_2_CORE("\\.hada_t2"),
  KRON_1("\\.lokr_w1"),
  KRON_1_A("\\.lokr_w1_a"),
  KRON_1_B("\\.lokr_w1_b"),
  KRON_2("\\.lokr_w2"),
  KRON_2_A("\\.lokr_w2_a"),
  KRON_2_B("\\.lokr_w2_b"),
  KRON_2_CORE("\\.lokr_t2"),
  GLORA_A_1("\\.a1\\.weight"),
  GLORA_A_2("\\.a2\\.weight"),
  GLORA_B_1("\\.b1\\.weight"),
  GLORA_B_2("\\.b2\\.weight"),
  OFT_BLOCKS("\\.oft_blocks"),
  RESCALE("\\.rescale"),
  VERA_OUT("\\.vera_lambda_b"),
  VERA_RANK("\\.vera_lambda_d"),
  DIFFERENCE("\\.diff|\\.w_norm"),
  BIAS_DIFFERENCE("\\.diff_b|\\.b_norm"),
  PEFT_IA3("\\.ia3_l"),
  /** Whether LyCORIS' factors are for the layer's input. */
  ON_INPUT("\\.on_input"),
  /** LyCORIS' factors for the channels of a layer; without {@link #ON_INPUT} it is none. */
  IA3("\\.weight");

  private final Pattern key;

  Role(String ending) {
    this.key = Pattern.compile("(.+?)(?:" + ending + ")");
  }

  /** The layer and the role that a key names. */
  record Named(String layer, Role role) {}

  static Optional<Named> of(String key) {
    return Arrays.stream(values())
        .flatMap(
            role -> {
              Matcher matcher = role.key.matcher(key);
              return matcher.matches()
                  ? Optional.of(new Named(matcher.group(1), role)).stream()
                  : Optional.<Named>empty().stream();
            })
        .findFirst();
  }
}
