package org.sardiffusion.geo.terrasarx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;

/**
 * The GEOREF grid of a product, laid over its image in sensor order.
 *
 * <p>Nodes are placed by their times. Their {@code row} and {@code col}, which only complex
 * products have, are whole numbers and up to a pixel off.
 */
final class GeorefGrid implements Geolocation {
  private static final int MAXIMUM_STEPS = 30;

  /** A tenth of a millimetre on the ground. */
  private static final double DEGREES = 1e-9;

  /** Part of a cell by which rounding may put a position on its edge outside. */
  private static final double EDGE = 1e-6;

  private final GridAxis rows;
  private final GridAxis columns;
  private final Nodes nodes;

  /**
   * What is known at each node, row by row.
   *
   * @param longitude degrees, without a jump at 180
   * @param latitude degrees
   * @param height metres
   * @param incidence degrees
   */
  record Nodes(double[] longitude, double[] latitude, double[] height, double[] incidence) {}

  GeorefGrid(GridAxis rows, GridAxis columns, Nodes nodes) {
    this.rows = rows;
    this.columns = columns;
    this.nodes = nodes;
  }

  GridAxis rows() {
    return rows;
  }

  GridAxis columns() {
    return columns;
  }

  @Override
  public Optional<GeoPoint> locate(ImagePoint point) {
    if (!reaches(point)) {
      return Optional.empty();
    }
    Cell cell = cell(point);
    return Optional.of(
        new GeoPoint(
            wrapped(cell.value(nodes.longitude)),
            cell.value(nodes.latitude),
            cell.value(nodes.height)));
  }

  @Override
  public Optional<Double> incidence(ImagePoint point) {
    return reaches(point) ? Optional.of(cell(point).value(nodes.incidence)) : Optional.empty();
  }

  /** Incidence angles along a row, at the centres of its pixels, degrees. */
  void incidences(int row, double[] into) {
    for (int column = 0; column < into.length; column++) {
      into[column] = cell(new ImagePoint(column + 0.5, row + 0.5)).value(nodes.incidence);
    }
  }

  /**
   * Newton's method from the middle of the grid, each step in the cell that the last one led to.
   * Where steep terrain sends it round in circles between cells, each cell that the place may lie
   * in is tried by itself.
   */
  @Override
  public Optional<ImagePoint> find(double longitude, double latitude) {
    double unwrapped = longitude + 360 * Math.rint((nodes.longitude[0] - longitude) / 360);
    return newton(node(rows.size() / 2, columns.size() / 2), this::cell, unwrapped, latitude)
        .filter(this::reaches)
        .or(() -> cellByCell(unwrapped, latitude));
  }

  private Optional<ImagePoint> newton(
      ImagePoint start, Function<ImagePoint, Cell> cells, double longitude, double latitude) {
    ImagePoint at = start;
    for (int i = 0; i < MAXIMUM_STEPS; i++) {
      Cell cell = cells.apply(at);
      double missingX = longitude - cell.value(nodes.longitude);
      double missingY = latitude - cell.value(nodes.latitude);
      if (Math.abs(missingX) < DEGREES && Math.abs(missingY) < DEGREES) {
        return Optional.of(at);
      }
      double xc = cell.perColumn(nodes.longitude);
      double xr = cell.perRow(nodes.longitude);
      double yc = cell.perColumn(nodes.latitude);
      double yr = cell.perRow(nodes.latitude);
      double determinant = xc * yr - xr * yc;
      if (determinant == 0) {
        return Optional.empty();
      }
      at =
          new ImagePoint(
              at.column() + (missingX * yr - missingY * xr) / determinant,
              at.row() + (missingY * xc - missingX * yc) / determinant);
    }
    return Optional.empty();
  }

  private Optional<ImagePoint> cellByCell(double longitude, double latitude) {
    for (int row = 0; row + 1 < rows.size(); row++) {
      for (int column = 0; column + 1 < columns.size(); column++) {
        int first = row * columns.size() + column;
        if (spans(nodes.longitude, first, longitude) && spans(nodes.latitude, first, latitude)) {
          int r = row;
          int c = column;
          Optional<ImagePoint> found =
              newton(node(row, column), at -> cell(r, c, at), longitude, latitude)
                  .filter(at -> cell(r, c, at).isInside());
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a value lies between the least and the largest of a cell's four nodes. */
  private boolean spans(double[] of, int first, double value) {
    int below = first + columns.size();
    double least = Math.min(Math.min(of[first], of[first + 1]), Math.min(of[below], of[below + 1]));
    double most = Math.max(Math.max(of[first], of[first + 1]), Math.max(of[below], of[below + 1]));
    return value >= least - DEGREES && value <= most + DEGREES;
  }

  @Override
  public ControlPoints controlPoints(int across, int down) {
    List<ControlPoint> points = new ArrayList<>();
    for (int row : chosen(rows.size(), down)) {
      for (int column : chosen(columns.size(), across)) {
        int i = row * columns.size() + column;
        ImagePoint at = node(row, column);
        points.add(
            new ControlPoint(
                at.column(),
                at.row(),
                wrapped(nodes.longitude[i]),
                nodes.latitude[i],
                nodes.height[i]));
      }
    }
    return new ControlPoints(points, Optional.of("EPSG:4326"));
  }

  /** Indices from the first to the last, evenly. */
  private static int[] chosen(int size, int atMost) {
    int count = Math.min(size, Math.max(2, atMost));
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = (int) Math.round((double) i * (size - 1) / (count - 1));
    }
    return chosen;
  }

  private ImagePoint node(int row, int column) {
    return new ImagePoint(columns.positions()[column], rows.positions()[row]);
  }

  private boolean reaches(ImagePoint point) {
    return rows.reaches(point.row()) && columns.reaches(point.column());
  }

  private static double wrapped(double longitude) {
    return longitude - 360 * Math.rint(longitude / 360);
  }

  private Cell cell(ImagePoint point) {
    return cell(rows.cell(point.row()), columns.cell(point.column()), point);
  }

  private Cell cell(int row, int column, ImagePoint point) {
    return new Cell(
        row, column, rows.weight(row, point.row()), columns.weight(column, point.column()));
  }

  /** A position within four nodes. */
  private final class Cell {
    private final int first;
    private final double down;
    private final double across;
    private final double rowStep;
    private final double columnStep;

    Cell(int row, int column, double down, double across) {
      this.first = row * columns.size() + column;
      this.down = down;
      this.across = across;
      this.rowStep = rows.step(row);
      this.columnStep = columns.step(column);
    }

    boolean isInside() {
      return down >= -EDGE && down <= 1 + EDGE && across >= -EDGE && across <= 1 + EDGE;
    }

    double value(double[] of) {
      return (1 - down) * upper(of) + down * lower(of);
    }

    double perRow(double[] of) {
      return (lower(of) - upper(of)) / rowStep;
    }

    double perColumn(double[] of) {
      int below = first + columns.size();
      return ((1 - down) * (of[first + 1] - of[first]) + down * (of[below + 1] - of[below]))
          / columnStep;
    }

    private double upper(double[] of) {
      return of[first] + across * (of[first + 1] - of[first]);
    }

    private double lower(double[] of) {
      int below = first + columns.size();
      return of[below] + across * (of[below + 1] - of[below]);
    }
  }
}
