package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the parameters of the network lie in the graphs of a bundle, as {@code sar_config.json}
 * says under {@code weights}.
 */
public final class WeightNames {

  /**
   * The initializer of one parameter.
   *
   * @param initializer its name in the graph
   * @param order how it is stored
   */
  public record Entry(String initializer, Order order) {}

  /** How a matrix is stored. */
  public enum Order {
    /** As torch has it: [out, in]. */
    AS_IS,
    /** The other way round: [in, out]. */
    TRANSPOSED
  }

  private WeightNames() {}

  /**
   * Parameter to initializer, such as {@code conv_in.weight}; empty for a bundle without such a
   * map.
   *
   * @throws BundleException if the map is damaged
   */
  public static Map<String, Entry> of(Bundle bundle, BundlePart part) {
    Path file = bundle.root().resolve(SarConfig.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    ConfigFile weights = ConfigFile.read(file).child("weights").child(part.id());
    Map<String, Entry> names = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : weights.root().properties()) {
      JsonNode where = entry.getValue();
      if (!where.path("initializer").isTextual() || !where.path("transposed").isBoolean()) {
        throw weights.wrong(entry.getKey(), "an object with \"initializer\" and \"transposed\"");
      }
      names.put(
          entry.getKey(),
          new Entry(
              where.get("initializer").textValue(),
              where.get("transposed").booleanValue() ? Order.TRANSPOSED : Order.AS_IS));
    }
    return names;
  }
}
