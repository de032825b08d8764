package org.sardiffusion.geo.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.stac.StacAsset;
import org.sardiffusion.geo.stac.StacPlace;
import org.sardiffusion.geo.tiff.Compression;
import org.sardiffusion.geo.tiff.GeoTiffImage;
import org.sardiffusion.geo.tiff.TiffSettings;

/**
 * Writes images larger than memory, by rows, as {@link ImageFiles} does those that fit: a GeoTIFF
 * (tiled, with overviews, BigTIFF if need be) and its STAC item, whole or not at all.
 */
public final class RowFiles {
  private RowFiles() {}

  /** Takes the rows of an image. */
  @FunctionalInterface
  public interface RowWriter {
    /**
     * Takes the next rows.
     *
     * @param rows how many
     * @param amplitudes in [0,1], row by row from index 0; NaN where there is no data
     */
    void write(int rows, float[] amplitudes) throws IOException;
  }

  /** Gives the rows of an image. */
  @FunctionalInterface
  public interface Body {
    /**
     * Gives all rows, from the top to the bottom.
     *
     * @throws IOException what {@code writer} threw
     */
    void writeTo(RowWriter writer) throws IOException;
  }

  /**
   * Finds out, before long work, whether {@link #write} could write a file; leaves no trace.
   *
   * @throws UnsupportedFormatException if it can't be written by rows
   * @throws org.sardiffusion.core.io.OutputException if the file cannot be written there
   * @throws org.sardiffusion.geo.place.PlacementException if it reaches outside the area of its
   *     projection
   */
  public static void check(RowImage image) {
    if (ImageFormat.of(image.path()) != ImageFormat.GEOTIFF) {
      throw new UnsupportedFormatException(
          image.path() + " is written by rows, which only a GeoTIFF can be: name a .tif file.");
    }
    if (image.options().compression() == Compression.LZW) {
      throw new UnsupportedFormatException(
          "An image that is written by rows cannot have LZW compression: choose DEFLATE or ZSTD.");
    }
    image.coding();
    image.placement().outline(image.size().width(), image.size().height());
    ImageFiles.check(image.path());
  }

  /**
   * An upper bound of the files' size.
   *
   * @return bytes
   */
  public static long sizeBound(RowImage image) {
    return GeoTiffFiles.sizeBound(tiff(image));
  }

  /**
   * Writes an image and its item {@code NAME.stac.json}.
   *
   * @return the files written, the image first
   * @throws UnsupportedFormatException as {@link #check}
   * @throws org.sardiffusion.core.io.OutputException if a file could not be written; nothing of the
   *     image is left then, and a former one stays
   */
  public static List<Path> write(RowImage image, Body body) {
    WriteOptions options = image.options();
    return GeoTiffFiles.write(
        image.path(),
        tiff(image),
        StacPlace.of(
            image.placement(), Optional.empty(), image.size().width(), image.size().height()),
        new StacAsset.Description(
            options.created(), options.band(), options.derivedFrom(), options.collection()),
        body);
  }

  private static GeoTiffImage tiff(RowImage image) {
    PixelCoding coding = image.coding();
    return new GeoTiffImage(
        image.size().width(),
        image.size().height(),
        image.placement(),
        Optional.empty(),
        image.provenance(),
        new TiffSettings(coding, image.options().compression(), image.options().created()));
  }
}
