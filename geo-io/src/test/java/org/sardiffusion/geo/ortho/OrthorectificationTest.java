package org.sardiffusion.geo.ortho;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LatticeAxis;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Raster;

class OrthorectificationTest {
  private static final int WIDTH = 300;
  private static final int HEIGHT = 260;

  @TempDir Path folder;

  /**
   * Where a descending radar that looks west sees: columns to the west, rows to the south, in
   * skewed and curved lines, as a terrain bends them.
   */
  private static GeoPoint truth(double column, double row) {
    double bend = 2e-6 * Math.sin(column / 60) + 1e-6 * Math.cos(row / 45);
    return new GeoPoint(
        2.3 - 1.1e-5 * column + 1.9e-6 * row + bend,
        48.8 - 7e-6 * row - 1.5e-6 * column + bend,
        100);
  }

  /** Nodes every ten pixels, from 15 pixels before the image to 15 behind. */
  private static LocationGrid place() {
    LatticeAxis columns = axis(WIDTH);
    LatticeAxis rows = axis(HEIGHT);
    int size = columns.size() * rows.size();
    LocationGrid.Nodes nodes =
        new LocationGrid.Nodes(new double[size], new double[size], new double[size]);
    for (int i = 0; i < size; i++) {
      GeoPoint point =
          truth(columns.positions()[i % columns.size()], rows.positions()[i / columns.size()]);
      nodes.longitude()[i] = point.longitude();
      nodes.latitude()[i] = point.latitude();
      nodes.height()[i] = point.height();
    }
    return new LocationGrid(columns, rows, nodes);
  }

