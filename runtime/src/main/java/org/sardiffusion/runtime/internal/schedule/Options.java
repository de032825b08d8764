package org.sardiffusion.runtime.internal.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.SchedulerConfigException;
import org.sardiffusion.runtime.schedule.SchedulerException;

/**
 * The options of one scheduler class, read from a configuration and checked as they are read.
 *
 * <p>An option that the class does not know is off or absent, whatever the configuration says.
 */
final class Options {
  private final SchedulerClass schedulerClass;
  private final ObjectNode json;
  private final Map<String, JsonNode> overrides;
  private final String source;
  private final Set<String> leftAtDefault = new HashSet<>();

  Options(
      SchedulerClass schedulerClass,
      ObjectNode json,
      Map<String, JsonNode> overrides,
      String source) {
    this.schedulerClass = schedulerClass;
    this.json = json;
    this.overrides = overrides;
    this.source = source;
    JsonNode listed = json.path("_use_default_values");
    if (!listed.isMissingNode() && !listed.isArray()) {
      throw refuse("_use_default_values", "a list of option names");
    }
    listed.forEach(key -> leftAtDefault.add(key.asText()));
  }

  /**
   * The options of the sampler of a choice.
   *
   * @throws SchedulerConfigException if the bundle's own is chosen, and its class is not known
   */
  static Options of(SamplerChoice choice, SchedulerConfig config) {
    if (choice instanceof SamplerChoice.Named named) {
      SamplerName name = named.name();
      SchedulerClass schedulerClass = SchedulerClass.named(name.className()).orElseThrow();
      return new Options(schedulerClass, config.toJson(), name.overrides(), config.source());
    }
    SchedulerClass schedulerClass =
        SchedulerClass.named(config.className())
            .orElseThrow(
                () ->
                    new SchedulerConfigException(
                        ("%s: \"_class_name\" is \"%s\", which is not supported; it must be one of %s,"
                                + " or choose a scheduler yourself")
                            .formatted(
                                config.source(), config.className(), SchedulerClass.allNames())));
    return new Options(schedulerClass, config.toJson(), Map.of(), config.source());
  }

  SchedulerClass schedulerClass() {
    return schedulerClass;
  }

  boolean knows(String key) {
    return !schedulerClass.defaultOf(key).isMissingNode();
  }

  /** False for null, as Python has it. */
  boolean flag(String key) {
    JsonNode value = value(key);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw refuse(key, "true or false");
    }
    return value.booleanValue();
  }

  int integer(String key, int least, int most) {
    JsonNode value = value(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw refuse(key, "a whole number from %d to %d".formatted(least, most));
    }
    return value.intValue();
  }

  /** A number strictly above {@code bound} and below infinity. */
  double above(double bound, String key) {
    double value = finite(key, value(key));
    if (value <= bound) {
      throw refuse(key, "a number greater than %s".formatted(bound));
    }
    return value;
  }

  /** A number in [least, most]. */
  double within(double least, double most, String key) {
    double value = finite(key, value(key));
    if (value < least || value > most) {
      throw refuse(key, "a number from %s to %s".formatted(least, most));
    }
    return value;
  }

  /** A number greater than 0, or absent. */
  OptionalDouble positiveIfGiven(String key) {
    return isGiven(key) ? OptionalDouble.of(above(0, key)) : OptionalDouble.empty();
  }

  /** DPM-Solver's clipping bound: any number, or minus infinity, which null stands for too. */
  double lowerBound(String key) {
    JsonNode value = value(key);
    boolean unbounded =
        value.isMissingNode()
            || value.isNull()
            || value.isNumber() && value.doubleValue() == Double.NEGATIVE_INFINITY;
    return unbounded ? Double.NEGATIVE_INFINITY : finite(key, value);
  }

  /** One of some words. */
  String word(String key, List<String> allowed) {
    JsonNode value = value(key);
    if (!value.isTextual() || !allowed.contains(value.textValue())) {
      throw refuse(key, "one of " + String.join(", ", allowed));
    }
    return value.textValue();
  }

  /** Any word, or what is there in place of one. */
  String text(String key) {
    return value(key).asText();
  }

  /** A list of numbers in [least, most]. */
  double[] numbers(String key, double least, double most) {
    JsonNode value = value(key);
    double[] numbers = new double[value.size()];
    boolean valid = value.isArray();
    for (int i = 0; valid && i < numbers.length; i++) {
      JsonNode entry = value.get(i);
      numbers[i] = entry.doubleValue();
      valid = entry.isNumber() && numbers[i] >= least && numbers[i] <= most;
    }
    if (!valid) {
      throw refuse(key, "a list of numbers from %s to %s".formatted(least, most));
    }
    return numbers;
  }

  /** Whether the class knows the option and it is neither missing nor null. */
  boolean isGiven(String key) {
    JsonNode value = value(key);
    return !value.isMissingNode() && !value.isNull();
  }

  /** The error for a value that is not what it must be. */
  SchedulerConfigException refuse(String key, String allowed) {
    return new SchedulerConfigException(
        "%s: \"%s\" is %s; for %s it must be %s"
            .formatted(
                source, key, abbreviated(value(key)), schedulerClass.diffusersName(), allowed));
  }

  /** The error for a combination of options and steps that cannot work. */
  SchedulerException impossible(String why) {
    return new SchedulerException(
        "%s with %s: %s".formatted(schedulerClass.diffusersName(), source, why));
  }

  private double finite(String key, JsonNode value) {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw refuse(key, "a finite number");
    }
    return value.doubleValue();
  }

  private JsonNode value(String key) {
    if (overrides.containsKey(key)) {
      return overrides.get(key);
    }
    JsonNode fallback = schedulerClass.defaultOf(key);
    boolean applies = json.has(key) && !leftAtDefault.contains(key);
    boolean ours = !fallback.isMissingNode() || key.startsWith("_");
    return applies && ours ? json.get(key) : fallback;
  }

  private static String abbreviated(JsonNode value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
