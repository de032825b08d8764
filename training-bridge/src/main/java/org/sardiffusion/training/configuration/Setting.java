package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import org.sardiffusion.training.internal.configuration.YamlTree;

/**
 * One value put over what a configuration says.
 *
 * @param key what is set
 * @param value to what
 * @param origin what messages call it, such as the option that it came from
 */
public record Setting(KeyPath key, JsonNode value, String origin) {
  /**
   * Reads {@code KEY=VALUE}, the key with dots, the value in YAML; nothing is {@code null}.
   *
   * @param origin what messages call it
   * @throws ConfigurationException if it is not that
   */
  public static Setting parse(String text, String origin) {
    int equals = text.indexOf('=');
    KeyPath key = KeyPath.of(text.substring(0, Math.max(equals, 0)));
    if (equals < 1 || key.parts().contains("")) {
      throw new ConfigurationException(
          origin,
          List.of(
              new Problem(origin, KeyPath.ROOT, "is not KEY=VALUE, such as training.batch=4.")));
    }
    String value = text.substring(equals + 1);
    return new Setting(
        key,
        value.isBlank() ? NullNode.getInstance() : YamlTree.read(origin, value).json(),
        origin);
  }
}