  private static LatticeAxis axis(int length) {
    double[] positions = new double[length / 10 + 4];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = 10 * i - 15;
    }
    return new LatticeAxis(positions);
  }

  private static Crs utm() {
    return Crs.utm(2.3, 48.8);
  }

  private static float[] map(Orthorectification ortho) {
    GroundGrid ground = ortho.ground();
    float[] map = new float[ground.width() * ground.height()];
    float[] strip = new float[7 * ground.width()];
    for (int row = 0; row < ground.height(); row += 7) {
      int rows = Math.min(7, ground.height() - row);
      ortho.readRows(row, rows, strip);
      System.arraycopy(strip, 0, map, row * ground.width(), rows * ground.width());
    }
    return map;
  }

  /** Soft points of known longitude and latitude, each found again by its centroid on the map. */
  @ParameterizedTest
  @EnumSource(WarpKernel.class)
  void pointsLandWhereTheyAre(WarpKernel kernel) {
    long seed = 41;
    Random random = new Random(seed);
    float[] samples = new float[WIDTH * HEIGHT];
    List<ImagePoint> points = new ArrayList<>();
    for (int row = 20; row < HEIGHT - 20; row += 40) {
      for (int column = 20; column < WIDTH - 20; column += 40) {
        ImagePoint at =
            new ImagePoint(column + 8 * random.nextDouble(), row + 8 * random.nextDouble());
        points.add(at);
        for (int y = -9; y <= 9; y++) {
          for (int x = -9; x <= 9; x++) {
            int c = (int) at.column() + x;
            int r = (int) at.row() + y;
            double square = Math.pow(c + 0.5 - at.column(), 2) + Math.pow(r + 0.5 - at.row(), 2);
            samples[r * WIDTH + c] = (float) (1000 * Math.exp(-square / (2 * 1.5 * 1.5)));
          }
        }
      }
    }
    GroundGrid ground = GroundGrid.covering(place(), WIDTH, HEIGHT, utm(), 0.5);
    float[] map =
        map(
            new Orthorectification(
                new AmplitudeRaster(WIDTH, HEIGHT, samples), place(), ground, kernel));
    Crs utm = utm();
    for (ImagePoint point : points) {
      GeoPoint truth = truth(point.column(), point.row());
      double[] there = utm.fromLongitudeLatitude(truth.longitude(), truth.latitude());
      double x = (there[0] - ground.originX()) / ground.pixelSize();
      double y = (ground.originY() - there[1]) / ground.pixelSize();
      double[] found = centroid(map, ground.width(), x, y);
      assertEquals(x, found[0], 0.1, "column, seed " + seed);
      assertEquals(y, found[1], 0.1, "row, seed " + seed);
    }
  }

  private static double[] centroid(float[] map, int width, double x, double y) {
    double sum = 0;
    double sumX = 0;
    double sumY = 0;
    for (int r = (int) y - 14; r <= (int) y + 14; r++) {
      for (int c = (int) x - 14; c <= (int) x + 14; c++) {
        float value = map[r * width + c];
        sum += value;
        sumX += value * (c + 0.5);
        sumY += value * (r + 0.5);
      }
    }
    return new double[] {sumX / sum, sumY / sum};
  }

  /** GDAL's warp through the control points of our own file, on the same map. */
  @Test
  void gdalWarpsAlike() throws Exception {
    assumeTrue(ran("gdalwarp", "--version"), "gdalwarp is not installed");
    // Affine in longitude and latitude, so that splines through few points are exact too.
    LocationGrid place =
        LocationGrid.of(
                new ControlPoints(
                    List.of(point(0, 0), point(WIDTH, 0), point(0, HEIGHT), point(WIDTH, HEIGHT)),
                    Optional.of(Crs.WGS84)))
            .orElseThrow();
    float[] samples = new float[WIDTH * HEIGHT];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (2 + Math.sin(i % WIDTH / 4.0) + Math.cos(i / WIDTH / 5.0));
    }
    Path slant = folder.resolve("slant.tif");
    ImageFiles.write(
        Samples.file(slant, place, WriteOptions.defaults().withCompression(Compression.NONE)),
        new AmplitudeRaster(WIDTH, HEIGHT, samples));
    GroundGrid ground = GroundGrid.covering(place, WIDTH, HEIGHT, utm(), 0.7);
    Path warped = folder.resolve("warped.tif");
    List<String> command =
        new ArrayList<>(
            List.of("gdalwarp", "-q", "-tps", "-et", "0", "-r", "bilinear", "-dstnodata", "nan"));
    command.addAll(List.of("-t_srs", utm().code(), "-tr", "0.7", "0.7", "-te"));
    command.add("" + ground.originX());
    command.add("" + (ground.originY() - 0.7 * ground.height()));
    command.add("" + (ground.originX() + 0.7 * ground.width()));
    command.add("" + ground.originY());
    command.addAll(List.of(slant.toString(), warped.toString()));
    assertTrue(ran(command.toArray(String[]::new)));
    float[] ours =
        map(
            new Orthorectification(
                new AmplitudeRaster(WIDTH, HEIGHT, samples), place, ground, WarpKernel.BILINEAR));
    float[] theirs = new float[ours.length];
    try (Raster raster = Rasters.open(warped)) {
      assertEquals(ground.width(), raster.width());
      assertEquals(ground.height(), raster.height());
      raster.readRows(0, raster.height(), theirs);
    }
    int both = 0;
    int one = 0;
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      if (Float.isNaN(ours[i]) || Float.isNaN(theirs[i])) {
        one += Float.isNaN(ours[i]) == Float.isNaN(theirs[i]) ? 0 : 1;
      } else {
        both++;
        worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
      }
    }
    assertTrue(both > 60_000, both + " pixels");
    // Along the border, rounding decides.
    assertTrue(one < 100, one + " pixels that only one has");
    assertTrue(worst < 1e-3, "worst difference " + worst);
  }

  private static org.sardiffusion.geo.raster.ControlPoint point(double column, double row) {
    return new org.sardiffusion.geo.raster.ControlPoint(
        column, row, 2.3 - 1.1e-5 * column + 1.9e-6 * row, 48.8 - 7e-6 * row - 1.5e-6 * column, 0);
  }

  private static boolean ran(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), "UTF-8");
      int status = process.waitFor();
      assertEquals(0, status, output);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void gapsStayGapsAndDoNotSpread() {
    float[] samples = new float[WIDTH * HEIGHT];
    Arrays.fill(samples, 7);
    for (int row = 100; row < 140; row++) {
      Arrays.fill(samples, row * WIDTH + 60, row * WIDTH + 120, Float.NaN);
    }
    GroundGrid ground = GroundGrid.covering(place(), WIDTH, HEIGHT, utm(), 0.6);
    float[] map =
        map(
            new Orthorectification(
                new AmplitudeRaster(WIDTH, HEIGHT, samples), place(), ground, WarpKernel.LANCZOS));
    LocationGrid place = place();
    Crs utm = utm();
    int gaps = 0;
    for (int i = 0; i < map.length; i++) {
      double[] at =
          utm.toLongitudeLatitude(
              ground.originX() + (i % ground.width() + 0.5) * 0.6,
              ground.originY() - (i / ground.width() + 0.5) * 0.6);
      Optional<ImagePoint> pixel = place.find(at[0], at[1]);
      double column = pixel.map(ImagePoint::column).orElse(-99.0);
      double row = pixel.map(ImagePoint::row).orElse(-99.0);
      boolean inside = column > 0.01 && column < WIDTH - 0.01 && row > 0.01 && row < HEIGHT - 0.01;
      boolean near = column > 59.9 && column < 120.1 && row > 99.9 && row < 140.1;
      boolean gap = column > 60.1 && column < 119.9 && row > 100.1 && row < 139.9;
      if (inside && !near) {
        assertEquals(7, map[i], 1e-4);
      }
      if (gap) {
        assertTrue(Float.isNaN(map[i]));
        gaps++;
      }
    }
    assertTrue(gaps > 500, gaps + " pixels of the gap");
  }

  /** What is in [0,1] stays there, at an edge too. */
  @Test
  void nothingIsBrighterThanTheImage() {
    float[] samples = new float[WIDTH * HEIGHT];
    Arrays.fill(samples, samples.length / 2, samples.length, 1);
    GroundGrid ground = GroundGrid.covering(place(), WIDTH, HEIGHT, utm(), 0.5);
    float[] map =
        map(
            new Orthorectification(
                new AmplitudeRaster(WIDTH, HEIGHT, samples), place(), ground, WarpKernel.LANCZOS));
    for (float value : map) {
      assertTrue(Float.isNaN(value) || value >= 0 && value <= 1, "" + value);
    }
  }

  /** A map four times coarser averages rather than picks. */
  @Test
  void coarseMapsAreFiltered() {
    float[] samples = new float[WIDTH * HEIGHT];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i % WIDTH + i / WIDTH) % 2 * 2;
    }
    GroundGrid ground = GroundGrid.covering(place(), WIDTH, HEIGHT, utm(), 4);
    for (WarpKernel kernel : WarpKernel.values()) {
      float[] map =
          map(
              new Orthorectification(
                  new AmplitudeRaster(WIDTH, HEIGHT, samples), place(), ground, kernel));
      float middle = map[ground.height() / 2 * ground.width() + ground.width() / 2];
      assertEquals(1, middle, 0.1, kernel.name());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2.3, 48.8, 32631",
    "-180, 10, 32601",
    "179.9, -10, 32760",
    "5.3, 60.4, 32632",
    "15.6, 78.2, 32633",
    "-0.1, 0, 32630",
    "2.9, 57, 32631",
  })
  void zonesAreThoseOfTheMilitaryGrid(double longitude, double latitude, int code) {
    assertEquals(code, Crs.utm(longitude, latitude).number());
  }

  @Test
  void mapsThatCanNotBeAreRefused() {
    assertThrows(PlacementException.class, () -> Crs.utm(0, 88));
    for (double size : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-5}) {
      assertThrows(
          PlacementException.class,
          () -> GroundGrid.covering(place(), WIDTH, HEIGHT, utm(), size),
          "" + size);
    }
    String message =
        assertThrows(
                PlacementException.class,
                () -> GroundGrid.covering(place(), 10 * WIDTH, HEIGHT, utm(), 1))
            .getMessage();
    assertTrue(message.contains("beyond the grid"), message);
  }

  /** Control points that make no lattice are no grid. */
  @Test
  void onlyLatticesAreGrids() {
    assertTrue(
        LocationGrid.of(
                new ControlPoints(
                    List.of(point(0, 0), point(9, 0), point(0, 9)), Optional.of(Crs.WGS84)))
            .isEmpty());
    assertTrue(
        LocationGrid.of(
                new ControlPoints(
                    List.of(point(0, 0), point(9, 0), point(0, 9), point(9, 9)), Optional.empty()))
            .isEmpty());
  }
}
