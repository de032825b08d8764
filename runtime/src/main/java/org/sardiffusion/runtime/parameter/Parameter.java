package org.sardiffusion.runtime.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.sardiffusion.core.Remedy;

/**
 * A row of the option table. Two parameters are the same if they are the same object.
 *
 * @param <T> its values
 */
public final class Parameter<T> {
  private final String key;
  private final ValueType<T> type;
  private final List<String> help;

  /**
   * @param key its name, as recipes spell it: lower case, words joined by underscores
   * @param type what values it can have
   * @param help sentences for the user, one a line; the default among them
   */
  public Parameter(String key, ValueType<T> type, String... help) {
    this.key = key;
    this.type = type;
    this.help = List.of(help);
  }

  public String key() {
    return key;
  }

  public ValueType<T> type() {
    return type;
  }

  public List<String> help() {
    return help;
  }

  /** The name with blanks in place of underscores, to be used in a sentence. */
  public String words() {
    return key.replace('_', ' ');
  }

  /**
   * A value, if it lies in the range.
   *
   * @throws ParameterException if not
   */
  public T require(T value) {
    type.complaint(value)
        .ifPresent(
            complaint -> {
              throw new ParameterException(
                  "The " + words() + " must " + complaint + ", but is " + value + ".",
                  Remedy.choose(key));
            });
    return value;
  }

  /**
   * The value that a text stands for: an option's, or a cell's.
   *
   * @throws ParameterException if it stands for none, or for one out of the range
   */
  public T parse(String text) {
    return require(type.parse(text));
  }

  /**
   * The value that JSON stands for.
   *
   * @throws ParameterException if it stands for none
   */
  public T read(JsonNode json) {
    return require(
        type.read(json)
            .orElseThrow(
                () ->
                    new ParameterException(
                        "\"" + key + "\" can't be " + json + ".", Remedy.choose(key))));
  }

  /** {@link #read} reads it. */
  public JsonNode write(T value) {
    return type.write(value);
  }

  @Override
  public String toString() {
    return key;
  }
}
