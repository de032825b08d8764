package org.sardiffusion.conditioning.control;

/**
 * A colour, each part in 0 .. 255.
 *
 * @param red red
 * @param green green
 * @param blue blue
 */
public record Rgb(int red, int green, int blue) {
  /**
   * @throws IllegalArgumentException if a part is outside 0 .. 255
   */
  public Rgb {
    if (((red | green | blue) & ~255) != 0) {
      throw new IllegalArgumentException(
          "A colour has parts in 0 .. 255, not (" + red + ", " + green + ", " + blue + ")");
    }
  }
}
