package org.sardiffusion.geo.internal.terrasarx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.internal.stac.StacPlace;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.ImageGeometry;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterFiles;
import org.sardiffusion.geo.raster.Spacing;

/** Whole products, held against the scene that they were made of. */
class TerraSarXTest {
  private static final int FILES = Integer.getInteger("fuzz.files", 150);
  private static final Crs UTM = Crs.of("EPSG:32631");

  @TempDir Path folder;

  @Test
  void spacingsAreMetresThoughTheRasterIsInSeconds() {
    TerraSarXProduct product = ssc();
    assertEquals(
        new SlantGeometry(
            new Spacing(1.364, 1.75), Scene.FIRST_RANGE_TIME, Scene.COLUMN_TIME, Scene.ROW_TIME),
        product.geometry());
    assertEquals("TSX-1", product.mission());
    assertEquals("SM", product.imagingMode());
    assertEquals(LookDirection.RIGHT, product.lookDirection());
    assertEquals(PassDirection.DESCENDING, product.passDirection());
    assertEquals(ProductVariant.SSC, product.variant());
    assertEquals(50, product.width());
    assertEquals(61, product.height());
    assertEquals(List.of(Polarisation.HH), product.polarisations());
    try (Raster image = product.image(Polarisation.HH, Orientation.SENSOR)) {
      assertEquals(Optional.of(new Spacing(1.364, 1.75)), image.metadata().spacing());
      assertEquals(
          new Acquisition(
              Optional.of(ImageGeometry.SLANT),
              Optional.of(Polarisation.HH),
              OptionalDouble.of(35)),
          image.metadata().acquisition());
      assertEquals("TSX-1 SSC, int16", image.metadata().encoding().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"SSC, SENSOR", "SSC, MAP", "MGD, SENSOR", "MGD, MAP"})
  void placesAreTheScenes(ProductVariant variant, Orientation orientation) {
    for (PassDirection pass : PassDirection.values()) {
      for (LookDirection look : LookDirection.values()) {
        Scene scene = new Scene(variant, pass, look, 61, 50);
        Geolocation places = product(scene).geolocation(orientation).orElseThrow();
        long seed = 99;
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
          double row = random.nextDouble() * 61;
          double column = random.nextDouble() * 50;
          ImagePoint at = new ImagePoint(column, row);
          GeoPoint place = places.locate(at).orElseThrow();
          double[] sensor = sensor(scene, orientation, at);
          double time = scene.time(sensor[1]);
          double range = scene.rangeTime(sensor[0]);
          // A metre is 1e-5 degrees. Between nodes the grid is straight, and MGD's range is not.
          double tolerance = variant == ProductVariant.SSC ? 1e-12 : 4e-7;
          assertEquals(scene.latitude(time, range), place.latitude(), tolerance, scene + "");
          assertEquals(scene.longitude(time, range), place.longitude(), tolerance, scene + "");
          assertEquals(scene.incidence(range), places.incidence(at).orElseThrow(), tolerance * 1e3);
          ImagePoint back = places.find(place.longitude(), place.latitude()).orElseThrow();
          assertEquals(column, back.column(), 1e-3, "seed " + seed);
          assertEquals(row, back.row(), 1e-3, "seed " + seed);
        }
      }
    }
  }

  /** Column and row of the centre-counted pixel in sensor order. */
  private static double[] sensor(Scene scene, Orientation orientation, ImagePoint at) {
    boolean north = scene.pass() == PassDirection.ASCENDING;
    boolean east = north == (scene.look() == LookDirection.RIGHT);
    boolean map = orientation == Orientation.MAP;
    double column = map && !east ? scene.columns() - at.column() : at.column();
    double row = map && north ? scene.rows() - at.row() : at.row();
    return new double[] {column - 0.5, row - 0.5};
  }

