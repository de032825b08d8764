package org.sardiffusion.geo.coverage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.AffineTransform;
import java.awt.image.RenderedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.geotools.api.geometry.Position;
import org.geotools.api.metadata.spatial.PixelOrientation;
import org.geotools.api.referencing.datum.PixelInCell;
import org.geotools.coverage.grid.GridCoverage2D;
import org.geotools.coverage.grid.GridCoverageFactory;
import org.geotools.coverage.processing.Operations;
import org.geotools.coverage.util.CoverageUtilities;
import org.geotools.gce.geotiff.GeoTiffReader;
import org.geotools.geometry.Position2D;
import org.geotools.referencing.CRS;
import org.geotools.referencing.crs.DefaultGeographicCRS;
import org.geotools.referencing.operation.transform.AffineTransform2D;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterFiles;

class CoveragesTest {
  private static final int WIDTH = 201;
  private static final int HEIGHT = 130;
  private static final AffineGrid ROTATED =
      new AffineGrid(
          new Affine(370_000.25, 0.3, 0.4, 4_828_000, 0.4, -0.3), Optional.of(Crs.epsg(32631)));

  @TempDir Path folder;

  /** Speckle, brighter than 1 in places, with pixels without data. */
  private static AmplitudeRaster image() {
    float[] samples = Samples.speckle(WIDTH, HEIGHT).samples().clone();
    for (int i = 0; i < samples.length; i += 7) {
      samples[i] *= 300;
    }
    samples[5] = Float.NaN;
    samples[WIDTH * 77 + 3] = Float.NaN;
    return new AmplitudeRaster(WIDTH, HEIGHT, samples);
  }

  private static float[] all(AmplitudeSource source) {
    float[] values = new float[source.width() * source.height()];
    for (int row = 0; row < source.height(); row += 50) {
      int rows = Math.min(50, source.height() - row);
      float[] strip = new float[rows * source.width()];
      source.readRows(row, rows, strip);
      System.arraycopy(strip, 0, values, row * source.width(), strip.length);
    }
    return values;
  }

  @Test
  void anImageInMemoryComesBackToTheBit() {
    AmplitudeRaster image = image();
    GridCoverage2D coverage = Coverages.of("refined", image, ROTATED);
    assertArrayEquals(image.samples(), all(Coverages.amplitudes(coverage)));
    assertEquals(ROTATED, Coverages.place(coverage));
    assertEquals("refined", coverage.getName().toString());
    assertTrue(Double.isNaN(CoverageUtilities.getNoDataProperty(coverage).getAsSingleValue()));
    assertTrue(
        CRS.equalsIgnoreMetadata(
            Crs.epsg(32631).system(), coverage.getCoordinateReferenceSystem2D()));
  }

  /** The centre of a pixel, looked up by its place through GeoTools. */
  @Test
  void geoToolsFindsEachPixelAtItsPlace() throws Exception {
    AmplitudeRaster image = image();
    GridCoverage2D coverage = Coverages.of("c", image, ROTATED);
    for (int i = 0; i < 50; i++) {
      int column = i * 37 % WIDTH;
      int row = i * 53 % HEIGHT;
      Affine map = ROTATED.map();
      Position2D place =
          new Position2D(
              coverage.getCoordinateReferenceSystem2D(),
              map.x(column + 0.5, row + 0.5),
              map.y(column + 0.5, row + 0.5));
      assertEquals(image.at(column, row), coverage.evaluate((Position) place, new float[1])[0]);
    }
  }

  /** Our file as GeoTools' own reader sees it is our coverage. */
  @ParameterizedTest
  @CsvSource({"EPSG:32631, 500000.25, 5400000.5, 0.4", "EPSG:4326, 2.35, 48.85, 0.000004"})
  void geoToolsReadsOurFilesAlike(String code, double x, double y, double size) throws Exception {
    AffineGrid grid = AffineGrid.northUp(Crs.of(code), x, y, size, 2 * size);
    Path file = folder.resolve("ours.tif");
    AmplitudeRaster image = image();
    ImageFiles.write(
        Samples.file(file, grid, WriteOptions.defaults().withNodata(Double.NaN)), image);
    GeoTiffReader reader = new GeoTiffReader(file.toFile());
    GridCoverage2D theirs = reader.read(null);
    try (Raster raster = Rasters.open(file)) {
      GridCoverage2D ours = Coverages.of(raster);
      assertEquals("ours.tif", ours.getName().toString());
      assertTrue(
          CRS.equalsIgnoreMetadata(
              theirs.getCoordinateReferenceSystem2D(), ours.getCoordinateReferenceSystem2D()));
      double[] a = new double[6];
      double[] b = new double[6];
      affine(theirs).getMatrix(a);
      affine(ours).getMatrix(b);
      assertArrayEquals(a, b, 1e-9);
      assertEquals(
          theirs.getGridGeometry().getGridRange2D(), ours.getGridGeometry().getGridRange2D());
      assertArrayEquals(pixels(theirs.getRenderedImage()), pixels(ours.getRenderedImage()));
      assertArrayEquals(image.samples(), all(Coverages.amplitudes(ours)));
      assertEquals(grid, Coverages.place(ours));
    }
    // And theirs as our input.
    assertArrayEquals(image.samples(), all(Coverages.amplitudes(theirs)));
    Affine map = ((AffineGrid) Coverages.place(theirs)).map();
    assertEquals(x, map.originX(), 1e-9);
    assertEquals(y, map.originY(), 1e-9);
    assertEquals(grid.crs(), ((AffineGrid) Coverages.place(theirs)).crs());
    reader.dispose();
  }

