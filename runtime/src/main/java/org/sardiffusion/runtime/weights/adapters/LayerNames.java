package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final Pattern KOHYA = Pattern.compile("lora_(unet|te1|te2|te)_(.+)");
  private static final Pattern PREFIXED =
      Pattern.compile("(unet|text_encoder|text_encoder_1|text_encoder_2)\\.(.+)");
  private static final Map<String, BundlePart> COMPONENTS =
      Map.of(
          "unet", BundlePart.UNET,
          "text_encoder", BundlePart.TEXT_ENCODER,
          "text_encoder_1", BundlePart.TEXT_ENCODER,
          "text_encoder_2", BundlePart.TEXT_ENCODER_2,
          "te", BundlePart.TEXT_ENCODER,
          "te1", BundlePart.TEXT_ENCODER,
          "te2", BundlePart.TEXT_ENCODER_2);

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
   * @throws AdapterException if it could belong to either text encoder
   */
  Optional<Place> find(LoraLayer layer, Path file) {
    Matcher kohya = KOHYA.matcher(layer.name());
    if (kohya.matches()) {
      BundlePart part = COMPONENTS.get(kohya.group(1));
      return Optional.ofNullable(joined.getOrDefault(part, Map.of()).get(kohya.group(2)))
          .flatMap(module -> place(part, module));
    }
    String name = layer.name().replaceFirst("^base_model\\.model\\.", "");
    Matcher prefixed = PREFIXED.matcher(name);
    String path = prefixed.matches() ? prefixed.group(2) : name;
    Optional<String> module = ModulePath.canonical(withoutProcessor(path));
    if (module.isEmpty()) {
      return Optional.empty();
    }
    if (prefixed.matches()) {
      return place(COMPONENTS.get(prefixed.group(1)), module.get());
    }
    return ModulePath.isOfUNet(module.get())
        ? place(BundlePart.UNET, module.get())
        : textEncoder(layer, module.get(), file);
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
  private Optional<Place> textEncoder(LoraLayer layer, String module, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    String folderName = folder.getFileName() == null ? "" : folder.getFileName().toString();
    if (COMPONENTS.containsKey(folderName)) {
      return place(COMPONENTS.get(folderName), module);
    }
    List<Place> named =
        List.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2).stream()
            .flatMap(part -> place(part, module).stream())
            .toList();
    List<Place> fitting =
        named.stream().filter(place -> LoraFit.fits(layer, place.weight())).toList();
    if (fitting.size() > 1) {
      throw new AdapterException(
          file
              + " does not say which text encoder its layers belong to, and both have "
              + module
              + " of that size. Put it into a folder named text_encoder or text_encoder_2.");
    }
    return fitting.isEmpty() ? named.stream().findFirst() : Optional.of(fitting.get(0));
  }
}
