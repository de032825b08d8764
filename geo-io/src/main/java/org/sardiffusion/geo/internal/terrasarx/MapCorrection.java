package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.util.Optional;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Sigma nought of an image on a map: {@code (DN^2 - N) sin(incidence)}, at least 0.
 *
 * <p>Times, and with them the noise, are found by each pixel's place in the product's GEOREF grid.
 * Incidence is the grid's, on the ellipsoid; or that of the terrain, from the geocoded incidence
 * mask of an EEC product: hundredths of degrees, but for the last digit, which flags layover and
 * shadow and is passed over. Pixels outside of the grid or the mask have no data.
 */
final class MapCorrection implements CalibratedRows.Correction {
  /** Over so many pixels a map projection is straight. */
  private static final int STEP = 32;

  private final Affine map;
  private final Crs crs;
  private final GeorefGrid times;
  private final NoiseModel noise;
  private final Optional<RowSource> mask;

  /**
   * @param map places of the image's pixels
   * @param crs the coordinate system of those
   * @param times the grid, its columns at range times and its rows at azimuth times
   * @param noise of the layer
   * @param mask geocoded incidence mask, of the image's size; closed with this
   */
  MapCorrection(Affine map, Crs crs, GeorefGrid times, NoiseModel noise, Optional<RowSource> mask) {
    this.map = map;
    this.crs = crs;
    this.times = times;
    this.noise = noise;
    this.mask = mask;
  }

  @Override
  public void apply(int row, double[] power) throws IOException {
    double[] knots = knots(row, power.length);
    float[] masked = new float[mask.isPresent() ? power.length : 0];
    if (mask.isPresent()) {
      mask.get().read(row, 1, masked);
    }
    LocationGrid.Search search = times.places().search();
    for (int column = 0; column < power.length; column++) {
      int knot = 2 * (column / STEP);
      double part = (double) (column % STEP) / STEP;
      double longitude = knots[knot] + part * turn(knots[knot + 2] - knots[knot]);
      double latitude = knots[knot + 1] + part * (knots[knot + 3] - knots[knot + 1]);
      if (!search.find(longitude, latitude)) {
        power[column] = Double.NaN;
        continue;
      }
      double signal = power[column] - noise.at(search.row(), search.column());
      double incidence =
          mask.isPresent()
              ? incidence(masked[column])
              : times
                  .places()
                  .value(new ImagePoint(search.column(), search.row()), times.incidences());
      power[column] = Math.max(0, signal) * Math.sin(Math.toRadians(incidence));
    }
  }

  /** A difference of longitudes, the short way around: a map may lie across 180 degrees. */
  private static double turn(double degrees) {
    return degrees - 360 * Math.rint(degrees / 360);
  }

  /** Degrees, from the number in a mask; NaN for 0, which is outside of it. */
  private static double incidence(float number) {
    return number > 0 ? (number - number % 10) / 100 : Double.NaN;
  }

  /** Longitude and latitude in turn of every {@value #STEP}-th pixel's centre in a row. */
  private double[] knots(int row, int width) {
    double[] knots = new double[2 * ((width - 1) / STEP + 2)];
    for (int i = 0; i < knots.length; i += 2) {
      double column = i / 2 * STEP + 0.5;
      knots[i] = map.x(column, row + 0.5);
      knots[i + 1] = map.y(column, row + 0.5);
    }
    return crs.toLongitudeLatitude(knots);
  }

  @Override
  public void close() throws IOException {
    if (mask.isPresent()) {
      mask.get().close();
    }
  }
}
