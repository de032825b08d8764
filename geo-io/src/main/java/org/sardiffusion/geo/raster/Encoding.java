package org.sardiffusion.geo.raster;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How a file stores its pixels.
 *
 * @param format the file format, such as {@code GeoTIFF}
 * @param type the type of one stored number
 * @param nodata the stored number of pixels without data
 * @param scale what the stored numbers are multiplied by before anything else, usually 1
 * @param offset what is added then, usually 0
 * @param quantity what they then are
 */
public record Encoding(
    String format,
    ElementType type,
    OptionalDouble nodata,
    double scale,
    double offset,
    Quantity quantity) {

  /**
   * @throws IllegalArgumentException if scale or offset is not finite, or the scale 0
   */
  public Encoding {
    if (!Double.isFinite(scale) || !Double.isFinite(offset) || scale == 0) {
      throw new IllegalArgumentException("Not a scale and an offset: " + scale + ", " + offset);
    }
  }

  /** Amplitudes as they are, without a nodata value. */
  public static Encoding plain(String format, ElementType type) {
    return new Encoding(format, type, OptionalDouble.empty(), 1, 0, Quantity.AMPLITUDE);
  }

  /** The same with a nodata value. */
  public Encoding withNodata(OptionalDouble other) {
    return new Encoding(format, type, other, scale, offset, quantity);
  }

  /** The same with another scale and offset. */
  public Encoding withScale(double otherScale, double otherOffset) {
    return new Encoding(format, type, nodata, otherScale, otherOffset, quantity);
  }

  /** The same with numbers of another meaning. */
  public Encoding withQuantity(Quantity other) {
    return new Encoding(format, type, nodata, scale, offset, other);
  }

  /**
   * The amplitude of the largest number that the stored type can hold: a pixel that has it may be
   * clipped. Empty for floating-point types, which do not clip.
   */
  public OptionalDouble saturation() {
    return type.maximum().isPresent()
        ? OptionalDouble.of(amplitude((float) type.maximum().getAsDouble()))
        : OptionalDouble.empty();
  }

  /** A stored number with scale and offset. */
  float scaled(float stored) {
    return scale == 1 && offset == 0 ? stored : (float) (stored * scale + offset);
  }

  /** The amplitude of a stored number. */
  float amplitude(float stored) {
    return quantity.amplitude(scaled(stored));
  }

  /** Such as {@code GeoTIFF, uint16}. */
  @Override
  public String toString() {
    String meaning =
        quantity == Quantity.AMPLITUDE ? "" : " " + quantity.name().toLowerCase(Locale.ROOT);
    return format + ", " + type.name().toLowerCase(Locale.ROOT) + meaning;
  }
}
