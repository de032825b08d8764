package org.sardiffusion.geo.ortho;

import java.util.stream.IntStream;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * An image in slant range, brought to the ground row by row: each pixel of the map is found in the
 * image by the inverse of its grid of places, at the terrain height that the grid has there, and
 * amplitudes are interpolated around it.
 *
 * <p>Where the map is coarser than the image, the kernel is stretched, so that it also filters.
 * Weights of pixels without data count for nothing; a pixel of the map whose nearest pixel in the
 * image has no data, or that lies outside of the image, is NaN. Radiometry stays that of the slant
 * range: no area factor is applied.
 */
public final class Orthorectification implements AmplitudeSource {
  /**
   * Places between are interpolated: over so many pixels a map projection is straight to 1e-4
   * pixels of a metre.
   */
  private static final int STEP = 32;

  private final AmplitudeRaster image;
  private final LocationGrid place;
  private final GroundGrid ground;
  private final float[] table;
  private final float largest;
  private final Taps columnTaps;
  private final Taps rowTaps;

  /**
   * How far the kernel reaches along an axis.
   *
   * @param stretch pixels of the image for each unit of the kernel, at least 1
   * @param reach pixels of the image to each side
   */
  private record Taps(double stretch, int reach) {
    static Taps of(WarpKernel kernel, double pixelsPerPixel) {
      double stretch = Math.max(1, pixelsPerPixel);
      return new Taps(stretch, (int) Math.ceil(kernel.radius() * stretch));
    }
  }

  /**
   * @param image in slant range
   * @param place where its pixels lie
   * @param ground the map
   * @param kernel what it is interpolated by
   */
  public Orthorectification(
      AmplitudeRaster image, LocationGrid place, GroundGrid ground, WarpKernel kernel) {
    this.image = image;
    this.place = place;
    this.ground = ground;
    this.table = kernel.table();
    this.largest = largest(image.samples());
    double[] perPixel = imagePixelsPerMapPixel();
    this.columnTaps = Taps.of(kernel, perPixel[0]);
    this.rowTaps = Taps.of(kernel, perPixel[1]);
  }

  private static float largest(float[] samples) {
    float largest = 0;
    for (float sample : samples) {
      largest = sample > largest ? sample : largest;
    }
    return largest;
  }

  /** Of the image's columns and rows, in the middle of the map. */
  private double[] imagePixelsPerMapPixel() {
    double x = ground.originX() + ground.width() / 2.0 * ground.pixelSize();
    double y = ground.originY() - ground.height() / 2.0 * ground.pixelSize();
    double step = ground.pixelSize();
    double[] places = ground.crs().toLongitudeLatitude(x, y, x + step, y, x, y - step);
    double[][] found = new double[3][];
    LocationGrid.Search search = place.search();
    for (int i = 0; i < 3; i++) {
      if (!search.find(places[2 * i], places[2 * i + 1])) {
        return new double[] {1, 1};
      }
      found[i] = new double[] {search.column(), search.row()};
    }
    return new double[] {
      Math.hypot(found[1][0] - found[0][0], found[2][0] - found[0][0]),
      Math.hypot(found[1][1] - found[0][1], found[2][1] - found[0][1])
    };
  }

  @Override
  public int width() {
    return ground.width();
  }

  @Override
  public int height() {
    return ground.height();
  }

  /** The map's pixels. */
  public GroundGrid ground() {
    return ground;
  }

  /**
   * Makes rows of the map, several at a time on all processors.
   *
   * @param firstRow the first one
   * @param rows how many
   * @param into receives {@code rows * ground().width()} amplitudes from index 0, NaN outside
   */
  @Override
  public void readRows(int firstRow, int rows, float[] into) {
    if (firstRow < 0 || rows < 0 || rows > ground.height() - firstRow) {
      throw new IllegalArgumentException(
          "There are no rows " + firstRow + " to " + (firstRow + rows) + " of " + ground.height());
    }
    IntStream.range(0, rows)
        .parallel()
        .forEach(row -> readRow(firstRow + row, into, row * ground.width()));
  }

  private void readRow(int row, float[] into, int start) {
    double[] knots = knots(row);
    LocationGrid.Search search = place.search();
    for (int column = 0; column < ground.width(); column++) {
      int knot = column / STEP;
      double part = (double) (column % STEP) / STEP;
      double longitude = knots[2 * knot] + part * turn(knots[2 * knot + 2] - knots[2 * knot]);
      double latitude = knots[2 * knot + 1] + part * (knots[2 * knot + 3] - knots[2 * knot + 1]);
      into[start + column] =
          search.find(longitude, latitude) ? at(search.column(), search.row()) : Float.NaN;
    }
  }

  /** Longitude and latitude in turn of every {@value #STEP}-th pixel's centre in a row. */
  private double[] knots(int row) {
    double[] knots = new double[2 * ((ground.width() - 1) / STEP + 2)];
    double y = ground.originY() - (row + 0.5) * ground.pixelSize();
    for (int i = 0; i < knots.length; i += 2) {
      knots[i] = ground.originX() + (i / 2 * STEP + 0.5) * ground.pixelSize();
      knots[i + 1] = y;
    }
    return ground.crs().toLongitudeLatitude(knots);
  }

  /** A difference of longitudes, the short way around. */
  private static double turn(double degrees) {
    return degrees - 360 * Math.rint(degrees / 360);
  }

  /** The amplitude at a position, whose pixels have their centres at halves. */
  private float at(double column, double row) {
    int nearestColumn = (int) Math.floor(column);
    int nearestRow = (int) Math.floor(row);
    boolean inside =
        nearestColumn >= 0
            && nearestColumn < image.width()
            && nearestRow >= 0
            && nearestRow < image.height();
    if (!inside || Float.isNaN(image.samples()[nearestRow * image.width() + nearestColumn])) {
      return Float.NaN;
    }
    int left = Math.max(0, nearestColumn - columnTaps.reach);
    int right = Math.min(image.width() - 1, nearestColumn + columnTaps.reach);
    int top = Math.max(0, nearestRow - rowTaps.reach);
    int bottom = Math.min(image.height() - 1, nearestRow + rowTaps.reach);
    double sum = 0;
    double weights = 0;
    for (int y = top; y <= bottom; y++) {
      float down = WarpKernel.lookUp(table, Math.abs(y + 0.5 - row) / rowTaps.stretch);
      if (down == 0) {
        continue;
      }
      for (int x = left; x <= right; x++) {
        float sample = image.samples()[y * image.width() + x];
        if (!Float.isNaN(sample)) {
          double weight =
              down * WarpKernel.lookUp(table, Math.abs(x + 0.5 - column) / columnTaps.stretch);
          sum += weight * sample;
          weights += weight;
        }
      }
    }
    // Negative lobes reach below zero beside a bright point, and above the brightest beside a dark
    // one: an amplitude is not below zero, and one in [0,1] stays there.
    return (float) Math.min(largest, Math.max(0, sum / weights));
  }
}
