package org.sardiffusion.core;

import java.util.Optional;

/**
 * A change of one parameter that would make an error go away.
 *
 * @param parameter its name as recipes and lists spell it, such as {@code guidance_scale}
 * @param value what to set it to; empty where the user has to choose
 */
public record Remedy(String parameter, Optional<String> value) {
  /** Setting a parameter to a value. */
  public static Remedy set(String parameter, Object value) {
    return new Remedy(parameter, Optional.of(value.toString()));
  }

  /** Another value of a parameter, which the user has to choose. */
  public static Remedy choose(String parameter) {
    return new Remedy(parameter, Optional.empty());
  }
}
