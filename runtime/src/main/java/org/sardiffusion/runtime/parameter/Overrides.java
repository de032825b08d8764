package org.sardiffusion.runtime.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values of some parameters, which stand in place of those that are there. Immutable. */
public final class Overrides {
  /** None. */
  public static final Overrides NONE = new Overrides(Map.of());

  private final Map<Parameter<?>, Object> values;

  private Overrides(Map<Parameter<?>, Object> values) {
    this.values = values;
  }

  /**
   * These and another value of a parameter.
   *
   * @throws ParameterException if the value is out of the parameter's range
   */
  public <T> Overrides with(Parameter<T> parameter, T value) {
    Map<Parameter<?>, Object> more = new LinkedHashMap<>(values);
    more.put(parameter, parameter.require(value));
    return new Overrides(Collections.unmodifiableMap(more));
  }

  /** These and, where there is one, another value of a parameter. */
  public <T> Overrides with(Parameter<T> parameter, Optional<? extends T> value) {
    return value.isPresent() ? with(parameter, value.get()) : this;
  }

  /** These and another value, given as text. */
  public <T> Overrides parse(Parameter<T> parameter, String text) {
    return with(parameter, parameter.parse(text));
  }

  /** These, but what {@code later} says as it says. */
  public Overrides with(Overrides later) {
    Map<Parameter<?>, Object> all = new LinkedHashMap<>(values);
    all.putAll(later.values);
    return new Overrides(Collections.unmodifiableMap(all));
  }

  /** The value of a parameter, where these have one. */
  @SuppressWarnings("unchecked") // with() puts nothing but a parameter's own values
  public <T> Optional<T> get(Parameter<T> parameter) {
    return Optional.ofNullable((T) values.get(parameter));
  }

  /** The value of a parameter, or another where these have none. */
  public <T> T or(Parameter<T> parameter, T otherwise) {
    return get(parameter).orElse(otherwise);
  }

  /** Whether these have a value of any of some parameters. */
  public boolean any(Collection<? extends Parameter<?>> parameters) {
    return parameters.stream().anyMatch(values::containsKey);
  }

  /** The parameters that these have a value of, in the order in which they were given. */
  public Set<Parameter<?>> parameters() {
    return values.keySet();
  }

  /** As an object of JSON, in the order in which they were given. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    values.keySet().forEach(parameter -> put(json, parameter));
    return json;
  }

  private <T> void put(ObjectNode json, Parameter<T> parameter) {
    json.set(parameter.key(), parameter.write(get(parameter).orElseThrow()));
  }

  /**
   * What an object of JSON says of some parameters; what else it says is passed over.
   *
   * @throws ParameterException if a value can't be
   */
  public static Overrides of(JsonNode json, List<Parameter<?>> parameters) {
    Overrides read = NONE;
    for (Parameter<?> parameter : parameters) {
      if (json.hasNonNull(parameter.key())) {
        read = read.read(parameter, json.get(parameter.key()));
      }
    }
    return read;
  }

  private <T> Overrides read(Parameter<T> parameter, JsonNode json) {
    return with(parameter, parameter.read(json));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Overrides overrides && values.equals(overrides.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return toJson().toString();
  }
}
