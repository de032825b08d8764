package org.sardiffusion.geo.raster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.sardiffusion.geo.place.Crs;

/** Lattices of places out of control points, and control points out of lattices. */
final class LatticePoints {
  /** Fewer control points along a side leave no choice to those who fit something through them. */
  private static final int FEWEST = 4;

  private LatticePoints() {}

  /** The lattice that control points make, if they make one. */
  static Optional<LocationGrid> lattice(ControlPoints points) {
    double[] across =
        distinct(points.points().stream().mapToDouble(ControlPoint::column).toArray());
    double[] down = distinct(points.points().stream().mapToDouble(ControlPoint::row).toArray());
    int size = across.length * down.length;
    if (across.length < 2
        || down.length < 2
        || size != points.points().size()
        || points.crs().isEmpty()) {
      return Optional.empty();
    }
    ControlPoint[] at = new ControlPoint[size];
    for (ControlPoint point : points.points()) {
      int row = Arrays.binarySearch(down, point.row());
      at[row * across.length + Arrays.binarySearch(across, point.column())] = point;
    }
    if (Arrays.asList(at).contains(null)) {
      return Optional.empty();
    }
    return Optional.of(
        new LocationGrid(
            new LatticeAxis(across), new LatticeAxis(down), nodes(at, points.crs().orElseThrow())));
  }

  private static double[] distinct(double[] values) {
    TreeSet<Double> distinct = new TreeSet<>();
    for (double value : values) {
      distinct.add(value);
    }
    return distinct.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static LocationGrid.Nodes nodes(ControlPoint[] points, Crs crs) {
    double[] places = new double[2 * points.length];
    for (int i = 0; i < points.length; i++) {
      places[2 * i] = points[i].x();
      places[2 * i + 1] = points[i].y();
    }
    if (!crs.equals(Crs.WGS84)) {
      places = crs.toLongitudeLatitude(places);
    }
    LocationGrid.Nodes nodes =
        new LocationGrid.Nodes(
            new double[points.length], new double[points.length], new double[points.length]);
    for (int i = 0; i < points.length; i++) {
      nodes.longitude()[i] = places[2 * i] + 360 * Math.rint((places[0] - places[2 * i]) / 360);
      nodes.latitude()[i] = places[2 * i + 1];
      nodes.height()[i] = points[i].z();
    }
    return nodes;
  }

  /** Control points of an image: its edges and the nodes between them, thinned out evenly. */
  static ControlPoints of(LocationGrid grid, int width, int height, int most) {
    List<ControlPoint> points = new ArrayList<>();
    for (double row : chosen(grid.rows(), height, most)) {
      for (double column : chosen(grid.columns(), width, most)) {
        grid.locate(new ImagePoint(column, row))
            .ifPresent(
                p ->
                    points.add(
                        new ControlPoint(column, row, p.longitude(), p.latitude(), p.height())));
      }
    }
    return new ControlPoints(points, Optional.of(Crs.WGS84));
  }

  /**
   * The edges of an image and the nodes between, thinned out if they are too many. If they are few,
   * there are further points between them, so that a smooth curve through the points stays near the
   * straight pieces of the lattice.
   */
  private static double[] chosen(LatticeAxis axis, int length, int most) {
    double[] inside =
        Arrays.stream(axis.positions()).filter(p -> p > 0.5 && p < length - 0.5).toArray();
    double[] all = new double[inside.length + 2];
    System.arraycopy(inside, 0, all, 1, inside.length);
    all[all.length - 1] = length;
    int parts = Math.max(1, (Math.max(FEWEST, most) - 1) / (all.length - 1));
    int points = (all.length - 1) * parts + 1;
    int count = Math.min(points, Math.max(FEWEST, most));
    double[] chosen = new double[count];
    for (int i = 0; i < count; i++) {
      int index = (int) Math.round((double) i * (points - 1) / (count - 1));
      int node = Math.min(index / parts, all.length - 2);
      double part = (double) (index - node * parts) / parts;
      chosen[i] = all[node] + part * (all[node + 1] - all[node]);
    }
    return chosen;
  }
}