  private static AffineTransform affine(GridCoverage2D coverage) {
    return (AffineTransform) coverage.getGridGeometry().getGridToCRS2D(PixelOrientation.UPPER_LEFT);
  }

  private static float[] pixels(RenderedImage image) {
    return image.getData().getSamples(0, 0, WIDTH, HEIGHT, 0, (float[]) null);
  }

  @Test
  void complexSamplesAreTwoBands() throws Exception {
    Path file = folder.resolve("slc.npy");
    Picture picture = Picture.normal(WIDTH, HEIGHT, 2);
    ByteBuffer bytes = ByteBuffer.allocate(8 * WIDTH * HEIGHT).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(picture.values());
    RasterFiles.npy(file, "<c8", "(" + HEIGHT + ", " + WIDTH + ")", bytes.array());
    try (Raster raster = Rasters.open(file)) {
      GridCoverage2D coverage = Coverages.of(raster);
      assertEquals(2, coverage.getNumSampleDimensions());
      assertEquals("imaginary", coverage.getSampleDimension(1).getDescription().toString());
      float[] imaginary =
          coverage.getRenderedImage().getData().getSamples(0, 0, WIDTH, HEIGHT, 1, (float[]) null);
      assertEquals(picture.values()[2 * 4321 + 1], imaginary[4321]);
      assertThrows(UnsupportedFormatException.class, () -> Coverages.amplitudes(coverage));
    }
  }

  @Test
  void anImageWithoutASystemHasItsPixelSize() {
    AffineGrid grid = AffineGrid.unreferenced(0.4);
    GridCoverage2D coverage = Coverages.of("c", image(), grid);
    assertEquals(grid, Coverages.place(coverage));
    GridCoverage2D nowhere = Coverages.of("c", image(), Georeference.none());
    assertEquals(Optional.empty(), ((AffineGrid) Coverages.place(nowhere)).crs());
  }

  /** Bilinear in both ways: GeoTools' look-up by place against the lattice itself. */
  @Test
  void slantRangeImagesHaveTheirLattice() throws Exception {
    ControlPoints points =
        new ControlPoints(
            List.of(
                new ControlPoint(0, 0, 1.44, 43.61, 150),
                new ControlPoint(WIDTH, 0, 1.46, 43.612, 151),
                new ControlPoint(0, HEIGHT, 1.441, 43.59, 0),
                new ControlPoint(WIDTH, HEIGHT, 1.463, 43.5915, 3)),
            Optional.of(Crs.WGS84));
    AmplitudeRaster image = image();
    GridCoverage2D coverage = Coverages.of("slant", image, points);
    LocationGrid grid = LocationGrid.of(points).orElseThrow();
    for (int i = 0; i < 50; i++) {
      int column = i * 37 % WIDTH;
      int row = i * 53 % HEIGHT;
      var place = grid.locate(new ImagePoint(column + 0.5, row + 0.5)).orElseThrow();
      float[] found =
          coverage.evaluate(
              (Position)
                  new Position2D(
                      coverage.getCoordinateReferenceSystem2D(),
                      place.longitude(),
                      place.latitude()),
              new float[1]);
      assertEquals(image.at(column, row), found[0]);
    }
    assertEquals(1.44, coverage.getEnvelope2D().getMinX(), 1e-4);
    assertEquals(43.612, coverage.getEnvelope2D().getMaxY(), 1e-4);
    LocationGrid back = (LocationGrid) Coverages.place(coverage);
    assertEquals(
        grid.locate(new ImagePoint(33, 44)).orElseThrow(),
        back.locate(new ImagePoint(33, 44)).orElseThrow());
  }

  @Test
  void controlPointsWithoutALatticeAreRefused() {
    ControlPoints points =
        new ControlPoints(
            List.of(new ControlPoint(0, 0, 1, 43, 0), new ControlPoint(9, 5, 1.1, 43.1, 0)),
            Optional.of(Crs.WGS84));
    String message =
        assertThrows(UnsupportedFormatException.class, () -> Coverages.of("c", image(), points))
            .getMessage();
    assertTrue(message.contains("lattice"), message);
  }

