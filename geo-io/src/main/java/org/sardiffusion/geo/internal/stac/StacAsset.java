package org.sardiffusion.geo.internal.stac;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.files.CollectionReference;
import org.sardiffusion.geo.files.RadarBand;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.provenance.Provenance;

/**
 * A finished GeoTIFF, as its STAC item sees it.
 *
 * @param name the file's name, in the folder of the item
 * @param size the file's length in bytes
 * @param sha256 the file's SHA-256, 32 bytes
 * @param pixels what it stores
 * @param place where it lies
 * @param provenance how it was made
 * @param description what only the caller knows
 */
public record StacAsset(
    String name,
    long size,
    byte[] sha256,
    Pixels pixels,
    StacPlace place,
    Provenance provenance,
    Description description) {

  /**
   * What the file stores.
   *
   * @param width columns
   * @param height rows
   * @param coding how amplitudes are stored
   * @param statistics of the stored values
   */
  public record Pixels(int width, int height, PixelCoding coding, Statistics statistics) {}

  /**
   * What only the caller knows about an image.
   *
   * @param created when it was made, if that may show in the files
   * @param band the radar band that it imitates, if known
   * @param derivedFrom addresses of the items or products that it was made from
   * @param collection that the item belongs to
   */
  public record Description(
      Optional<java.time.Instant> created,
      Optional<RadarBand> band,
      List<String> derivedFrom,
      Optional<CollectionReference> collection) {
    public Description {
      derivedFrom = List.copyOf(derivedFrom);
    }
  }
}
