package org.sardiffusion.geo.raster;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.place.Crs;

/**
 * A place given by positions whose coordinates are known, as slant-range images have it.
 *
 * @param points at least one
 * @param crs their coordinate system, as in {@link AffineGrid}
 */
public record ControlPoints(List<ControlPoint> points, Optional<Crs> crs) implements Georeference {
  /**
   * @throws IllegalArgumentException if there is no point
   */
  public ControlPoints {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("Control points need a point");
    }
  }
}
