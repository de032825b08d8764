package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * The place of a part of an image.
 *
 * @param columns that are left out on the left
 * @param rows that are left out above
 */
record PixelShift(int columns, int rows) {
  Georeference of(Georeference whole) {
    if (whole instanceof AffineGrid grid) {
      return new AffineGrid(grid.map().from(columns, rows), grid.crs());
    }
    if (whole instanceof ControlPoints points) {
      return new ControlPoints(
          points.points().stream()
              .map(p -> new ControlPoint(p.column() - columns, p.row() - rows, p.x(), p.y(), p.z()))
              .toList(),
          points.crs());
    }
    return whole instanceof LocationGrid grid ? grid.mapped(1, -columns, 1, -rows) : whole;
  }

  /**
   * The place of an image of other pixels. The centre of the first pixel stays in place, as {@link
   * org.sardiffusion.conditioning.spectrum.AxisPlan} says: position c of the output is position
   * {@code (c - 1/2) / scale + 1/2} of the input.
   *
   * @param scaleX output columns for each input column
   * @param scaleY output rows for each input row
   */
  static Georeference resampled(Georeference place, double scaleX, double scaleY) {
    if (place instanceof AffineGrid grid) {
      return new AffineGrid(
          grid.map().from(0.5 - 0.5 / scaleX, 0.5 - 0.5 / scaleY).resampled(scaleX, scaleY),
          grid.crs());
    }
    if (place instanceof ControlPoints points) {
      return new ControlPoints(
          points.points().stream()
              .map(
                  p ->
                      new ControlPoint(
                          (p.column() - 0.5) * scaleX + 0.5,
                          (p.row() - 0.5) * scaleY + 0.5,
                          p.x(),
                          p.y(),
                          p.z()))
              .toList(),
          points.crs());
    }
    return place instanceof LocationGrid grid
        ? grid.mapped(scaleX, 0.5 - 0.5 * scaleX, scaleY, 0.5 - 0.5 * scaleY)
        : place;
  }
}
