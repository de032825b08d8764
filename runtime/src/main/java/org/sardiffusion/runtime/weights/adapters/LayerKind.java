package org.sardiffusion.runtime.weights.adapters;

import static org.sardiffusion.runtime.weights.adapters.Role.ALPHA;
import static org.sardiffusion.runtime.weights.adapters.Role.BIAS_DIFFERENCE;
import static org.sardiffusion.runtime.weights.adapters.Role.DIFFERENCE;
import static org.sardiffusion.runtime.weights.adapters.Role.DORA_SCALE;
import static org.sardiffusion.runtime.weights.adapters.Role.DOWN;
import static org.sardiffusion.runtime.weights.adapters.Role.GLORA_A_1;
import static org.sardiffusion.runtime.weights.adapters.Role.GLORA_A_2;
import static org.sardiffusion.runtime.weights.adapters.Role.GLORA_B_1;
import static org.sardiffusion.runtime.weights.adapters.Role.GLORA_B_2;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_1_A;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_1_B;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_1_CORE;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_2_A;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_2_B;
import static org.sardiffusion.runtime.weights.adapters.Role.HADA_2_CORE;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_1;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_1_A;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_1_B;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_2;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_2_A;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_2_B;
import static org.sardiffusion.runtime.weights.adapters.Role.KRON_2_CORE;
import static org.sardiffusion.runtime.weights.adapters.Role.MAGNITUDE;
import static org.sardiffusion.runtime.weights.adapters.Role.MIDDLE;
import static org.sardiffusion.runtime.weights.adapters.Role.OFT_BLOCKS;
import static org.sardiffusion.runtime.weights.adapters.Role.ON_INPUT;
import static org.sardiffusion.runtime.weights.adapters.Role.RESCALE;
import static org.sardiffusion.runtime.weights.adapters.Role.UP;
import static org.sardiffusion.runtime.weights.adapters.Role.UP_BIAS;
import static org.sardiffusion.runtime.weights.adapters.Role.VERA_OUT;
import static org.sardiffusion.runtime.weights.adapters.Role.VERA_RANK;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kinds of layers that adapters have, each by the tensors that it consists of. */
enum LayerKind {
  LORA(List.of(Set.of(DOWN, UP)), Set.of(ALPHA)),
  /** LoRA with a core (Tucker), with magnitudes (DoRA) or with a bias. */
  EXTENDED_LORA(
      List.of(Set.of(DOWN, UP)),
      Set.of(ALPHA, MIDDLE, DORA_SCALE, MAGNITUDE, UP_BIAS, BIAS_DIFFERENCE)),
  /** Hadamard products (Hyeon-Woo et al., "FedPara", 2022). */
  LOHA(
      List.of(
          Set.of(HADA_1_A, HADA_1_B, HADA_2_A, HADA_2_B),
          Set.of(HADA_1_A, HADA_1_B, HADA_1_CORE, HADA_2_A, HADA_2_B, HADA_2_CORE)),
      Set.of(ALPHA, DORA_SCALE)),
  /** Kronecker products (Edalati et al., "KronA", 2022). */
  LOKR(
      List.of(
          Set.of(KRON_1, KRON_2),
          Set.of(KRON_1_A, KRON_1_B, KRON_2),
          Set.of(KRON_1, KRON_2_A, KRON_2_B),
          Set.of(KRON_1_A, KRON_1_B, KRON_2_A, KRON_2_B)),
      Set.of(ALPHA, DORA_SCALE, KRON_2_CORE)),
  FULL(List.of(Set.of(DIFFERENCE), Set.of(BIAS_DIFFERENCE)), Set.of(BIAS_DIFFERENCE, ALPHA)),
  GLORA(List.of(Set.of(GLORA_A_1, GLORA_A_2, GLORA_B_1, GLORA_B_2)), Set.of(ALPHA)),
  IA3(List.of(Set.of(Role.IA3, ON_INPUT)), Set.of()),
  PEFT_IA3(List.of(Set.of(Role.PEFT_IA3)), Set.of()),
  VERA(List.of(Set.of(VERA_OUT, VERA_RANK)), Set.of()),
  OFT(List.of(Set.of(OFT_BLOCKS)), Set.of(RESCALE, ALPHA));

  private final List<Set<Role>> needed;
  private final Set<Role> possible;

  /**
   * @param needed one of these sets is there
   * @param possible what may be there besides
   */
  LayerKind(List<Set<Role>> needed, Set<Role> possible) {
    this.needed = needed;
    this.possible = possible;
  }

  /** The kind of a layer with these tensors. */
  static Optional<LayerKind> of(Set<Role> roles) {
    return Arrays.stream(values())
        .filter(kind -> kind.needed.stream().anyMatch(set -> kind.consists(roles, set)))
        .findFirst();
  }

  private boolean consists(Set<Role> roles, Set<Role> set) {
    return roles.containsAll(set)
        && roles.stream().allMatch(role -> set.contains(role) || possible.contains(role));
  }
}
