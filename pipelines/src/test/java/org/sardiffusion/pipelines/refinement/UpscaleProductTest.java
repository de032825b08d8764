package org.sardiffusion.pipelines.refinement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.internal.terrasarx.Orientation;
import org.sardiffusion.geo.internal.terrasarx.ProductVariant;
import org.sardiffusion.geo.internal.terrasarx.Scene;
import org.sardiffusion.geo.internal.terrasarx.TerraSarX;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.geo.ortho.Orthorectification;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.ControlledBundle;
import org.sardiffusion.pipelines.recipe.RecipeException;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.pipelines.recipe.Refine;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;

/** Whole TerraSAR-X products, from the COSAR file to the GeoTIFF. */
class UpscaleProductTest {
  private static final Path GOLDENS =
      Path.of("src/test/resources/org/sardiffusion/pipelines/refinement");
  private static final Scene SCENE = Scene.of(ProductVariant.SSC);
  private static final Window PART = new Window(10, 5, 24, 20);
  private static final double RANGE = 1.364;
  private static final double AZIMUTH = 1.75;

  @TempDir static Path models;
  private static Bundle bundle;
  private static Model model;
  private static Refinement refinement;

  @TempDir Path folder;
  private Path product;

  @BeforeAll
  static void open() throws IOException {
    bundle = ControlledBundle.in(models.resolve("m"));
    model = Model.open(bundle, ModelOptions.cpu(), notice -> {});
    refinement = new Refinement(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @BeforeEach
  void writeTheProduct() {
    float[] samples = NpyReader.read(GOLDENS.resolve("ssc_samples.npy")).values();
    product =
        SCENE.writeComplex(
            folder.resolve("product"),
            new Picture(SCENE.columns(), SCENE.rows(), 2, samples),
            "EARLYAZNEARRG");
  }

  private static RefinementSettings settings(Radiometry radiometry) {
    return new RefinementSettings(
        new Prompt("A <SAR> image of a forest"),
        Sampling.DIFFUSERS.withSeed(3).withSteps(2),
        OptionalDouble.of(0.6),
        0.8,
        radiometry);
  }

  private UpscaleRequest request(
      Path out, Optional<Window> window, Optional<GroundProjection> ground) {
    return new UpscaleRequest(
        new RadarInput(product, Optional.empty(), window, Optional.empty(), Optional.empty()),
        settings(Radiometry.PRESERVE),
        new UpscaleRequest.Output(
            out, Compression.DEFLATE, ground, UpscaleRequest.SideOutputs.NOTHING));
  }

  private static UpscaleOutcome run(UpscaleRequest request) {
    try (Cancellation cancellation = new Cancellation()) {
      return new Upscaling(refinement)
          .run(PreparedUpscale.of(request, bundle), DiffusionListener.NONE, cancellation);
    }
  }

  /** A part, since the model takes a while. */
  private UpscaleOutcome upscale(String name) {
    return run(request(folder.resolve(name), Optional.of(PART), Optional.empty()));
  }

  /** The whole, without the model. */
  private AmplitudeRaster resampled() {
    UpscaleRequest request =
        request(folder.resolve("never.tif"), Optional.empty(), Optional.empty());
    return PreparedUpscale.of(request, bundle).image().fine().amplitude();
  }

  /** SciPy resamples the same complex samples to the same amplitudes. */
  @Test
  void theInputIsResampledAsSciPyDoes() {
    AmplitudeRaster resampled = resampled();
    NpyArray golden = NpyReader.read(GOLDENS.resolve("ssc_resampled.npy"));
    assertArrayEquals(new int[] {resampled.height(), resampled.width()}, golden.shape());
    double square = 0;
    double worst = 0;
    for (int i = 0; i < golden.values().length; i++) {
      square += Math.pow(golden.values()[i], 2);
      worst = Math.max(worst, Math.abs(golden.values()[i] - resampled.samples()[i]));
    }
    double rms = Math.sqrt(square / golden.values().length);
    assertTrue(worst < 1e-4 * rms, "worst " + worst / rms + " of the root mean square");
  }

  /** Point targets between pixels, found to a tenth of an input pixel. */
  @Test
  void pointTargetsStayInPlace() {
    AmplitudeRaster fine = resampled();
    float[] points = NpyReader.read(GOLDENS.resolve("ssc_points.npy")).values();
    for (int p = 0; p < points.length; p += 2) {
      double x = (points[p] - 0.5) * RANGE / 0.4 + 0.5;
      double y = (points[p + 1] - 0.5) * AZIMUTH / 0.4 + 0.5;
      double[] peak = peak(fine, x, y);
      assertEquals(x, peak[0], 0.1 * RANGE / 0.4, "column of point " + p / 2);
      assertEquals(y, peak[1], 0.1 * AZIMUTH / 0.4, "row of point " + p / 2);
    }
  }

  /** The brightest pixel near a position, and the vertex of a parabola through its neighbours. */
  private static double[] peak(AmplitudeRaster raster, double x, double y) {
    int best = (int) y * raster.width() + (int) x;
    for (int r = (int) y - 4; r <= (int) y + 4; r++) {
      for (int c = (int) x - 4; c <= (int) x + 4; c++) {
        int i = r * raster.width() + c;
        best = raster.samples()[i] > raster.samples()[best] ? i : best;
      }
    }
    float[] s = raster.samples();
    return new double[] {
      best % raster.width() + 0.5 + vertex(s[best - 1], s[best], s[best + 1]),
      best / raster.width()
          + 0.5
          + vertex(s[best - raster.width()], s[best], s[best + raster.width()])
    };
  }

  private static double vertex(double before, double at, double after) {
    return 0.5 * (before - after) / (before - 2 * at + after);
  }

  /** Each control point is where the scene has it, of the whole and of a window. */
  @Test
  void controlPointsFollowThePixels() {
    for (Optional<Window> window : List.of(Optional.<Window>empty(), Optional.of(PART))) {
      Path out = folder.resolve("fine.tif");
      run(request(out, window, Optional.empty()));
      int left = window.map(Window::x).orElse(0);
      int top = window.map(Window::y).orElse(0);
      try (Raster fine = Rasters.open(out)) {
        ControlPoints points = (ControlPoints) fine.metadata().georeference();
        assertTrue(points.points().size() >= 16, points.points().size() + " points");
        assertEquals(0.4, fine.metadata().spacing().orElseThrow().columns(), 1e-12);
        for (ControlPoint point : points.points()) {
          assertTrue(point.column() >= 0 && point.column() <= fine.width());
          assertTrue(point.row() >= 0 && point.row() <= fine.height());
          double column = (point.column() - 0.5) * 0.4 / RANGE + left;
          double row = (point.row() - 0.5) * 0.4 / AZIMUTH + top;
          double range = SCENE.rangeTime(column);
          // 1e-8 degrees are a millimetre.
          assertEquals(SCENE.longitude(SCENE.time(row), range), point.x(), 1e-8);
          assertEquals(SCENE.latitude(SCENE.time(row), range), point.y(), 1e-8);
        }
      }
    }
  }

  @Test
  void gdalSeesPointsAndSpacing() throws Exception {
    Path out = folder.resolve("fine.tif");
    upscale("fine.tif");
    Process process;
    try {
      process = new ProcessBuilder("gdalinfo", "-json", out.toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "gdalinfo is not installed");
      return;
    }
    JsonNode info = new ObjectMapper().readTree(process.getInputStream());
    assertEquals(0, process.waitFor());
    // Edges and nodes of the grid within the window, and points between them: 11 by 10.
    assertEquals(110, info.at("/gcps/gcpList").size());
    assertTrue(info.at("/gcps/coordinateSystem/wkt").asText().contains("WGS 84"));
    assertEquals("0.4", info.at("/metadata//COLUMN_SPACING_M").asText());
    assertEquals("0.4", info.at("/metadata//ROW_SPACING_M").asText());
    assertEquals("YES", info.at("/metadata//SYNTHETIC").asText());
    assertEquals("NaN", info.at("/bands/0/noDataValue").asText());
  }

  /** The input by the formulas of the product's annotation; the output says what it is. */
  @ParameterizedTest
  @CsvSource({"BETA_NOUGHT, sqrt(beta0)", "SIGMA_NOUGHT, sqrt(sigma0)"})
  void aCalibratedProductIsRefinedInItsUnit(Calibration calibration, String unit)
      throws IOException {
    RadarInput input =
        new RadarInput(
            product,
            Optional.empty(),
            Optional.of(PART),
            Optional.empty(),
            Optional.of(calibration));
    float[] numbers = samples(RadarInput.of(product), PART);
    float[] calibrated = samples(input, new Window(0, 0, PART.width(), PART.height()));
    for (int i = 0; i < calibrated.length; i += 2) {
      double range = SCENE.rangeTime(PART.x() + i / 2 % PART.width());
      double time = SCENE.time(PART.y() + i / 2 / PART.width());
      double power = Math.pow(numbers[i], 2) + Math.pow(numbers[i + 1], 2);
      double expected =
          calibration == Calibration.BETA_NOUGHT
              ? Scene.FACTOR * power
              : Scene.FACTOR
                  * Math.max(0, power - SCENE.noise(time, range))
                  * Math.sin(Math.toRadians(SCENE.incidence(range)));
      double made = Math.pow(calibrated[i], 2) + Math.pow(calibrated[i + 1], 2);
      assertEquals(expected, made, 1e-5 * expected + 1e-9);
    }
    Path out = folder.resolve("calibrated.tif");
    UpscaleRequest request =
        new UpscaleRequest(input, settings(Radiometry.PRESERVE), UpscaleRequest.Output.to(out));
    UpscaleOutcome outcome = run(request);
    double mean = 0;
    for (int i = 0; i < calibrated.length; i += 2) {
      mean += Math.hypot(calibrated[i], calibrated[i + 1]) / (calibrated.length / 2);
    }
    double made = 0;
    float[] amplitude = outcome.image().amplitude().samples();
    for (float each : amplitude) {
      made += each / amplitude.length;
    }
    assertEquals(mean, made, 0.25 * mean);
    Provenance provenance = ProvenanceReader.read(out);
    assertEquals(unit, provenance.items().get("RADIOMETRY"));
    JsonNode item = new ObjectMapper().readTree(folder.resolve("calibrated.stac.json").toFile());
    assertEquals(unit, item.at("/properties/sardiffusion:radiometry").asText());
    Refine recipe = (Refine) RecordedRecipe.of(out).recipe();
    assertEquals(Optional.of(calibration), recipe.input().calibration());
    Path again = folder.resolve("again.tif");
    run(recipe.request(product, UpscaleRequest.Output.to(again)));
    assertEquals(-1, Files.mismatch(out, again));
  }

  private static float[] samples(RadarInput input, Window part) {
    ComplexImage image = ((RadarImage.Complex) input.read().pixels()).image();
    float[] samples = new float[2 * part.width() * part.height()];
    for (int row = 0; row < part.height(); row++) {
      System.arraycopy(
          image.samples(),
          2 * ((part.y() + row) * image.width() + part.x()),
          samples,
          2 * row * part.width(),
          2 * part.width());
    }
    return samples;
  }

  @Test
  void onlyProductsAreCalibrated() throws IOException {
    Path plain = folder.resolve("plain.npy");
    NpyWriter.write(plain, new NpyArray(new int[] {2, 2}, new float[] {1, 2, 3, 4}));
    RadarInput input =
        new RadarInput(
            plain,
            Optional.of(Spacing.square(1)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Calibration.BETA_NOUGHT));
    String message = assertThrows(UnsupportedFormatException.class, input::read).getMessage();
    assertTrue(message.contains("not a TerraSAR-X product"), message);
  }

  /** On the ground is what was in slant range, at the places that the grid gives. */
  @Test
  void orthorectifiedIsTheSameImageOnTheMap() throws IOException {
    UpscaleOutcome slant = upscale("slant.tif");
    Path out = folder.resolve("ground.tif");
    GroundProjection projection = GroundProjection.standard();
    UpscaleOutcome ground = run(request(out, Optional.of(PART), Optional.of(projection)));
    assertArrayEquals(slant.image().amplitude().samples(), ground.image().amplitude().samples());
    LocationGrid places =
        ((LocationGrid)
                TerraSarX.open(product)
                    .image(org.sardiffusion.geo.raster.Polarisation.HH, Orientation.SENSOR)
                    .metadata()
                    .georeference())
            .mapped(
                RANGE / 0.4,
                0.5 - (PART.x() + 0.5) * RANGE / 0.4,
                AZIMUTH / 0.4,
                0.5 - (PART.y() + 0.5) * AZIMUTH / 0.4);
    AmplitudeRaster image = slant.image().amplitude();
    try (Raster written = Rasters.open(out)) {
      AffineGrid grid = (AffineGrid) written.metadata().georeference();
      assertEquals(Optional.of(Crs.epsg(32631)), grid.crs());
      assertEquals(0.4, grid.map().xPerColumn());
      assertEquals(-0.4, grid.map().yPerRow());
      float[] values = new float[written.width() * written.height()];
      written.readRows(0, written.height(), values);
      GroundGrid expected =
          new GroundGrid(
              Crs.of("EPSG:32631"),
              grid.map().originX(),
              grid.map().originY(),
              0.4,
              written.width(),
              written.height());
      float[] again = new float[values.length];
      new Orthorectification(
              new AmplitudeRaster(image.width(), image.height(), image.samples()),
              places,
              expected,
              WarpKernel.LANCZOS)
          .readRows(0, written.height(), again);
      int data = 0;
      int border = 0;
      for (int i = 0; i < values.length; i++) {
        if (Float.isNaN(values[i]) || Float.isNaN(again[i])) {
          border += Float.isNaN(values[i]) == Float.isNaN(again[i]) ? 0 : 1;
        } else {
          data++;
          assertEquals(again[i], values[i], 1e-3);
        }
      }
      // Where a border falls on the middle of a pixel, rounding decides.
      assertTrue(border < 10, border + " pixels that only one has");
      assertTrue(data > values.length / 4, data + " pixels with data");
    }
    JsonNode item = new ObjectMapper().readTree(folder.resolve("ground.stac.json").toFile());
    assertEquals("EPSG:32631", item.at("/properties/proj:code").asText());
  }

  @Test
  void theItemNamesWhatTheImageIsDerivedFrom() throws IOException {
    UpscaleOutcome outcome = upscale("fine.tif");
    assertEquals(
        List.of(folder.resolve("fine.tif"), folder.resolve("fine.stac.json")), outcome.files());
    JsonNode item = new ObjectMapper().readTree(folder.resolve("fine.stac.json").toFile());
    assertEquals("./product/" + product.getFileName(), item.at("/links/0/href").asText());
    assertEquals("derived_from", item.at("/links/0/rel").asText());
    assertEquals(0.4, item.at("/properties/gsd").asDouble());
    JsonNode ring = item.at("/geometry/coordinates/0");
    GeoPoint corner =
        TerraSarX.open(product)
            .geolocation(Orientation.SENSOR)
            .orElseThrow()
            .locate(new ImagePoint(PART.x() + 0.5 - 0.2 / RANGE, PART.y() + 0.5 - 0.2 / AZIMUTH))
            .orElseThrow();
    boolean found = false;
    for (JsonNode each : ring) {
      found |=
          Math.abs(each.get(0).asDouble() - corner.longitude()) < 1e-9
              && Math.abs(each.get(1).asDouble() - corner.latitude()) < 1e-9;
    }
    assertTrue(found, corner + " in " + ring);
  }

  @Test
  void anImageIsMadeAgainFromItsRecipe() throws IOException {
    Path out = folder.resolve("fine.tif");
    UpscaleRequest first =
        request(
            out,
            Optional.of(PART),
            Optional.of(
                new GroundProjection(
                    Optional.of("EPSG:3857"), OptionalDouble.of(0.7), WarpKernel.BILINEAR)));
    run(first);
    Refine recipe = (Refine) RecordedRecipe.of(out).recipe();
    Path again = folder.resolve("again.tif");
    UpscaleRequest second = recipe.request(product, UpscaleRequest.Output.to(again));
    recipe.requireSame(out, PreparedUpscale.of(second, bundle));
    run(second);
    assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(again));

    // Neither another annotation nor other pixels are the same input.
    Path cosar = Scene.image(product.getParent(), "HH", "cos");
    byte[] bytes = Files.readAllBytes(cosar);
    bytes[bytes.length - 1] ^= 1;
    Files.write(cosar, bytes);
    String message =
        assertThrows(
                RecipeException.class,
                () -> recipe.requireSame(out, PreparedUpscale.of(second, bundle)))
            .getMessage();
    assertTrue(message.contains("another file"), message);
    assertTrue(message.contains(cosar.getFileName().toString()), message);
  }

  /** What a header and a sidecar say is part of the input, and the spacing is in the recipe. */
  @Test
  void aDescriptionBesideTheInputIsPartOfIt() throws IOException {
    Path data = folder.resolve("sim.img");
    ByteBuffer pixels = ByteBuffer.allocate(4 * 24 * 20);
    while (pixels.hasRemaining()) {
      pixels.putFloat(1 + pixels.position() % 7);
    }
    Files.write(data, pixels.array());
    Path header = folder.resolve("sim.hdr");
    String fields =
        "ENVI\nsamples = 24\nlines = 20\nbands = 1\nheader offset = 0\ndata type = 4\n"
            + "interleave = bsq\nbyte order = 1\n";
    Files.writeString(header, fields);
    Path sidecar = folder.resolve("sim.yaml");
    Files.writeString(sidecar, "spacing: 1.2\n");
    Path out = folder.resolve("fine.tif");
    UpscaleRequest request =
        new UpscaleRequest(
            RadarInput.of(data), settings(Radiometry.PRESERVE), UpscaleRequest.Output.to(out));
    run(request);
    Refine recipe = (Refine) RecordedRecipe.of(out).recipe();
    assertEquals(1.2, recipe.input().spacing().orElseThrow().columns());
    recipe.requireSame(out, PreparedUpscale.of(request, bundle));

    Files.writeString(sidecar, "spacing: 1.1\n");
    assertRefused(recipe, out, request, sidecar);
    Files.writeString(sidecar, "spacing: 1.2\n");
    Files.writeString(header, fields + "description = {another}\n");
    assertRefused(recipe, out, request, header);
    Files.writeString(header, fields);
    recipe.requireSame(out, PreparedUpscale.of(request, bundle));
  }

  private static void assertRefused(Refine recipe, Path out, UpscaleRequest request, Path changed) {
    PreparedUpscale prepared = PreparedUpscale.of(request, bundle);
    String message =
        assertThrows(RecipeException.class, () -> recipe.requireSame(out, prepared)).getMessage();
    assertTrue(message.contains(changed.getFileName() + " is another file"), message);
  }

  @Test
  void damagedRecipesAreRefused() {
    upscale("fine.tif");
    String sound = ProvenanceReader.read(folder.resolve("fine.tif")).recipe();
    assertEquals(
        OptionalDouble.of(0.6),
        ((Refine) RecordedRecipe.fromJson(sound).recipe()).settings().strength());
    for (String damaged :
        List.of(
            "",
            "[]",
            "{}",
            sound.replace("\"task\":\"refinement\"", "\"task\":\"text_to_image\""),
            sound.replace("\"strength\"", "\"weakness\""),
            sound.replace("\"preserve\"", "\"conserve\""),
            sound.replace("\"input\"", "\"output\""),
            sound.replace("\"steps\":2", "\"steps\":\"two\""))) {
      assertFalse(damaged.equals(sound));
      assertThrows(RecipeException.class, () -> RecordedRecipe.fromJson(damaged), damaged);
    }
  }

  /** A bad input is refused before a model is needed, and nothing is left behind. */
  @Test
  void mapsThatCanNotBeAreRefused() throws IOException {
    Path out = folder.resolve("never.tif");
    record Case(GroundProjection ground, String word) {}
    for (Case each :
        List.of(
            new Case(
                new GroundProjection(
                    Optional.of("EPSG:4326"), OptionalDouble.empty(), WarpKernel.BILINEAR),
                "pixel size"),
            new Case(
                new GroundProjection(
                    Optional.empty(), OptionalDouble.of(1e-6), WarpKernel.BILINEAR),
                "pixel size"))) {
      String message =
          assertThrows(
                  RuntimeException.class,
                  () ->
                      PreparedUpscale.of(
                          request(out, Optional.empty(), Optional.of(each.ground)), bundle))
              .getMessage();
      assertTrue(message.contains(each.word), message);
    }
    Files.delete(product.getParent().resolve("ANNOTATION/GEOREF.xml"));
    // The corners of the scene make a grid, too, if a coarse one.
    PreparedUpscale.of(
        request(out, Optional.empty(), Optional.of(GroundProjection.standard())), bundle);
    assertTrue(Files.notExists(out));
  }
}
