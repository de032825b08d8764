package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;

/**
 * The tensors of one layer of an adapter file.
 *
 * @param name how the file calls the layer, without what follows it in its keys
 */
record LayerTensors(Path file, String name, LayerKind kind, Map<Role, SafeTensor> tensors) {

  /**
   * @throws AdapterException if the tensors make no layer of a known kind
   */
  static LayerTensors of(Path file, String name, Map<Role, SafeTensor> tensors) {
    LayerKind kind =
        LayerKind.of(tensors.keySet())
            .orElseThrow(
                () ->
                    new AdapterException(
                        file
                            + ": the tensors of layer "
                            + name
                            + " make no layer of a known kind of adapter: "
                            + tensors.values().stream()
                                .map(tensor -> tensor.name().substring(name.length()))
                                .sorted()
                                .collect(Collectors.joining(", "))
                            + ". Each needs all of its matrices, and those of one kind: the file is damaged, so get it"
                            + " again."));
    return new LayerTensors(file, name, kind, Map.copyOf(tensors));
  }

  boolean has(Role role) {
    return tensors.containsKey(role);
  }

  Optional<SafeTensor> find(Role role) {
    return Optional.ofNullable(tensors.get(role));
  }

  SafeTensor get(Role role) {
    return find(role).orElseThrow();
  }

  float[] values(Role role) {
    return get(role).toFloats();
  }

  List<Long> shape(Role role) {
    return get(role).shape();
  }

  /**
   * As a plain LoRA.
   *
   * @throws AdapterException if the matrices don't fit each other
   */
  LoraLayer lora() {
    return new LoraLayer(name, get(Role.DOWN), get(Role.UP), alpha());
  }

  /** What the file itself says under {@code NAME.alpha}. */
  OptionalDouble alpha() {
    return has(Role.ALPHA) ? OptionalDouble.of(number(get(Role.ALPHA))) : OptionalDouble.empty();
  }

  private static double number(SafeTensor tensor) {
    if (tensor.count() != 1) {
      throw new AdapterException(
          tensor.file()
              + ": "
              + tensor.name()
              + " should be one number, not "
              + tensor.shape()
              + ".");
    }
    double value =
        switch (tensor.type()) {
          case F64 -> tensor.bytes().getDouble();
          case I64 -> tensor.bytes().getLong();
          case I32 -> tensor.bytes().getInt();
          default -> tensor.toFloats()[0];
        };
    if (!Double.isFinite(value)) {
      throw new AdapterException(
          tensor.file() + ": " + tensor.name() + " is " + value + ". The file is damaged.");
    }
    return value;
  }
}
