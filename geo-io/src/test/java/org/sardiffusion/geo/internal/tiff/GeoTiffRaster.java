package org.sardiffusion.geo.internal.tiff;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.SampleType;

/**
 * What a GeoTIFF of one band holds.
 *
 * @param image the amplitudes; integers divided by their maximum, nodata as NaN
 * @param sampleType how they were stored
 * @param grid where they lie
 * @param epsg the code of the coordinate system, if the file has one
 * @param nodata the stored value of pixels without data
 * @param items the file's GDAL_METADATA
 */
public record GeoTiffRaster(
    AmplitudeRaster image,
    SampleType sampleType,
    Grid grid,
    OptionalInt epsg,
    OptionalDouble nodata,
    Map<String, String> items) {

  /**
   * A north-up grid.
   *
   * @param originX X of the upper left corner of the upper left pixel
   * @param originY Y of that corner
   * @param pixelWidth above 0
   * @param pixelHeight above 0: rows run south
   */
  public record Grid(double originX, double originY, double pixelWidth, double pixelHeight) {}
}
