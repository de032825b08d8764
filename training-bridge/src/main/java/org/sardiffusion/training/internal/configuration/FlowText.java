package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Values on one line of YAML. */
public final class FlowText {
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][\\w-]*");

  private FlowText() {}

  /** The value in YAML's flow style: JSON, but for numbers and plain keys. */
  public static String of(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(entry -> key(entry.getKey()) + ": " + of(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(FlowText::of)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    // YAML 1.1 readers, PyYAML among them, take a number's exponent only with a sign.
    return value.isFloatingPointNumber()
        ? value.asText().replaceFirst("E(?=\\d)", "E+")
        : value.toString();
  }

  /** {@code value} below keys that are not there yet. */
  public static String nested(List<String> keys, JsonNode value) {
    return keys.stream().map(key -> "{" + key(key) + ": ").collect(Collectors.joining())
        + of(value)
        + "}".repeat(keys.size());
  }

  public static String key(String key) {
    return PLAIN_KEY.matcher(key).matches() && !YAML_WORDS.matcher(key).matches()
        ? key
        : com.fasterxml.jackson.databind.node.TextNode.valueOf(key).toString();
  }

  /** Words that YAML 1.1 reads as something else than text. */
  private static final Pattern YAML_WORDS =
      Pattern.compile("(?i)y|yes|n|no|on|off|true|false|null");
}
