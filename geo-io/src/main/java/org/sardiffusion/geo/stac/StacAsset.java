package org.sardiffusion.geo.stac;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.place.Placement;
import org.sardiffusion.geo.provenance.Provenance;

/**
 * A finished GeoTIFF, as its STAC item sees it.
 *
 * @param name the file's name, in the folder of the item
 * @param size the file's length in bytes
 * @param sha256 the file's SHA-256, 32 bytes
 * @param pixels its size and what it holds
 * @param coding how it stores them
 * @param placement its place
 * @param provenance how it was made
 * @param description what only the caller knows
 */
public record StacAsset(
    String name,
    long size,
    byte[] sha256,
    Pixels pixels,
    PixelCoding coding,
    Placement placement,
    Provenance provenance,
    Description description) {

  /**
   * What there is to say of an image's pixels.
   *
   * @param width columns
   * @param height rows
   * @param statistics of the stored values
   */
  public record Pixels(int width, int height, Statistics statistics) {
    /** Those of an image that is at hand. */
    public static Pixels of(AmplitudeImage image, PixelCoding coding) {
      return new Pixels(image.width(), image.height(), Statistics.of(image, coding));
    }
  }

  /**
   * What only the caller knows about an image.
   *
   * @param created when it was made, if that may show in the files
   * @param band the radar band that it imitates, if known
   * @param derivedFrom addresses of the items or products that it was made from
   */
  public record Description(
      Optional<java.time.Instant> created, Optional<RadarBand> band, List<String> derivedFrom) {
    public Description {
      derivedFrom = List.copyOf(derivedFrom);
    }
  }
}
