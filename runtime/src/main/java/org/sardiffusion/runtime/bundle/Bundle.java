package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.Remedy;

/**
 * A model on disk, checked and described, its weights unread.
 *
 * @param root the folder
 * @param unet what the denoiser is
 * @param vae what the image decoder is
 * @param zeroEmptyNegative whether a missing negative prompt means zero embeddings rather than an
 *     encoded empty text ({@code force_zeros_for_empty_prompt})
 * @param sar what {@code sar_config.json} adds, where there is one
 */
public record Bundle(
    Path root, UNetConfig unet, VaeConfig vae, boolean zeroEmptyNegative, Optional<SarConfig> sar) {

  /**
   * Opens a bundle in the layout of diffusers and optimum-onnx.
   *
   * @throws BundleException if a part is missing or damaged, or the model is not of the SDXL family
   */
  public static Bundle open(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(root)) {
      throw new BundleException(
          "There is no model folder "
              + folder
              + ": a model is the folder that holds model_index.json.",
          Remedy.choose("model"));
    }
    ConfigFile index = modelIndex(root);
    requireParts(root, index);
    VaeConfig vae = VaeConfig.read(ConfigFile.read(vaeConfig(root)));
    UNetConfig unet = UNetConfig.read(ConfigFile.read(root.resolve("unet/config.json")));
    if (unet.channels() != vae.latentChannels()) {
      throw new BundleException(
          root
              + ": the UNet takes "
              + unet.channels()
              + " latent channels, but the VAE has "
              + vae.latentChannels()
              + ". Inpainting UNets with extra channels are not supported; otherwise the parts are of two models.");
    }
    return new Bundle(
        root,
        unet,
        vae,
        index.flag("force_zeros_for_empty_prompt", true),
        SarConfig.readIfPresent(root));
  }

  private static ConfigFile modelIndex(Path root) {
    Path file = root.resolve("model_index.json");
    if (!Files.isRegularFile(file)) {
      throw new BundleException(
          root
              + " is not a model bundle: it has no model_index.json. Give the folder that sar-diffusion export or"
              + " optimum-onnx wrote.");
    }
    ConfigFile index = ConfigFile.read(file);
    String kind = index.text("_class_name").orElse("");
    if (!kind.contains("StableDiffusionXL")) {
      throw new BundleException(
          file
              + " describes a "
              + (kind.isEmpty() ? "model without a class name" : kind)
              + ", but sar-diffusion runs Stable Diffusion XL models only.");
    }
    return index;
  }

  private static void requireParts(Path root, ConfigFile index) {
    List<String> missing = new ArrayList<>();
    for (BundlePart part :
        List.of(
            BundlePart.TEXT_ENCODER,
            BundlePart.TEXT_ENCODER_2,
            BundlePart.UNET,
            BundlePart.VAE_DECODER)) {
      if (needs(index, part) && !Files.isRegularFile(root.resolve(part.file()))) {
        missing.add(part.file());
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    boolean diffusers = holdsWeightsOfDiffusers(root.resolve("unet"));
    throw new BundleException(
        root
            + " lacks "
            + String.join(", ", missing)
            + ". "
            + (diffusers
                ? "It is a diffusers folder: turn it into a bundle with sar-diffusion export "
                    + root
                    + " BUNDLE."
                : "Export the model again."));
  }

  /**
   * A refiner has the second text encoder only: its index says {@code [null, null]} for the first.
   */
  private static boolean needs(ConfigFile index, BundlePart part) {
    return part != BundlePart.TEXT_ENCODER || index.root().path(part.folder()).path(1).isTextual();
  }

  /** Whatever the variant, the format and the number of shards. */
  private static boolean holdsWeightsOfDiffusers(Path unet) {
    if (!Files.isDirectory(unet)) {
      return false;
    }
    try (Stream<Path> files = Files.list(unet)) {
      return files.anyMatch(f -> f.getFileName().toString().startsWith("diffusion_pytorch_model"));
    } catch (IOException e) {
      return false;
    }
  }

  private static Path vaeConfig(Path root) {
    Path decoder = root.resolve("vae_decoder/config.json");
    Path whole = root.resolve("vae/config.json");
    return Files.isRegularFile(decoder) || !Files.isRegularFile(whole) ? decoder : whole;
  }

  /** The graph of {@code part}. */
  public Path graph(BundlePart part) {
    return root.resolve(part.file());
  }

  public boolean has(BundlePart part) {
    return Files.isRegularFile(graph(part));
  }

  /** The scheduler's configuration, {@code scheduler/scheduler_config.json}. */
  public Path schedulerConfig() {
    return root.resolve("scheduler/scheduler_config.json");
  }

  /**
   * The class that {@code model_index.json} names for the scheduler: as in diffusers it counts, and
   * not the one that wrote the scheduler's own configuration.
   */
  public Optional<String> schedulerClass() {
    JsonNode name = modelIndex(root).root().path("scheduler").path(1);
    return name.isTextual() ? Optional.of(name.textValue()) : Optional.empty();
  }

  /** The model's name: what {@code sar_config.json} says, else the folder's name. */
  public String name() {
    return sar.map(SarConfig::name).orElseGet(() -> root.getFileName().toString());
  }

  /**
   * Both sides of an image must be divisible by this many pixels: the VAE's factor times what the
   * UNet halves. diffusers allows multiples of the VAE factor, but an exported graph has lost the
   * UNet's code for odd sizes.
   */
  public int sizeMultiple() {
    return vae.factor() << (unet.levels() - 1);
  }

  /** The width of an image, in pixels, where nobody asks for another. */
  public int defaultWidth() {
    return unet.sampleWidth() * vae.factor();
  }

  /** The height of an image, in pixels, where nobody asks for another. */
  public int defaultHeight() {
    return unet.sampleHeight() * vae.factor();
  }
}
