package org.sardiffusion.geo.raster;

import java.util.Optional;

/**
 * A place known at the nodes of a lattice that is laid over the image, bilinear within its cells:
 * that of slant-range images whose product has a grid of longitudes and latitudes.
 *
 * <p>Positions up to half a cell outside the lattice are extrapolated.
 */
public final class LocationGrid implements Georeference {
  private static final int MAXIMUM_STEPS = 30;

  /** A tenth of a millimetre on the ground. */
  private static final double DEGREES = 1e-9;

  /** Part of a cell by which rounding may put a position on its edge outside. */
  private static final double EDGE = 1e-6;

  private final LatticeAxis columns;
  private final LatticeAxis rows;
  private final Nodes nodes;

  /**
   * What is known at each node, row by row.
   *
   * @param longitude degrees on WGS 84, without a jump at 180
   * @param latitude degrees
   * @param height above the ellipsoid, metres
   */
  public record Nodes(double[] longitude, double[] latitude, double[] height) {}

  /**
   * @param columns where the nodes lie along a row
   * @param rows where they lie along a column
   * @param nodes what is known there
   * @throws IllegalArgumentException if the numbers of nodes differ
   */
  public LocationGrid(LatticeAxis columns, LatticeAxis rows, Nodes nodes) {
    int size = columns.size() * rows.size();
    if (nodes.longitude.length != size
        || nodes.latitude.length != size
        || nodes.height.length != size) {
      throw new IllegalArgumentException(
          "A lattice of " + columns.size() + " by " + rows.size() + " has as many nodes");
    }
    this.columns = columns;
    this.rows = rows;
    this.nodes = nodes;
  }

  /**
   * The lattice that control points make.
   *
   * @return empty if they make none, or have no coordinate system
   * @throws org.sardiffusion.geo.place.PlacementException if their coordinate system is not known,
   *     or a point lies outside of it
   */
  public static Optional<LocationGrid> of(ControlPoints points) {
    return LatticePoints.lattice(points);
  }

  /** Where the nodes lie along a row. */
  public LatticeAxis columns() {
    return columns;
  }

  /** Where the nodes lie along a column. */
  public LatticeAxis rows() {
    return rows;
  }

  /**
   * The place of a position in the image.
   *
   * @return empty outside the lattice
   */
  public Optional<GeoPoint> locate(ImagePoint point) {
    if (!reaches(point.column(), point.row())) {
      return Optional.empty();
    }
    Cell cell = cell(point.column(), point.row());
    return Optional.of(
        new GeoPoint(
            wrapped(cell.value(nodes.longitude)),
            cell.value(nodes.latitude),
            cell.value(nodes.height)));
  }

  /**
   * A quantity between the nodes that it is known at.
   *
   * @param point any position; outside the lattice, the nearest cell is extrapolated
   * @param of its value at each node, row by row
   */
  public double value(ImagePoint point, double[] of) {
    return cell(point.column(), point.row()).value(of);
  }

  /** Whether a position lies on the lattice, or less than half a cell beside it. */
  public boolean reaches(double column, double row) {
    return rows.reaches(row) && columns.reaches(column);
  }

  /**
   * The position of a place, at the height that the lattice has there.
   *
   * @param longitude degrees
   * @param latitude degrees
   * @return empty outside the lattice
   */
  public Optional<ImagePoint> find(double longitude, double latitude) {
    Search search = search();
    return search.find(longitude, latitude)
        ? Optional.of(new ImagePoint(search.column(), search.row()))
        : Optional.empty();
  }

  /** A search for many places, fast where each lies near the one before; for one thread. */
  public Search search() {
    return new Search();
  }

  /**
   * Newton's method, each step in the cell that the last one led to. Where steep terrain sends it
   * round in circles between cells, each cell that the place may lie in is tried by itself.
   */
  public final class Search {
    private double column = columns.positions()[columns.size() / 2];
    private double row = rows.positions()[rows.size() / 2];

    private Search() {}

    /** Column of the place found last. */
    public double column() {
      return column;
    }

    /** Row of the place found last. */
    public double row() {
      return row;
    }

