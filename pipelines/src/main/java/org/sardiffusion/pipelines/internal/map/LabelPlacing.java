package org.sardiffusion.pipelines.internal.map;

import java.util.Optional;
import org.sardiffusion.geo.place.CoordinateConversion;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.pipelines.scene.SceneFrame;

/** Takes the centres of a scene's cells to positions in a label raster. */
sealed interface LabelPlacing {
  /**
   * The positions of one row of cells.
   *
   * @return column and row of the raster in turn, from its upper left corner; NaN for none
   */
  double[] positions(int row);

  /**
   * How a raster lies over a scene.
   *
   * @throws org.sardiffusion.geo.place.PlacementException if its coordinate system is not known
   */
  static LabelPlacing of(Raster raster, SceneFrame frame) {
    if (frame.place().isPresent()
        && raster.metadata().georeference() instanceof AffineGrid grid
        && grid.crs().isPresent()) {
      AffineGrid place = frame.place().get();
      Crs scene = place.crs().orElseThrow();
      Crs crs = grid.crs().get();
      Optional<CoordinateConversion> conversion =
          crs.equals(scene)
              ? Optional.empty()
              : Optional.of(CoordinateConversion.between(scene, crs));
      return new OnMap(frame, place.map(), grid.map(), conversion);
    }
    return new Stretched(frame, raster.width(), raster.height());
  }

  /** The raster covers the scene from border to border. */
  record Stretched(SceneFrame frame, int width, int height) implements LabelPlacing {
    @Override
    public double[] positions(int row) {
      double[] positions = new double[2 * frame.columns()];
      for (int column = 0; column < frame.columns(); column++) {
        positions[2 * column] = inside(column, frame.width(), width);
        positions[2 * column + 1] = inside(row, frame.height(), height);
      }
      return positions;
    }

    /** The centre of the last cell may lie beyond the image: it counts as its last pixel. */
    private double inside(int cell, int pixels, int length) {
      double centre = Math.min((cell + 0.5) * frame.factor(), pixels - 0.5);
      return centre * length / pixels;
    }
  }

  /** The raster lies where its geo-reference says. */
  record OnMap(
      SceneFrame frame, Affine scene, Affine map, Optional<CoordinateConversion> conversion)
      implements LabelPlacing {
    @Override
    public double[] positions(int row) {
      CellCentres columns = CellCentres.ofColumns(frame);
      CellCentres rows = CellCentres.ofRows(frame);
      double[] points = new double[2 * frame.columns()];
      for (int column = 0; column < frame.columns(); column++) {
        double x = columns.of(column) * frame.factor();
        double y = rows.of(row) * frame.factor();
        points[2 * column] = scene.x(x, y);
        points[2 * column + 1] = scene.y(x, y);
      }
      double[] there = conversion.isPresent() ? conversion.get().convert(points) : points;
      for (int i = 0; i < there.length; i += 2) {
        double column = map.column(there[i], there[i + 1]);
        there[i + 1] = map.row(there[i], there[i + 1]);
        there[i] = column;
      }
      return there;
    }
  }
}
