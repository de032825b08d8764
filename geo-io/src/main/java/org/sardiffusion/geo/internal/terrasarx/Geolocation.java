package org.sardiffusion.geo.internal.terrasarx;

import java.util.Optional;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;

/**
 * The way between pixels and places, bilinear within the cells of a product's GEOREF grid.
 *
 * <p>It belongs to one orientation of the image. Positions up to half a cell outside the grid are
 * extrapolated.
 */
public interface Geolocation {
  /**
   * The place of a position in the image.
   *
   * @return empty outside the grid
   */
  Optional<GeoPoint> locate(ImagePoint point);

  /**
   * The position of a place, at the terrain height that the grid has there.
   *
   * @return empty outside the grid
   */
  Optional<ImagePoint> find(double longitude, double latitude);

  /**
   * The incidence angle on the ellipsoid.
   *
   * @return degrees; empty outside the grid
   */
  Optional<Double> incidence(ImagePoint point);
}
