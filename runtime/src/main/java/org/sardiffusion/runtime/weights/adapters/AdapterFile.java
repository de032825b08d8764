package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;
import org.sardiffusion.runtime.internal.safetensors.SafetensorsFile;

/** An adapter file as its trainer wrote it: tensors by the trainer's names for the layers. */
final class AdapterFile {
  /** OneTrainer puts the tokens that were trained with an adapter into its file. */
  private static final Pattern BUNDLED = Pattern.compile("bundle_emb\\.(.+)\\.(clip_l|clip_g)");

  private static final Pattern VERA_PROJECTION =
      Pattern.compile("(?:base_model\\.)?(?:.*\\.)?vera_([AB])(?:\\..*)?");

  private final SafetensorsFile file;
  private final List<LayerTensors> layers;
  private final List<EmbeddingFile> embeddings;
  private final Map<String, SafeTensor> projections = new LinkedHashMap<>();
  private final LoraScales scales;

  private AdapterFile(SafetensorsFile file) {
    this.file = file;
    Map<String, Map<Role, SafeTensor>> byLayer = new LinkedHashMap<>();
    Map<String, Map<Optional<BundlePart>, SafeTensor>> byToken = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (SafeTensor tensor : file.tensors().values()) {
      Matcher bundled = BUNDLED.matcher(tensor.name());
      Matcher projection = VERA_PROJECTION.matcher(tensor.name());
      if (bundled.matches()) {
        byToken
            .computeIfAbsent(bundled.group(1), absent -> new LinkedHashMap<>())
            .put(
                Optional.of(EmbeddingFile.encoder(bundled.group(2))),
                EmbeddingFile.checked(tensor));
      } else if (projection.matches()) {
        projections.put(projection.group(1), tensor);
      } else {
        Role.of(tensor.name())
            .ifPresentOrElse(
                named -> put(byLayer, named, tensor), () -> unknown.add(tensor.name()));
      }
    }
    refuseOthers(byLayer, unknown);
    this.layers =
        byLayer.entrySet().stream()
            .map(entry -> LayerTensors.of(path(), entry.getKey(), entry.getValue()))
            .toList();
    this.embeddings =
        byToken.entrySet().stream()
            .map(entry -> new EmbeddingFile(path(), List.of(entry.getKey()), entry.getValue()))
            .toList();
    for (SafeTensor tensor : file.tensors().values()) {
      Finite.require(tensor);
    }
    this.scales = LoraScales.read(file);
    scales.refuseUnusedPatterns(layers.stream().map(LayerTensors::name).toList());
  }

  /**
   * Reads and checks a file.
   *
   * @throws org.sardiffusion.runtime.weights.WeightsException if it is not a sound safetensors file
   * @throws AdapterException if it holds anything but an adapter
   */
  static AdapterFile read(Path file) {
    return new AdapterFile(SafetensorsFile.read(file));
  }

  Path path() {
    return file.file();
  }

  List<LayerTensors> layers() {
    return layers;
  }

  /** Tokens that were trained with the adapter. */
  List<EmbeddingFile> embeddings() {
    return embeddings;
  }

  LoraScales scales() {
    return scales;
  }

  /**
   * VeRA's random matrices, which all layers share.
   *
   * @param name A or B
   * @throws AdapterException if the file lacks them
   */
  SafeTensor projection(String name) {
    return Optional.ofNullable(projections.get(name))
        .orElseThrow(
            () ->
                new AdapterException(
                    path()
                        + " is a VeRA adapter without its projections (vera_A and vera_B). Train or save it with"
                        + " save_projection=True, or merge it with peft."));
  }

  private void put(Map<String, Map<Role, SafeTensor>> layers, Role.Named named, SafeTensor tensor) {
    Map<Role, SafeTensor> layer =
        layers.computeIfAbsent(named.layer(), absent -> new EnumMap<>(Role.class));
    if (layer.put(named.role(), tensor) != null) {
      throw new AdapterException(
          path() + " has the layer " + named.layer() + " twice. Save one adapter a file.");
    }
  }

  private void refuseOthers(Map<String, Map<Role, SafeTensor>> layers, List<String> unknown) {
    OtherFile.of(file.tensors().keySet())
        .ifPresent(
            what -> {
              throw new AdapterException(path() + " " + what);
            });
    // Any weight's key ends as LyCORIS' factors do.
    layers.forEach(
        (name, tensors) -> {
          if (tensors.containsKey(Role.IA3) && !tensors.containsKey(Role.ON_INPUT)) {
            unknown.add(tensors.get(Role.IA3).name());
          }
        });
    if (!unknown.isEmpty()) {
      throw new AdapterException(
          path()
              + " has keys that no known format of adapters has: "
              + Listing.of(unknown)
              + ". Known are the formats of peft, diffusers, kohya's scripts and LyCORIS; save the adapter in one of"
              + " these.");
    }
    if (layers.isEmpty()) {
      throw new AdapterException(path() + " holds no adapter: it has no layer.");
    }
  }
}
