package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * Where positions go when an image is turned around; the way back is the same.
 *
 * @param flip what is turned around
 * @param width columns of the image
 * @param height its rows
 */
record Turn(FlippedRows.Flip flip, int width, int height) {
  ImagePoint apply(ImagePoint point) {
    return new ImagePoint(
        flip.columns() ? width - point.column() : point.column(),
        flip.rows() ? height - point.row() : point.row());
  }

  ControlPoints apply(ControlPoints points) {
    return new ControlPoints(
        points.points().stream()
            .map(
                p -> {
                  ImagePoint at = apply(new ImagePoint(p.column(), p.row()));
                  return new ControlPoint(at.column(), at.row(), p.x(), p.y(), p.z());
                })
            .toList(),
        points.crs());
  }

  LocationGrid apply(LocationGrid grid) {
    return grid.mapped(
        flip.columns() ? -1 : 1,
        flip.columns() ? width : 0,
        flip.rows() ? -1 : 1,
        flip.rows() ? height : 0);
  }
}
