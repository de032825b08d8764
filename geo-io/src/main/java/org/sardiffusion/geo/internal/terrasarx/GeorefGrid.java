package org.sardiffusion.geo.internal.terrasarx;

import java.util.Optional;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * The GEOREF grid of a product, laid over its image in sensor order.
 *
 * <p>Nodes are placed by their times. Their {@code row} and {@code col}, which only complex
 * products have, are whole numbers and up to a pixel off.
 *
 * @param rows azimuth
 * @param columns range
 * @param places longitude, latitude and height of the nodes
 * @param incidences of the nodes on the ellipsoid, degrees
 */
record GeorefGrid(GridAxis rows, GridAxis columns, LocationGrid places, double[] incidences)
    implements Geolocation {
  @Override
  public Optional<GeoPoint> locate(ImagePoint point) {
    return places.locate(point);
  }

  @Override
  public Optional<ImagePoint> find(double longitude, double latitude) {
    return places.find(longitude, latitude);
  }

  @Override
  public Optional<Double> incidence(ImagePoint point) {
    return places.reaches(point.column(), point.row())
        ? Optional.of(places.value(point, incidences))
        : Optional.empty();
  }

  /** Incidence angles along a row, at the centres of its pixels, degrees. */
  void incidences(int row, double[] into) {
    for (int column = 0; column < into.length; column++) {
      into[column] = places.value(new ImagePoint(column + 0.5, row + 0.5), incidences);
    }
  }
}
