package org.sardiffusion.runtime.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The path of a module in its network, without what exporters and trainers wrap around it: {@code
 * unet.down_blocks.0.resnets.0.conv1} and {@code base_model.model.down_blocks.0.resnets.0.conv1}
 * are both {@code down_blocks.0.resnets.0.conv1}, and {@code text_model.encoder.layers.0.mlp.fc1}
 * is {@code encoder.layers.0.mlp.fc1}, as transformers 5 has it.
 */
public final class ModulePath {

  /** The modules that a {@code UNet2DConditionModel} of SDXL consists of. */
  private static final Set<String> UNET_ROOTS =
      Set.of(
          "conv_in",
          "time_embedding",
          "add_embedding",
          "down_blocks",
          "mid_block",
          "up_blocks",
          "conv_out");

  /** The modules that a {@code CLIPTextModel} consists of. */
  private static final Set<String> TEXT_ROOTS =
      Set.of("embeddings", "encoder", "final_layer_norm", "text_projection");

  private static final Pattern QUOTED = Pattern.compile("'([^']*)'|\"([^\"]*)\"");

  private static final Pattern OPERATOR = Pattern.compile("[A-Z]");

  private ModulePath() {}

  /** The modules of a ControlNet have the names of the UNet's, and are not those. */
  private static final Pattern CONTROLNET = Pattern.compile("controlnet(_\\d+)?");

  /**
   * Cuts everything before the first module of an SDXL network; empty when there is none, or when
   * the module is a ControlNet's.
   */
  public static Optional<String> canonical(String path) {
    List<String> segments = Arrays.asList(path.split("\\."));
    for (int i = 0; i < segments.size(); i++) {
      if (CONTROLNET.matcher(segments.get(i)).matches()) {
        return Optional.empty();
      }
      if (UNET_ROOTS.contains(segments.get(i)) || TEXT_ROOTS.contains(segments.get(i))) {
        return Optional.of(String.join(".", segments.subList(i, segments.size())));
      }
    }
    return Optional.empty();
  }

  /** Whether a canonical path is one of the UNet's, not of a text encoder's. */
  public static boolean isOfUNet(String canonical) {
    return UNET_ROOTS.contains(canonical.split("\\.", 2)[0]);
  }

  /**
   * The module that torch's dynamo exporter notes in {@code pkg.torch.onnx.name_scopes}: a Python
   * list of ever longer paths, ending in the name of the operation.
   */
  static Optional<String> ofScopes(String pythonList) {
    List<String> scopes = QUOTED.matcher(pythonList).results().map(ModulePath::unquoted).toList();
    return scopes.size() < 2 ? Optional.empty() : canonical(scopes.get(scopes.size() - 2));
  }

  private static String unquoted(MatchResult match) {
    return match.group(1) == null ? match.group(2) : match.group(1);
  }

  /**
   * The module that torch's tracing exporter puts into a node's name: {@code
   * /down_blocks.0/resnets.0/conv1/Conv}. Optimisers append operators to it; modules, unlike
   * operators, begin in lower case.
   */
  static Optional<String> ofNodeName(String name) {
    if (!name.startsWith("/")) {
      return Optional.empty();
    }
    String[] segments = name.substring(1).split("/");
    int end = segments.length;
    while (end > 0 && OPERATOR.matcher(segments[end - 1]).lookingAt()) {
      end--;
    }
    return end == segments.length
        ? Optional.empty()
        : canonical(String.join(".", Arrays.asList(segments).subList(0, end)));
  }
}
