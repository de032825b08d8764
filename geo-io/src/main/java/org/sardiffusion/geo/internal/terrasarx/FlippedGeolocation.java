package org.sardiffusion.geo.internal.terrasarx;

import java.util.Optional;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;

/**
 * The geolocation of an image that was turned around.
 *
 * @param sensor that of the image in sensor order
 * @param turn from one to the other
 */
record FlippedGeolocation(Geolocation sensor, Turn turn) implements Geolocation {
  @Override
  public Optional<GeoPoint> locate(ImagePoint point) {
    return sensor.locate(turn.apply(point));
  }

  @Override
  public Optional<ImagePoint> find(double longitude, double latitude) {
    return sensor.find(longitude, latitude).map(turn::apply);
  }

  @Override
  public Optional<Double> incidence(ImagePoint point) {
    return sensor.incidence(turn.apply(point));
  }
}
