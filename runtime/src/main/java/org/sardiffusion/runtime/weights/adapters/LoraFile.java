package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.runtime.weights.safetensors.SafeTensor;
import org.sardiffusion.runtime.weights.safetensors.SafetensorsFile;

/**
 * A LoRA file as its trainer wrote it: pairs of matrices by the trainer's names for the layers.
 *
 * <p>The keys are those of peft ({@code NAME.lora_A.weight}, perhaps with the adapter's name before
 * {@code .weight}), of diffusers' older formats ({@code NAME.lora.down.weight}, {@code
 * NAME_lora.down.weight}, {@code NAME.lora_linear_layer.down.weight}) and of kohya's scripts
 * ({@code NAME.lora_down.weight}); see diffusers, {@code loaders/lora_conversion_utils.py} and
 * {@code utils/state_dict_utils.py}.
 */
final class LoraFile {
  private static final Pattern DOWN =
      Pattern.compile(
          "(.+?)(?:\\.lora_A(?:\\.[^.]+)?|\\.lora_down|\\.lora\\.down|\\.lora_linear_layer\\.down|_lora\\.down)\\.weight");
  private static final Pattern UP =
      Pattern.compile(
          "(.+?)(?:\\.lora_B(?:\\.[^.]+)?|\\.lora_up|\\.lora\\.up|\\.lora_linear_layer\\.up|_lora\\.up)\\.weight");
  private static final Pattern ALPHA =
      Pattern.compile("(.+?)(?:\\.lora|\\.lora_linear_layer|_lora)?\\.alpha");

  /** What other kinds of adapters call their tensors, and what they are. */
  private static final Map<String, String> OTHER_KINDS = new LinkedHashMap<>();

  static {
    OTHER_KINDS.put("lora_magnitude_vector", "DoRA (weight-decomposed LoRA)");
    OTHER_KINDS.put("dora_scale", "DoRA (weight-decomposed LoRA)");
    OTHER_KINDS.put("hada_w", "LoHa (Hadamard products)");
    OTHER_KINDS.put("hada_t", "LoHa (Hadamard products)");
    OTHER_KINDS.put("lokr_", "LoKr (Kronecker products)");
    OTHER_KINDS.put("lora_mid", "LoCon in Tucker form (lora_mid)");
    OTHER_KINDS.put("oft_", "OFT (orthogonal fine-tuning)");
    OTHER_KINDS.put("lora_embedding_", "LoRA of an embedding table");
    OTHER_KINDS.put("lora_B.bias", "LoRA with trained biases");
    OTHER_KINDS.put("lora_up.bias", "LoRA with trained biases");
    OTHER_KINDS.put(".diff", "full differences of weights");
    OTHER_KINDS.put(".set_weight", "full weights");
  }

  private final SafetensorsFile file;
  private final List<LoraLayer> layers;
  private final LoraScales scales;

  private LoraFile(SafetensorsFile file) {
    this.file = file;
    refuseOtherKinds();
    this.layers = pairs();
    this.scales = LoraScales.read(file);
  }

  /**
   * Reads and checks a file.
   *
   * @throws org.sardiffusion.runtime.weights.WeightsException if it is not a sound safetensors file
   * @throws AdapterException if it holds anything but a LoRA
   */
  static LoraFile read(Path file) {
    return new LoraFile(SafetensorsFile.read(file));
  }

  Path path() {
    return file.file();
  }

  List<LoraLayer> layers() {
    return layers;
  }

  private List<LoraLayer> pairs() {
    Map<String, SafeTensor> downs = new LinkedHashMap<>();
    Map<String, SafeTensor> ups = new LinkedHashMap<>();
    Map<String, SafeTensor> alphas = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (SafeTensor tensor : file.tensors().values()) {
      if (!put(DOWN, tensor, downs) && !put(UP, tensor, ups) && !put(ALPHA, tensor, alphas)) {
        unknown.add(tensor.name());
      }
    }
    if (!unknown.isEmpty()) {
      throw new AdapterException(
          path()
              + " has keys that no known LoRA format has: "
              + Listing.of(unknown)
              + ". Known are the formats of peft, diffusers and kohya's scripts; save the adapter in one of these.");
    }
    if (downs.isEmpty()) {
      throw new AdapterException(path() + " holds no LoRA: it has no pair of matrices.");
    }
    TreeSet<String> alone = new TreeSet<>(downs.keySet());
    alone.addAll(ups.keySet());
    alone.addAll(alphas.keySet());
    alone.removeIf(name -> downs.containsKey(name) && ups.containsKey(name));
    if (!alone.isEmpty()) {
      throw new AdapterException(
          path()
              + " has only one half of the layers "
              + Listing.of(alone)
              + ": each needs a down (A) and an up (B) matrix. The file is damaged: get it again.");
    }
    return downs.entrySet().stream()
        .map(
            entry ->
                new LoraLayer(
                    entry.getKey(),
                    readable(entry.getValue()),
                    readable(ups.get(entry.getKey())),
                    alpha(alphas.get(entry.getKey()))))
        .toList();
  }

  /**
   * What the product of a layer's matrices is multiplied by: alpha / rank (alpha / sqrt(rank) where
   * the trainer says rank-stabilised); alpha is the rank where nothing is said.
   *
   * @param scope whose layer it is in diffusers' metadata, such as {@code unet}
   */
  double scale(LoraLayer layer, String scope) {
    return scales.scale(layer, scope);
  }

  private boolean put(Pattern pattern, SafeTensor tensor, Map<String, SafeTensor> into) {
    Matcher matcher = pattern.matcher(tensor.name());
    if (!matcher.matches()) {
      return false;
    }
    if (into.put(matcher.group(1), tensor) != null) {
      throw new AdapterException(
          path() + " has the layer " + matcher.group(1) + " twice. Save one adapter a file.");
    }
    return true;
  }

  private static SafeTensor readable(SafeTensor tensor) {
    if (!tensor.type().isReadable()) {
      throw new AdapterException(
          tensor.file()
              + ": "
              + tensor.name()
              + " is of type "
              + tensor.type()
              + "; adapters are read in F32, F16 and BF16: save it again in one of these.");
    }
    return tensor;
  }

  private static OptionalDouble alpha(SafeTensor tensor) {
    if (tensor == null) {
      return OptionalDouble.empty();
    }
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
          default -> readable(tensor).toFloats()[0];
        };
    if (!Double.isFinite(value)) {
      throw new AdapterException(
          tensor.file() + ": " + tensor.name() + " is " + value + ". The file is damaged.");
    }
    return OptionalDouble.of(value);
  }

  private void refuseOtherKinds() {
    for (String key : file.tensors().keySet()) {
      for (Map.Entry<String, String> kind : OTHER_KINDS.entrySet()) {
        if (key.contains(kind.getKey())) {
          throw new AdapterException(
              path()
                  + " is an adapter of the kind "
                  + kind.getValue()
                  + " (key "
                  + key
                  + "), which can't be merged here. Merge it with the program that trained it and export the"
                  + " result, or train a plain LoRA.");
        }
      }
    }
  }
}