  @Test
  void nothingIsFarOutsideTheGrid() {
    Geolocation places = ssc().geolocation(Orientation.SENSOR).orElseThrow();
    assertTrue(places.locate(new ImagePoint(0, 0)).isPresent());
    assertTrue(places.locate(new ImagePoint(500, 30)).isEmpty());
    assertTrue(places.locate(new ImagePoint(25, -500)).isEmpty());
    assertTrue(places.find(5, 43.6).isEmpty());
    assertTrue(places.incidence(new ImagePoint(-500, 0)).isEmpty());
  }

  /** On a map, rows go south and columns east, and each place keeps its pixel. */
  @ParameterizedTest
  @CsvSource({
    "ASCENDING, RIGHT",
    "ASCENDING, LEFT",
    "DESCENDING, RIGHT",
    "DESCENDING, LEFT",
  })
  void theMapShowsTheSamePixelsAtTheSamePlaces(PassDirection pass, LookDirection look) {
    for (ProductVariant variant : List.of(ProductVariant.SSC, ProductVariant.MGD)) {
      TerraSarXProduct product = product(new Scene(variant, pass, look, 61, 50));
      Geolocation map = product.geolocation(Orientation.MAP).orElseThrow();
      GeoPoint corner = map.locate(new ImagePoint(0, 0)).orElseThrow();
      assertTrue(corner.latitude() > map.locate(new ImagePoint(0, 61)).orElseThrow().latitude());
      assertTrue(corner.longitude() < map.locate(new ImagePoint(50, 0)).orElseThrow().longitude());
      Geolocation sensor = product.geolocation(Orientation.SENSOR).orElseThrow();
      float[] onMap = all(product, Orientation.MAP);
      float[] asSeen = all(product, Orientation.SENSOR);
      for (int row = 0; row < 61; row += 7) {
        for (int column = 0; column < 50; column += 7) {
          GeoPoint place = map.locate(new ImagePoint(column + 0.5, row + 0.5)).orElseThrow();
          ImagePoint there = sensor.find(place.longitude(), place.latitude()).orElseThrow();
          int at = (int) there.row() * 50 + (int) there.column();
          assertEquals(asSeen[at], onMap[row * 50 + column]);
        }
      }
    }
  }

  /** A detected image is stored like a map unless the annotation says otherwise. */
  @Test
  void imagesAreTurnedAsTheAnnotationSays() {
    Picture stored = Picture.whole(50, 61, 2, 30000);
    Scene scene = Scene.of(ProductVariant.SSC);
    for (String start : List.of("EARLYAZNEARRG", "EARLYAZFARRG", "LATEAZNEARRG", "LATEAZFARRG")) {
      scene.writeComplex(folder, stored, start);
      try (Raster image = TerraSarX.open(folder).image(Polarisation.HH, Orientation.SENSOR)) {
        float[] values = new float[stored.values().length];
        image.readRows(0, 61, values);
        int column = start.contains("FAR") ? 49 - 3 : 3;
        int row = start.contains("LATE") ? 60 - 5 : 5;
        assertEquals(stored.values()[(row * 50 + column) * 2], values[(5 * 50 + 3) * 2]);
        assertEquals(stored.values()[(row * 50 + column) * 2 + 1], values[(5 * 50 + 3) * 2 + 1]);
      }
    }
  }

