package org.sardiffusion.geo.coverage;

import java.awt.geom.Point2D;
import java.util.Arrays;
import java.util.Optional;
import org.geotools.api.referencing.operation.MathTransform2D;
import org.geotools.api.referencing.operation.Matrix;
import org.geotools.referencing.operation.matrix.Matrix2;
import org.geotools.referencing.operation.transform.AbstractMathTransform;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;

/** From columns and rows to longitude and latitude by a lattice of places; NaN outside of it. */
final class LatticeTransform extends AbstractMathTransform implements MathTransform2D {
  private final LocationGrid grid;

  LatticeTransform(LocationGrid grid) {
    this.grid = grid;
  }

  LocationGrid grid() {
    return grid;
  }

  @Override
  public int getSourceDimensions() {
    return 2;
  }

  @Override
  public int getTargetDimensions() {
    return 2;
  }

  @Override
  public void transform(double[] from, int at, double[] to, int toAt, int points) {
    double[] result = new double[2 * points];
    for (int i = 0; i < points; i++) {
      Optional<GeoPoint> place =
          grid.locate(new ImagePoint(from[at + 2 * i], from[at + 2 * i + 1]));
      result[2 * i] = place.map(GeoPoint::longitude).orElse(Double.NaN);
      result[2 * i + 1] = place.map(GeoPoint::latitude).orElse(Double.NaN);
    }
    System.arraycopy(result, 0, to, toAt, result.length);
  }

  /** Over one pixel. */
  @Override
  public Matrix derivative(Point2D point) {
    double x = point.getX();
    double y = point.getY();
    double[] around = {x - 0.5, y, x + 0.5, y, x, y - 0.5, x, y + 0.5};
    transform(around, 0, around, 0, 4);
    return new Matrix2(
        around[2] - around[0], around[6] - around[4], around[3] - around[1], around[7] - around[5]);
  }

  @Override
  public MathTransform2D inverse() {
    return new Inverse();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatticeTransform lattice && lattice.grid == grid;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(grid);
  }

  /** From longitude and latitude to columns and rows. */
  private final class Inverse extends AbstractMathTransform implements MathTransform2D {
    @Override
    public int getSourceDimensions() {
      return 2;
    }

    @Override
    public int getTargetDimensions() {
      return 2;
    }

    @Override
    public void transform(double[] from, int at, double[] to, int toAt, int points) {
      double[] result = new double[2 * points];
      Arrays.fill(result, Double.NaN);
      LocationGrid.Search search = grid.search();
      for (int i = 0; i < points; i++) {
        if (search.find(from[at + 2 * i], from[at + 2 * i + 1])) {
          result[2 * i] = search.column();
          result[2 * i + 1] = search.row();
        }
      }
      System.arraycopy(result, 0, to, toAt, result.length);
    }

    @Override
    public MathTransform2D inverse() {
      return LatticeTransform.this;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inverse inverse && inverse.inverse().equals(inverse());
    }

    @Override
    public int hashCode() {
      return ~LatticeTransform.this.hashCode();
    }
  }
}
