package org.sardiffusion.cli.doctor;

/** How long something took. */
final class Elapsed {
  private Elapsed() {}

  /** Such as {@code 85 ms}, from a {@link System#nanoTime}. */
  static String since(long start) {
    return (System.nanoTime() - start) / 1_000_000 + " ms";
  }
}