  @Test
  void controlPointsLieOnTheScene() {
    Scene scene = Scene.of(ProductVariant.SSC);
    try (Raster image = product(scene).image(Polarisation.HH, Orientation.MAP)) {
      ControlPoints points =
          ((LocationGrid) image.metadata().georeference()).controlPoints(50, 61, 12);
      assertEquals(Optional.of(Crs.epsg(4326)), points.crs());
      // The edges of the image and the nodes of 5 by 6 within, and points between them: 11 by 9.
      assertEquals(99, points.points().size());
      assertEquals(0, points.points().get(0).column());
      assertEquals(61, points.points().get(98).row());
      for (ControlPoint point : points.points()) {
        double[] sensor =
            sensor(scene, Orientation.MAP, new ImagePoint(point.column(), point.row()));
        double time = scene.time(sensor[1]);
        double range = scene.rangeTime(sensor[0]);
        assertEquals(scene.latitude(time, range), point.y(), 1e-11);
        assertEquals(scene.longitude(time, range), point.x(), 1e-11);
        assertTrue(point.z() >= 100 && point.z() <= 104);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"SSC, SENSOR", "SSC, MAP", "MGD, MAP"})
  void calibrationFollowsTheFormulas(ProductVariant variant, Orientation orientation) {
    Scene scene = new Scene(variant, PassDirection.ASCENDING, LookDirection.RIGHT, 61, 50);
    TerraSarXProduct product = product(scene);
    float[] numbers = all(product, orientation);
    float[] beta = read(product, orientation, Calibration.BETA_NOUGHT);
    float[] sigma = read(product, orientation, Calibration.SIGMA_NOUGHT);
    int clamped = 0;
    for (int row = 0; row < 61; row++) {
      for (int column = 0; column < 50; column++) {
        int i = row * 50 + column;
        double power = (double) numbers[i] * numbers[i];
        double[] at = sensor(scene, orientation, new ImagePoint(column + 0.5, row + 0.5));
        double range = scene.rangeTime(at[0]);
        double noise = scene.noise(scene.time(at[1]), range);
        double signal = Math.max(0, power - noise);
        double expected = Scene.FACTOR * signal * Math.sin(Math.toRadians(scene.incidence(range)));
        clamped += signal == 0 ? 1 : 0;
        assertEquals(Math.sqrt(Scene.FACTOR * power), beta[i], 1e-6 * (1 + beta[i]));
        // MGD's times are interpolated between the nodes of the grid.
        double tolerance = variant == ProductVariant.SSC ? 1e-6 : 1e-4;
        assertEquals(expected, (double) sigma[i] * sigma[i], tolerance * expected + 1e-8);
      }
    }
    assertTrue(clamped > 0 && clamped < numbers.length / 2, clamped + " below the noise");
  }

  @ParameterizedTest
  @EnumSource(Calibration.class)
  void calibratedComplexNumbersKeepTheirPhase(Calibration calibration) {
    Scene scene = Scene.of(ProductVariant.SSC);
    TerraSarXProduct product = product(scene);
    int length = 2 * product.width() * product.height();
    float[] numbers = new float[length];
    float[] calibrated = new float[length];
    try (Raster image = product.image(Polarisation.HH, Orientation.MAP);
        Raster made = product.calibrated(Polarisation.HH, Orientation.MAP, calibration)) {
      image.readRows(0, image.height(), numbers);
      made.readRows(0, made.height(), calibrated);
    }
    int kept = 0;
    for (int i = 0; i < length; i += 2) {
      double cross =
          (double) numbers[i] * calibrated[i + 1] - (double) numbers[i + 1] * calibrated[i];
      double dot =
          (double) numbers[i] * calibrated[i] + (double) numbers[i + 1] * calibrated[i + 1];
      assertEquals(0, cross, 1e-6 * dot + 1e-12);
      kept += dot > 0 ? 1 : 0;
    }
    assertTrue(kept > length / 8, kept + " of " + length / 2);
  }

  @Test
  void eachPolarisationHasItsImageAndItsFactor() throws IOException {
    Scene scene = Scene.of(ProductVariant.SSC);
    scene.annotate(folder, List.of("HH", "VV"), Scene.complexInfo("EARLYAZNEARRG"), "cos");
    short[] bits = new short[2 * 61 * 50];
    int[] valid = new int[2 * 61];
    for (int i = 0; i < 61; i++) {
      valid[2 * i] = 1;
      valid[2 * i + 1] = 50;
    }
    java.util.Arrays.fill(bits, (short) 3);
    Files.write(Scene.image(folder, "HH", "cos"), Scene.cosar(1, 61, 50, bits, valid));
    java.util.Arrays.fill(bits, (short) 5);
    Files.write(Scene.image(folder, "VV", "cos"), Scene.cosar(1, 61, 50, bits, valid));
    TerraSarXProduct product = TerraSarX.open(folder);
    assertEquals(List.of(Polarisation.HH, Polarisation.VV), product.polarisations());
    for (int i = 0; i < 2; i++) {
      Polarisation polarisation = product.polarisations().get(i);
      try (Raster beta =
          product.calibrated(polarisation, Orientation.SENSOR, Calibration.BETA_NOUGHT)) {
        float[] row = new float[2 * 50];
        beta.readRows(7, 1, row);
        double number = i == 0 ? 3 : 5;
        assertEquals(Math.sqrt(Scene.FACTOR * (i + 1)) * number, row[18], 1e-7);
        assertEquals(Math.sqrt(Scene.FACTOR * (i + 1)) * number, row[19], 1e-7);
      }
    }
    String message =
        assertThrows(
                UnsupportedFormatException.class,
                () -> product.image(Polarisation.VH, Orientation.SENSOR))
            .getMessage();
    assertTrue(message.contains("has no VH image; it has [HH, VV]"), message);
  }

  @Test
  void withoutAGridTheCornersRemain() throws IOException {
    Scene scene = Scene.of(ProductVariant.SSC);
    product(scene);
    Files.delete(folder.resolve("ANNOTATION/GEOREF.xml"));
    TerraSarXProduct product = TerraSarX.open(folder);
    assertTrue(product.geolocation(Orientation.SENSOR).isEmpty());
    try (Raster image = product.image(Polarisation.HH, Orientation.MAP)) {
      ControlPoints points = (ControlPoints) image.metadata().georeference();
      assertEquals(4, points.points().size());
      // Descending, looking right, that is west: the first stored corner is the upper right one.
      assertEquals(49.5, points.points().get(0).column());
      assertEquals(0.5, points.points().get(0).row());
    }
    String message =
        assertThrows(
                UnsupportedFormatException.class,
                () ->
                    product.calibrated(
                        Polarisation.HH, Orientation.SENSOR, Calibration.SIGMA_NOUGHT))
            .getMessage();
    assertTrue(message.contains("use beta nought"), message);
  }

  @Test
  void productsOnAMapKeepTheirGrid() {
    Scene scene = Scene.of(ProductVariant.GEC);
    scene.annotate(folder, List.of("HH"), "", "tif");
    short[] keys = {1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32631, 3076, 0, 1, 9001};
    Picture picture = Picture.whole(50, 61, 1, 30000);
    RasterFiles.tiff(
        Scene.image(folder, "HH", "tif"),
        picture,
        new RasterFiles.Tiff(
            ElementType.UINT16,
            ByteOrder.LITTLE_ENDIAN,
            false,
            0,
            false,
            Map.of(
                33550, new double[] {1.25, 1.75, 0},
                33922, new double[] {0, 0, 0, 370000, 4828000, 0},
                34735, keys)));
    TerraSarXProduct product = TerraSarX.open(folder);
    assertTrue(product.geolocation(Orientation.MAP).isEmpty());
    MapGeometry geometry = (MapGeometry) product.geometry();
    assertEquals(Optional.of(Crs.epsg(32631)), geometry.grid().crs());
    assertEquals(new Spacing(1.25, 1.75), geometry.spacing());
    try (Raster image = product.image(Polarisation.HH, Orientation.MAP)) {
      assertTrue(image.metadata().georeference() instanceof AffineGrid);
      assertEquals(Optional.of(ImageGeometry.GROUND), image.metadata().acquisition().geometry());
      float[] values = new float[50];
      image.readRows(11, 1, values);
      assertEquals(picture.values()[11 * 50 + 4], values[4]);
    }
    float[] beta = read(product, Orientation.MAP, Calibration.BETA_NOUGHT);
    assertEquals(Math.sqrt(Scene.FACTOR) * picture.values()[77], beta[77], 1e-4);
  }

  /** On a map, noise and incidence are those of the pixel's place. */
  @ParameterizedTest
  @CsvSource({"GEC", "EEC"})
  void calibrationOnAMapFollowsTheFormulas(ProductVariant variant) throws IOException {
    Scene scene = Scene.of(variant);
    scene.annotate(folder, List.of("HH"), "", "tif");
    short[] keys = {1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326};
    double step = 1.2e-5;
    double west = 1.4 - 7.5e-4;
    double north = 43.6 - 1e-4;
    Map<Integer, Object> place =
        Map.of(
            33550, new double[] {step, step, 0},
            33922, new double[] {0, 0, 0, west, north, 0},
            34735, keys);
    Picture picture = Picture.whole(50, 61, 1, 40);
    RasterFiles.Tiff how =
        new RasterFiles.Tiff(ElementType.UINT16, ByteOrder.LITTLE_ENDIAN, false, 0, false, place);
    RasterFiles.tiff(Scene.image(folder, "HH", "tif"), picture, how);
    TerraSarXProduct product = TerraSarX.open(folder);
    float[] angles = new float[50 * 61];
    if (variant == ProductVariant.EEC) {
      String message =
          assertThrows(
                  UnsupportedFormatException.class,
                  () -> read(product, Orientation.MAP, Calibration.SIGMA_NOUGHT))
              .getMessage();
      assertTrue(message.contains("GIM.tif"), message);
      for (int i = 0; i < angles.length; i++) {
        // Tenths of degrees, then a flag; a corner of the image is outside of the mask.
        angles[i] = i == 0 ? 0 : (300 + i % 50) * 10 + i % 4;
      }
      Files.createDirectories(folder.resolve("AUXRASTER"));
      RasterFiles.tiff(folder.resolve("AUXRASTER/GIM.tif"), new Picture(50, 61, 1, angles), how);
    }
    float[] sigma = read(product, Orientation.MAP, Calibration.SIGMA_NOUGHT);
    double cRange = -Scene.LIGHT / 2 / 0.57 / 80e3;
    double cTime = -Scene.SPEED / 111e3;
    int above = 0;
    for (int i = 0; i < sigma.length; i++) {
      // The scene's latitude and longitude, solved for time and range.
      double longitude = west + (i % 50 + 0.5) * step - 1.4;
      double latitude = north - (i / 50 + 0.5) * step - 43.6;
      double determinant = cRange * cTime - 1e-4 * 100;
      double range = Scene.FIRST_RANGE_TIME + (longitude * cTime - latitude * 1e-4) / determinant;
      double time = (latitude * cRange - longitude * 100) / determinant;
      if (variant == ProductVariant.EEC && i == 0) {
        assertTrue(Float.isNaN(sigma[i]));
        continue;
      }
      double degrees = variant == ProductVariant.EEC ? 30 + i % 50 / 10.0 : scene.incidence(range);
      double power = Math.pow(picture.values()[i], 2);
      double signal = Math.max(0, power - scene.noise(time, range));
      double expected = Scene.FACTOR * signal * Math.sin(Math.toRadians(degrees));
      above += signal > 0 ? 1 : 0;
      assertEquals(expected, (double) sigma[i] * sigma[i], 1e-4 * expected + 1e-8, "pixel " + i);
    }
    assertTrue(above > 1000, above + " above the noise");
    Files.delete(folder.resolve("ANNOTATION/GEOREF.xml"));
    assertThrows(
        UnsupportedFormatException.class,
        () -> read(product, Orientation.MAP, Calibration.SIGMA_NOUGHT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<level1Product | <!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><level1Product | not valid XML",
        "<level1Product | <!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;&x;'>]><level1Product | not valid XML",
        "</level1Product> | <a> | not valid XML",
        "level1Product | level1Thing | not level1Product",
        "<numberOfRows>61 | <numberOfRows>-61 | not above 0",
        "<numberOfRows>61 | <numberOfRows>6.5 | not a positive whole number",
        "<numberOfRows>61 | <numberOfRows>1e99 | not a positive whole number",
        "<numberOfRows>61 | <numberOfRows>many | not a finite number",
        "<numberOfRows>61 | <numberOfRows>NaN | not a finite number",
        "numberOfColumns | numberOfPixels | lacks",
        "<polLayer>HH | <polLayer>RH | polarisation 'RH'",
        "<path>IMAGEDATA | <path>../../IMAGEDATA | outside of the product",
        "<productVariant>SSC | <productVariant>XXX | is 'XXX', which is not read",
        "<stop> | <halt> | not valid XML",
        "units=\"s\" | units=\"m\" | rowSpacing is in 'm'",
        "EARLYAZNEARRG | SOMEHOW | imageDataStartWith is 'SOMEHOW'",
        "2021-06-01T05:59:59.750000Z | yesterday | which is not a time",
        "exponent=\"2\" | exponent=\"999999999\" | has the exponent",
      })
  void refusesABrokenAnnotation(String from, String to, String reason) throws IOException {
    Path file =
        Scene.of(ProductVariant.SSC)
            .writeComplex(folder, Picture.whole(50, 61, 2, 9), "EARLYAZNEARRG");
    Files.writeString(file, Files.readString(file).replace(from, to));
    String message =
        assertThrows(MalformedFileException.class, () -> TerraSarX.open(file)).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains(file.toString()), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<geoReference> | <!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><geoReference>&x; | XML",
        "</geoReference> | '' | not valid XML",
        "iaz=\"5\" | iaz=\"50000\" | not a rectangle",
        "iaz=\"5\" | iaz=\"-5\" | has the iaz '-5'",
        "iaz=\"5\" | iaz=\"4\" | not a rectangle",
        "<lat> | <latitude> | XML",
        "05:59:59.751 | 05:49:59.751 | do not reach",
        "<lat>4 | <lat>94 | not on Earth",
        "<lon>1 | <lon>-1000 | not on Earth",
        "<tauReferenceTime> | <tauReferenceTime>x | is not a number",
        "2021-06-01T05:59:59.751 | never | which is not a time",
      })
  void refusesABrokenGrid(String from, String to, String reason) throws IOException {
    Path file =
        Scene.of(ProductVariant.SSC)
            .writeComplex(folder, Picture.whole(50, 61, 2, 9), "EARLYAZNEARRG");
    Path georef = folder.resolve("ANNOTATION/GEOREF.xml");
    Files.writeString(georef, Files.readString(georef).replace(from, to));
    String message =
        assertThrows(MalformedFileException.class, () -> TerraSarX.open(file)).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("GEOREF.xml"), message);
  }

