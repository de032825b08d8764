package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What {@code sar_config.json} says of a bundle; the schema lies in the module {@code models}.
 *
 * @param name the model's name
 * @param description one paragraph, where there is one
 * @param licence where it is stated
 * @param band radar band, such as {@code X}
 * @param triggerToken the learned token, such as {@code <SAR>}
 * @param dtype element type of the weights, {@code fp32} or {@code fp16}; empty where it is not
 *     said
 * @param pixelSpacing metres on the ground or in slant range that a pixel stands for
 * @param recommended what to use where the user says nothing
 * @param controlNets names of the ControlNets that are baked into the UNet's second graph, in the
 *     order of their control images
 * @param provenance where the bundle comes from: source, exporter, libraries, training; keys of
 *     nested objects joined by dots, such as {@code software.torch}
 * @param files SHA-256 (hexadecimal) and length of the bundle's files, by their path in it
 */
public record SarConfig(
    String name,
    Optional<String> description,
    Optional<String> licence,
    Optional<String> band,
    Optional<String> triggerToken,
    String dtype,
    OptionalDouble pixelSpacing,
    Recommended recommended,
    List<String> controlNets,
    Map<String, String> provenance,
    Map<String, FileDigest> files) {

  /** The version of the format that this class reads. */
  private static final int FORMAT_VERSION = 1;

  /** The file's name in a bundle. */
  public static final String FILE_NAME = "sar_config.json";

  /** What the model works best with. */
  public record Recommended(
      OptionalInt steps, OptionalDouble guidanceScale, Optional<String> scheduler) {}

  /** What a file should be. */
  public record FileDigest(String sha256, long bytes) {}

  static Optional<SarConfig> readIfPresent(Path root) {
    Path file = root.resolve(FILE_NAME);
    return Files.isRegularFile(file)
        ? Optional.of(read(root, ConfigFile.read(file)))
        : Optional.empty();
  }

  private static SarConfig read(Path root, ConfigFile config) {
    OptionalInt version = config.count("format_version");
    if (version.isPresent() && version.getAsInt() > FORMAT_VERSION) {
      throw new BundleException(
          config.file()
              + " is of format version "
              + version.getAsInt()
              + ", which a later sar-diffusion wrote; this one reads versions up to "
              + FORMAT_VERSION
              + ". Update sar-diffusion.");
    }
    OptionalDouble spacing = config.number("pixel_spacing_m");
    if (spacing.isPresent() && spacing.getAsDouble() <= 0) {
      throw config.wrong("pixel_spacing_m", "a number of metres above 0");
    }
    ConfigFile recommended = config.child("recommended");
    return new SarConfig(
        config.text("name").orElse(root.getFileName().toString()),
        config.text("description"),
        config.text("licence"),
        config.text("band"),
        config.text("trigger_token"),
        config.text("dtype").orElse(""),
        spacing,
        new Recommended(
            recommended.count("steps"),
            recommended.number("guidance_scale"),
            recommended.text("scheduler")),
        controlNets(config),
        provenance(config.child("provenance")),
        files(root, config.child("files")));
  }

  private static List<String> controlNets(ConfigFile config) {
    ConfigFile graph = config.child("graphs").child(BundlePart.UNET_CONTROLNET.id());
    List<String> names = new ArrayList<>();
    for (JsonNode name : graph.root().path("controlnets")) {
      if (!name.isTextual()) {
        throw graph.wrong("controlnets", "a list of names");
      }
      names.add(name.textValue());
    }
    return List.copyOf(names);
  }

  private static Map<String, String> provenance(ConfigFile declared) {
    Map<String, String> flat = new LinkedHashMap<>();
    flatten("", declared.root(), flat);
    return Collections.unmodifiableMap(flat);
  }

  private static void flatten(String key, JsonNode node, Map<String, String> flat) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry ->
                  flatten(
                      key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(),
                      entry.getValue(),
                      flat));
    } else if (!node.isNull()) {
      flat.put(key, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  private static boolean liesInside(Path root, String name) {
    try {
      Path path = root.resolve(name).normalize();
      return path.startsWith(root) && !path.equals(root);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Map<String, FileDigest> files(Path root, ConfigFile listed) {
    Map<String, FileDigest> files = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : listed.root().properties()) {
      if (!liesInside(root, entry.getKey())) {
        throw new BundleException(
            listed.file()
                + " lists \""
                + entry.getKey()
                + "\", which lies outside the bundle "
                + root
                + ". A bundle only ever names files of its own: don't use this one unless you know who made it.");
      }
      ConfigFile digest = listed.child(entry.getKey());
      String sha256 = digest.text("sha256").orElse("");
      JsonNode bytes = digest.root().path("bytes");
      if (!sha256.matches("[0-9a-f]{64}")
          || !bytes.canConvertToLong()
          || !bytes.isIntegralNumber()
          || bytes.longValue() < 0) {
        throw listed.wrong(
            entry.getKey(), "an object with \"sha256\" (64 hexadecimal digits) and \"bytes\"");
      }
      files.put(entry.getKey(), new FileDigest(sha256, bytes.longValue()));
    }
    return files;
  }
}
