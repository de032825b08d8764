package org.sardiffusion.core;

/**
 * A change of one parameter that would make an error go away.
 *
 * <p>A parameter is named as recipes and lists spell it, such as {@code guidance_rescale}.
 */
public sealed interface Remedy {
  String parameter();

  /** Setting a parameter to a value. */
  record Set(String parameter, String value) implements Remedy {}

  /** A value of a parameter that the user has to choose. */
  record Choose(String parameter) implements Remedy {}

  /** Leaving a parameter out. */
  record Omit(String parameter) implements Remedy {}

  static Remedy set(String parameter, Object value) {
    return new Set(parameter, value.toString());
  }

  static Remedy choose(String parameter) {
    return new Choose(parameter);
  }

  static Remedy omit(String parameter) {
    return new Omit(parameter);
  }
}
