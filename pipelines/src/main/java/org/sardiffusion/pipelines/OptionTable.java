package org.sardiffusion.pipelines;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Parameter;

/** All parameters of an image, and the JSON Schema that says what they can be. */
public final class OptionTable {
  /** Its rows, in the order of the help: size, sampling, inputs, place. */
  public static final List<Parameter<?>> ROWS =
      Stream.of(
              ImageParameters.SIZE,
              Sampling.PARAMETERS,
              ImageParameters.INPUTS,
              ImageParameters.PLACE)
          .<Parameter<?>>flatMap(List::stream)
          .toList();

  private OptionTable() {}

  /**
   * A JSON Schema (2020-12) of an object with values of these parameters, by their keys; all may be
   * left out.
   */
  public static ObjectNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Parameters of an image");
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (Parameter<?> row : ROWS) {
      ObjectNode property = row.type().schema();
      property.put("description", String.join(" ", row.help()));
      properties.set(row.key(), property);
    }
    schema.put("additionalProperties", false);
    return schema;
  }
}