    /**
     * Looks for a place.
     *
     * @return whether the lattice has it
     */
    public boolean find(double longitude, double latitude) {
      double unwrapped = longitude + 360 * Math.rint((nodes.longitude[0] - longitude) / 360);
      if (newton(unwrapped, latitude)) {
        return reaches(column, row);
      }
      boolean found = cellByCell(unwrapped, latitude);
      if (!found) {
        column = columns.positions()[columns.size() / 2];
        row = rows.positions()[rows.size() / 2];
      }
      return found;
    }

    private boolean newton(double longitude, double latitude) {
      for (int i = 0; i < MAXIMUM_STEPS; i++) {
        Cell cell = cell(column, row);
        if (step(cell, longitude, latitude)) {
          return true;
        }
        if (!Double.isFinite(column) || !Double.isFinite(row)) {
          return false;
        }
      }
      return false;
    }

    /** One step; true if none was needed. */
    private boolean step(Cell cell, double longitude, double latitude) {
      double missingX = longitude - cell.value(nodes.longitude);
      double missingY = latitude - cell.value(nodes.latitude);
      if (Math.abs(missingX) < DEGREES && Math.abs(missingY) < DEGREES) {
        return true;
      }
      double xc = cell.perColumn(nodes.longitude);
      double xr = cell.perRow(nodes.longitude);
      double yc = cell.perColumn(nodes.latitude);
      double yr = cell.perRow(nodes.latitude);
      double determinant = xc * yr - xr * yc;
      column += (missingX * yr - missingY * xr) / determinant;
      row += (missingY * xc - missingX * yc) / determinant;
      return false;
    }

    private boolean cellByCell(double longitude, double latitude) {
      for (int r = 0; r + 1 < rows.size(); r++) {
        for (int c = 0; c + 1 < columns.size(); c++) {
          int first = r * columns.size() + c;
          if (spans(nodes.longitude, first, longitude)
              && spans(nodes.latitude, first, latitude)
              && within(r, c, longitude, latitude)) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean within(int r, int c, double longitude, double latitude) {
      column = columns.positions()[c];
      row = rows.positions()[r];
      for (int i = 0; i < MAXIMUM_STEPS; i++) {
        Cell cell = new Cell(r, c, rows.weight(r, row), columns.weight(c, column));
        if (step(cell, longitude, latitude)) {
          return cell.isInside();
        }
      }
      return false;
    }
  }

  /** Whether a value lies between the least and the largest of a cell's four nodes. */
  private boolean spans(double[] of, int first, double value) {
    int below = first + columns.size();
    double least = Math.min(Math.min(of[first], of[first + 1]), Math.min(of[below], of[below + 1]));
    double most = Math.max(Math.max(of[first], of[first + 1]), Math.max(of[below], of[below + 1]));
    return value >= least - DEGREES && value <= most + DEGREES;
  }

  /**
   * Control points of an image: its edges and the nodes between them, thinned out evenly.
   *
   * @param width columns of the image
   * @param height its rows
   * @param most along each side, at least 4
   */
  public ControlPoints controlPoints(int width, int height, int most) {
    return LatticePoints.of(this, width, height, most);
  }

  /**
   * The same place of an image of other pixels: columns c become {@code xScale * c + xOffset}, rows
   * likewise.
   *
   * @param xScale not 0; below 0 for an image that is mirrored
   * @param yScale not 0; below 0 for an image that is upside down
   */
  public LocationGrid mapped(double xScale, double xOffset, double yScale, double yOffset) {
    return new LocationGrid(
        columns.mapped(xScale, xOffset),
        rows.mapped(yScale, yOffset),
        new Nodes(
            turned(nodes.longitude, xScale < 0, yScale < 0),
            turned(nodes.latitude, xScale < 0, yScale < 0),
            turned(nodes.height, xScale < 0, yScale < 0)));
  }

  private double[] turned(double[] of, boolean mirrored, boolean upsideDown) {
    double[] turned = new double[of.length];
    for (int r = 0; r < rows.size(); r++) {
      for (int c = 0; c < columns.size(); c++) {
        int row = upsideDown ? rows.size() - 1 - r : r;
        int column = mirrored ? columns.size() - 1 - c : c;
        turned[row * columns.size() + column] = of[r * columns.size() + c];
      }
    }
    return turned;
  }

  private static double wrapped(double longitude) {
    return longitude - 360 * Math.rint(longitude / 360);
  }

  private Cell cell(double column, double row) {
    int r = rows.cell(row);
    int c = columns.cell(column);
    return new Cell(r, c, rows.weight(r, row), columns.weight(c, column));
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