  @Test
  void refusesWhatIsNoProduct() throws IOException {
    assertThrows(MalformedFileException.class, () -> TerraSarX.open(folder));
    assertThrows(MalformedFileException.class, () -> TerraSarX.open(folder.resolve("none.xml")));
    Path file = ssc(folder);
    Files.delete(Scene.image(folder, "HH", "cos"));
    TerraSarXProduct product = TerraSarX.open(file);
    String message =
        assertThrows(
                MalformedFileException.class,
                () -> product.image(Polarisation.HH, Orientation.SENSOR))
            .getMessage();
    assertTrue(message.contains("Is the product complete?"), message);
  }

  /** Each damaged product is read or refused. */
  @Test
  void survivesDamage() throws IOException {
    long seed = System.nanoTime();
    System.out.println("TerraSarXTest seed " + seed);
    Random random = new Random(seed);
    Path annotation = ssc(folder);
    List<Path> files =
        List.of(
            annotation, folder.resolve("ANNOTATION/GEOREF.xml"), Scene.image(folder, "HH", "cos"));
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Path file = files.get(i % 3);
      byte[] sound = Files.readAllBytes(file);
      byte[] bytes = sound.clone();
      int reach = i % 3 == 2 ? 64 : bytes.length;
      for (int k = 0; k <= random.nextInt(3); k++) {
        // Digits and signs get through the parser more often than any byte would.
        int at = random.nextInt(reach);
        bytes[at] =
            (byte)
                (i % 3 == 2 ? random.nextInt(256) : "0123456789-.eE<>/".charAt(random.nextInt(17)));
      }
      Files.write(file, bytes);
      try {
        TerraSarXProduct product = TerraSarX.open(annotation);
        read(product, Orientation.MAP, Calibration.SIGMA_NOUGHT);
        place(annotation);
      } catch (SarDiffusionException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", file " + i + ": " + e, e);
      }
      Files.write(file, sound);
    }
    assertFalse(refused == 0);
  }

  /** What happens to the place of an image until it is written. */
  private static void place(Path annotation) {
    try (Raster raster = Rasters.open(annotation)) {
      Georeference place = raster.metadata().georeference();
      StacPlace.of(
          place,
          raster.metadata().spacing(),
          new org.sardiffusion.core.raster.Size(raster.width(), raster.height()));
      if (place instanceof LocationGrid grid) {
        grid.controlPoints(raster.width(), raster.height(), 12);
        GroundGrid.covering(grid, raster.width(), raster.height(), UTM, 100);
      }
    }
  }

  /** Products are told by their first bytes, and open like any raster: as the radar sees. */
  @Test
  void aProductIsARaster() throws IOException {
    Path annotation = ssc(folder);
    Files.writeString(folder.resolve("seen.tif.aux.xml"), "<PAMDataset/>");
    for (Path path : List.of(annotation, folder)) {
      try (Raster raster = Rasters.open(path)) {
        assertEquals(50, raster.width());
        assertTrue(raster instanceof ComplexRaster);
        assertTrue(raster.metadata().georeference() instanceof LocationGrid);
      }
    }
    Path other = folder.resolve("other.xml");
    Files.writeString(other, "<?xml version=\"1.0\"?><kml/>");
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(other)).getMessage();
    assertTrue(message.contains("not a TerraSAR-X annotation"), message);
    String two =
        assertThrows(MalformedFileException.class, () -> Rasters.open(folder)).getMessage();
    assertTrue(two.contains("2 .xml files"), two);
  }

  private TerraSarXProduct ssc() {
    return product(Scene.of(ProductVariant.SSC));
  }

  private static Path ssc(Path folder) {
    return Scene.of(ProductVariant.SSC)
        .writeComplex(folder, Picture.whole(50, 61, 2, 9), "EARLYAZNEARRG");
  }

  /** A product of random pixels, some of them below the noise. */
  private TerraSarXProduct product(Scene scene) {
    if (scene.variant() == ProductVariant.SSC) {
      return TerraSarX.open(
          scene.writeComplex(folder, Picture.whole(50, 61, 2, 40), "EARLYAZNEARRG"));
    }
    Path annotation = scene.annotate(folder, List.of("HH"), Scene.projectedInfo(), "tif");
    RasterFiles.tiff(
        Scene.image(folder, "HH", "tif"),
        Picture.whole(50, 61, 1, 40),
        RasterFiles.Tiff.plain(ElementType.UINT16));
    return TerraSarX.open(annotation);
  }

  /** Amplitudes of the digital numbers. */
  private static float[] all(TerraSarXProduct product, Orientation orientation) {
    try (Raster raster = product.image(product.polarisations().get(0), orientation)) {
      return moduli(raster);
    }
  }

  private static float[] read(
      TerraSarXProduct product, Orientation orientation, Calibration calibration) {
    try (Raster raster =
        product.calibrated(product.polarisations().get(0), orientation, calibration)) {
      return moduli(raster);
    }
  }

  /** The values of a real image, the moduli of a complex one, read in two parts. */
  private static float[] moduli(Raster raster) {
    int values = raster instanceof ComplexRaster ? 2 : 1;
    float[] first = new float[raster.width() * 10 * values];
    raster.readRows(0, 10, first);
    float[] rest = new float[raster.width() * (raster.height() - 10) * values];
    raster.readRows(10, raster.height() - 10, rest);
    float[] moduli = new float[raster.width() * raster.height()];
    for (int i = 0; i < moduli.length; i++) {
      int at = i * values;
      float[] from = at < first.length ? first : rest;
      int index = at < first.length ? at : at - first.length;
      moduli[i] = values == 1 ? from[index] : (float) Math.hypot(from[index], from[index + 1]);
    }
    return moduli;
  }
}
