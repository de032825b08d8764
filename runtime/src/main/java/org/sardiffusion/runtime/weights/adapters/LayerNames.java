package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.weights.ModulePath;
import org.sardiffusion.runtime.weights.ModuleWeight;
import org.sardiffusion.runtime.weights.ModuleWeights;

/**
 * Finds the module that a LoRA file means by the name of a layer.
 *
 * <p>Trainers join the module's path with underscores (kohya) or write it after a prefix for the
 * component (diffusers) or for the wrapper (peft). Instead of guessing paths back from underscores,
 * the names that each module of the model could have are listed beforehand.
 */
final class LayerNames {
  /**
   * Paths joined with underscores: of kohya's scripts, of LyCORIS and of Stable Diffusion web UI.
   */
  private static final Pattern JOINED =
      Pattern.compile("(?:lora|lycoris)_(unet|te1|te2|te)_(.+)|(?:lycoris|diffusion_model)_(.+)");

  private static final Pattern PREFIXED =
      Pattern.compile(
          "(?:text_encoders\\.)?(unet|text_encoder_1|text_encoder_2|text_encoder|(?:model\\.)?diffusion_model|clip_l|clip_g)\\.(.+)");
  private static final Map<String, BundlePart> COMPONENTS =
      Map.ofEntries(
          Map.entry("unet", BundlePart.UNET),
          Map.entry("diffusion_model", BundlePart.UNET),
          Map.entry("model.diffusion_model", BundlePart.UNET),
          Map.entry("text_encoder", BundlePart.TEXT_ENCODER),
          Map.entry("text_encoder_1", BundlePart.TEXT_ENCODER),
          Map.entry("text_encoder_2", BundlePart.TEXT_ENCODER_2),
          Map.entry("clip_l", BundlePart.TEXT_ENCODER),
          Map.entry("clip_g", BundlePart.TEXT_ENCODER_2),
          Map.entry("te", BundlePart.TEXT_ENCODER),
          Map.entry("te1", BundlePart.TEXT_ENCODER),
          Map.entry("te2", BundlePart.TEXT_ENCODER_2));

  private final Map<BundlePart, ModuleWeights> weights;
  private final Map<BundlePart, Map<String, String>> joined = new EnumMap<>(BundlePart.class);

  /** Where a layer belongs. */
  record Place(BundlePart part, ModuleWeight weight) {}

  LayerNames(Map<BundlePart, ModuleWeights> weights) {
    this.weights = weights;
    weights.forEach((part, modules) -> joined.put(part, joinedNames(modules)));
  }

  private static Map<String, String> joinedNames(ModuleWeights modules) {
    SgmNames sgm = SgmNames.of(modules.modules());
    Map<String, String> names = new HashMap<>();
    for (String module : modules.modules()) {
      String plain = module.replace('.', '_');
      names.put(plain, module);
      if (!ModulePath.isOfUNet(module)) {
        names.put("text_model_" + plain, module);
      }
      sgm.of(module).ifPresent(name -> names.put(name.replace('.', '_'), module));
    }
    return names;
  }

  /**
   * The place of a layer, if the model has it.
   *
   * @param fits whether the layer has the size of a weight
   * @throws AdapterException if it could belong to either text encoder
   */
  Optional<Place> find(LayerTensors layer, Predicate<ModuleWeight> fits) {
    Matcher joinedName = JOINED.matcher(layer.name());
    if (joinedName.matches()) {
      return joinedName.group(1) == null
          ? joined(BundlePart.UNET, joinedName.group(3))
          : joined(COMPONENTS.get(joinedName.group(1)), joinedName.group(2));
    }
    String name = layer.name().replaceFirst("^base_model\\.model\\.", "");
    Matcher prefixed = PREFIXED.matcher(name);
    String path = prefixed.matches() ? prefixed.group(2) : name;
    Optional<String> module = ModulePath.canonical(withoutProcessor(path));
    if (module.isEmpty()) {
      // The original code's blocks, with dots.
      return joined(
          prefixed.matches() ? COMPONENTS.get(prefixed.group(1)) : BundlePart.UNET,
          path.replace('.', '_'));
    }
    if (prefixed.matches()) {
      return place(COMPONENTS.get(prefixed.group(1)), module.get());
    }
    return ModulePath.isOfUNet(module.get())
        ? place(BundlePart.UNET, module.get())
        : textEncoder(layer, module.get(), fits);
  }

  private Optional<Place> joined(BundlePart part, String name) {
    return Optional.ofNullable(joined.getOrDefault(part, Map.of()).get(name))
        .flatMap(module -> place(part, module));
  }

  /** Older versions of diffusers put the layers of an attention into its "processor". */
  private static String withoutProcessor(String path) {
    return path.contains(".processor.")
        ? path.replace(".processor.", ".").replaceFirst("\\.to_out$", ".to_out.0")
        : path;
  }

  private Optional<Place> place(BundlePart part, String module) {
    return Optional.ofNullable(weights.get(part))
        .flatMap(modules -> modules.find(module))
        .map(weight -> new Place(part, weight));
  }

  /** peft does not note which model it wrapped: the folder may tell, or the layer's size. */
  private Optional<Place> textEncoder(
      LayerTensors layer, String module, Predicate<ModuleWeight> fits) {
    Path folder = layer.file().toAbsolutePath().getParent();
    String folderName = folder.getFileName() == null ? "" : folder.getFileName().toString();
    if (COMPONENTS.containsKey(folderName)) {
      return place(COMPONENTS.get(folderName), module);
    }
    List<Place> named =
        List.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2).stream()
            .flatMap(part -> place(part, module).stream())
            .toList();
    List<Place> fitting = named.stream().filter(place -> fits.test(place.weight())).toList();
    if (fitting.size() > 1) {
      throw new AdapterException(
          layer.file()
              + " does not say which text encoder its layers belong to, and both have "
              + module
              + " of that size. Put it into a folder named text_encoder or text_encoder_2.");
    }
    return fitting.isEmpty() ? named.stream().findFirst() : Optional.of(fitting.get(0));
  }
}