  /** A part that GeoTools cut out begins at another column and row. */
  @Test
  void aPartKeepsItsPlaceAndAnAlienNodataValueBecomesNaN() throws Exception {
    AffineGrid grid = AffineGrid.northUp(Crs.of("EPSG:32631"), 500_000, 5_400_000, 0.5);
    GridCoverage2D whole = Coverages.of("c", image(), grid);
    var box =
        new org.geotools.geometry.jts.ReferencedEnvelope(
            500_010, 500_060, 5_399_960, 5_399_990, whole.getCoordinateReferenceSystem2D());
    GridCoverage2D part = (GridCoverage2D) Operations.DEFAULT.crop(whole, box);
    assertEquals(
        AffineGrid.northUp(Crs.of("EPSG:32631"), 500_010, 5_399_990, 0.5), Coverages.place(part));
    AmplitudeSource amplitudes = Coverages.amplitudes(part);
    assertEquals(100, amplitudes.width());
    assertEquals(60, amplitudes.height());
    float[] row = new float[100];
    amplitudes.readRows(9, 1, row);
    assertEquals(image().at(20 + 4, 20 + 9), row[4]);
  }

  /** EPSG:4326 with latitude first, as GeoServer may hand it over. */
  @Test
  void axesInTheOtherOrderAreSwapped() {
    java.util.Map<String, Object> properties = new java.util.HashMap<>();
    CoverageUtilities.setNoDataProperty(properties, -1.0);
    float[][] values = {{1, 2, 3}, {4, -1, 6}};
    GridCoverage2D plain =
        new GridCoverageFactory()
            .create(
                "x",
                values,
                new org.geotools.geometry.jts.ReferencedEnvelope(
                    0, 3, 0, 2, DefaultGeographicCRS.WGS84));
    GridCoverage2D coverage =
        new GridCoverageFactory()
            .create(
                "x",
                plain.getRenderedImage(),
                new org.geotools.coverage.grid.GridGeometry2D(
                    new org.geotools.coverage.grid.GridEnvelope2D(0, 0, 3, 2),
                    PixelInCell.CELL_CORNER,
                    // Columns run along longitude, which is the second axis.
                    new AffineTransform2D(0, 0.1, -0.2, 0, 48, 2),
                    decode(),
                    null),
                null,
                null,
                properties);
    AffineGrid place = (AffineGrid) Coverages.place(coverage);
    assertEquals(Optional.of(Crs.WGS84), place.crs());
    assertEquals(new Affine(2, 0.1, 0, 48, 0, -0.2), place.map());
    assertArrayEquals(new float[] {1, 2, 3, 4, Float.NaN, 6}, all(Coverages.amplitudes(coverage)));
  }

  private static org.geotools.api.referencing.crs.CoordinateReferenceSystem decode() {
    try {
      return CRS.parseWKT(
          "GEOGCS[\"WGS 84\", DATUM[\"World Geodetic System 1984\", SPHEROID[\"WGS 84\","
              + " 6378137.0, 298.257223563, AUTHORITY[\"EPSG\",\"7030\"]],"
              + " AUTHORITY[\"EPSG\",\"6326\"]], PRIMEM[\"Greenwich\", 0.0,"
              + " AUTHORITY[\"EPSG\",\"8901\"]], UNIT[\"degree\", 0.017453292519943295],"
              + " AXIS[\"Geodetic latitude\", NORTH], AXIS[\"Geodetic longitude\", EAST],"
              + " AUTHORITY[\"EPSG\",\"4326\"]]");
    } catch (org.geotools.api.referencing.FactoryException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSystemWithoutACodeIsRefused() throws Exception {
    var odd =
        CRS.parseWKT(
            "PROJCS[\"somebody's own\", GEOGCS[\"WGS 84\", DATUM[\"World Geodetic System 1984\","
                + " SPHEROID[\"WGS 84\", 6378137.0, 298.257223563]], PRIMEM[\"Greenwich\", 0.0],"
                + " UNIT[\"degree\", 0.017453292519943295], AXIS[\"Longitude\", EAST],"
                + " AXIS[\"Latitude\", NORTH]], PROJECTION[\"Transverse_Mercator\"],"
                + " PARAMETER[\"central_meridian\", 3.21], PARAMETER[\"latitude_of_origin\", 0.0],"
                + " PARAMETER[\"scale_factor\", 0.9996], PARAMETER[\"false_easting\", 500000.0],"
                + " PARAMETER[\"false_northing\", 0.0], UNIT[\"m\", 1.0], AXIS[\"Easting\", EAST],"
                + " AXIS[\"Northing\", NORTH]]");
    String message = assertThrows(PlacementException.class, () -> Crs.of(odd)).getMessage();
    assertTrue(message.contains("EPSG code"), message);
  }
}
