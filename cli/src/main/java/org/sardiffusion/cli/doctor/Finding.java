package org.sardiffusion.cli.doctor;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param subject what it is, such as {@code Java}
 * @param status how it stands
 * @param found what was found
 * @param remedy what to do about it, where there is something to do
 */
public record Finding(String subject, Status status, String found, Optional<String> remedy) {

  /** How a thing stands. */
  public enum Status {
    OK,
    /** It works, but less well than it could. */
    LIMITED,
    /** It isn't there; images can be made all the same. */
    MISSING,
    /** No image can be made, not even on the processor. */
    PROBLEM
  }

  static Finding ok(String subject, String found) {
    return new Finding(subject, Status.OK, found, Optional.empty());
  }

  static Finding limited(String subject, String found, String remedy) {
    return new Finding(subject, Status.LIMITED, found, Optional.of(remedy));
  }

  static Finding missing(String subject, String found, String remedy) {
    return new Finding(subject, Status.MISSING, found, Optional.of(remedy));
  }

  static Finding problem(String subject, String found) {
    return new Finding(subject, Status.PROBLEM, found, Optional.empty());
  }
}
