package org.sardiffusion.pipelines.refinement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.spectrum.RasterPlan;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.ControlledBundle;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.ControlImage;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GeneratedImage;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Init;
import org.sardiffusion.runtime.diffusion.InitImage;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;

class RefinementTest {
  private static final double SPACING = 0.4;

  @TempDir static Path folder;
  private static Bundle bundle;
  private static Model model;
  private static Refinement refinement;

  @BeforeAll
  static void open() throws IOException {
    bundle = ControlledBundle.in(folder.resolve("m"));
    model = Model.open(bundle, ModelOptions.cpu(), notice -> {});
    refinement = new Refinement(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Single-look speckle of mean amplitude 300, brighter to the right. */
  private static AmplitudeRaster speckle(int width, int height) {
    Random random = new Random(11);
    float[] samples = new float[width * height];
    for (int i = 0; i < samples.length; i++) {
      double scale = 150 * (1 + (double) (i % width) / width);
      samples[i] = (float) (scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    return new AmplitudeRaster(width, height, samples);
  }

  private static RadarImage amplitude(AmplitudeRaster raster, double spacing, Georeference place) {
    return new RadarImage(new RadarImage.Amplitude(raster), Spacing.square(spacing), place);
  }

  private static RefinementSettings settings(double strength, Radiometry radiometry) {
    return new RefinementSettings(
        new Prompt("A <SAR> image of a forest"),
        Sampling.DIFFUSERS.withSeed(3).withSteps(3),
        OptionalDouble.of(strength),
        0.8,
        radiometry);
  }

  private static RefinedImage refine(RadarImage image, RefinementSettings settings) {
    try (Cancellation cancellation = new Cancellation()) {
      return refinement.refine(image, settings, DiffusionListener.NONE, cancellation);
    }
  }

  @Test
  void anImageOfTheModelsOwnKindIsControlledImageToImage() {
    AmplitudeRaster raster = speckle(64, 64);
    RefinementSettings settings = settings(0.7, Radiometry.MODEL);
    RefinedImage refined = refine(amplitude(raster, SPACING, Georeference.none()), settings);
    float[] normalised =
        AmplitudeNormalisation.paper().scaleFor(raster).normalise(raster).samples();
    Size size = new Size(64, 64);
    GenerationRequest request =
        GenerationRequest.of(settings.prompt().text(), size, settings.sampling())
            .with(new Init.Image(new InitImage(size, normalised), 0.7, Optional.empty()))
            .with(
                new Control(
                    List.of(new Control.Signal(new ControlImage(size, normalised), 0.8, 0, 1)),
                    Control.Mode.BALANCED));
    List<GeneratedImage> images = new ArrayList<>();
    try (Model engine = Model.open(bundle, ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      engine.generate(
          request,
          new DiffusionListener() {
            @Override
            public void image(GeneratedImage image) {
              images.add(image);
            }
          },
          cancellation);
    }
    assertArrayEquals(images.get(0).amplitude(), refined.amplitude().samples(), 1e-4f);
    assertEquals(1, refined.means().tiles());
    assertTrue(refined.means().controlled());
  }

  @Test
  void placeFollowsThePixels() {
    AffineGrid grid =
        new AffineGrid(
            new Affine(500_000, 0.8, 0, 5_400_000, 0, -0.8), Optional.of(Crs.epsg(32631)));
    RefinedImage refined =
        refine(amplitude(speckle(37, 45), 0.8, grid), settings(0.5, Radiometry.NORMALISED));
    assertEquals(74, refined.amplitude().width());
    assertEquals(90, refined.amplitude().height());
    assertEquals(0.4, refined.spacing().columns(), 1e-12);
    Affine map = ((AffineGrid) refined.place()).map();
    // The centre of the first pixel is that of the input's.
    assertEquals(500_000.4, map.x(0.5, 0.5), 1e-6);
    assertEquals(5_399_999.6, map.y(0.5, 0.5), 1e-6);
    assertEquals(0.4, map.xPerColumn(), 1e-12);
  }

  /** The brightest pixel of a point target has the coordinates that it had. */
  @Test
  void aPointTargetStaysWhereItIs() {
    float[] samples = new float[2 * 40 * 32];
    samples[2 * (17 * 40 + 23)] = 1000;
    for (int i = 0; i < samples.length; i++) {
      samples[i] += i % 3;
    }
    ControlPoints points =
        new ControlPoints(
            List.of(
                new ControlPoint(0.5, 0.5, 2, 48, 0),
                new ControlPoint(23.5, 17.5, 2.001, 48.001, 7)),
            Optional.of(Crs.WGS84));
    RefinedImage refined =
        refine(
            new RadarImage(
                new RadarImage.Complex(new ComplexImage(40, 32, samples)),
                new Spacing(0.9, 1.2),
                points),
            settings(0.5, Radiometry.PRESERVE));
    float[] fine = refined.resampled().samples();
    int brightest = 0;
    for (int i = 0; i < fine.length; i++) {
      brightest = fine[i] > fine[brightest] ? i : brightest;
    }
    ControlPoint target = ((ControlPoints) refined.place()).points().get(1);
    assertEquals(target.column(), brightest % refined.resampled().width() + 0.5, 0.5);
    assertEquals(target.row(), brightest / refined.resampled().width() + 0.5, 0.5);
    assertEquals(2.001, target.x());
    assertEquals(90, refined.amplitude().width());
    assertEquals(96, refined.amplitude().height());
  }

  @Test
  void preservedRadiometryKeepsTheLocalMean() {
    RadarImage image = amplitude(speckle(80, 72), 0.8, Georeference.none());
    RefinedImage preserved = refine(image, settings(0.6, Radiometry.PRESERVE));
    Comparison comparison = Comparison.of(preserved);
    assertTrue(
        comparison.localMeanCorrelation() > 0.97,
        "correlation " + comparison.localMeanCorrelation());
    assertEquals(1, mean(preserved.amplitude()) / mean(preserved.resampled()), 0.03);
    RefinedImage normalised = refine(image, settings(0.6, Radiometry.NORMALISED));
    for (float value : normalised.amplitude().samples()) {
      assertTrue(value >= 0 && value <= 1);
    }
    assertTrue(preserved.means().tiles() > 1, "larger than the model's own images");
  }

  private static double mean(AmplitudeRaster raster) {
    double sum = 0;
    for (float sample : raster.samples()) {
      sum += sample;
    }
    return sum / raster.samples().length;
  }

  @Test
  void nodataStaysNodata() {
    AmplitudeRaster raster = speckle(40, 40);
    for (int row = 10; row < 14; row++) {
      Arrays.fill(raster.samples(), row * 40 + 5, row * 40 + 9, Float.NaN);
    }
    RefinedImage refined =
        refine(amplitude(raster, 0.8, Georeference.none()), settings(0.5, Radiometry.PRESERVE));
    int nodata = 0;
    for (float sample : refined.amplitude().samples()) {
      nodata += Float.isNaN(sample) ? 1 : 0;
    }
    assertEquals(64, nodata, 24);
    assertTrue(Float.isNaN(refined.amplitude().at(13, 23)));
    assertTrue(refined.amplitude().at(40, 40) >= 0);
  }

  /** What fills nodata is no measurement: it counts neither in the scale nor in local means. */
  @Test
  void gapsDoNotChangeTheScale() {
    AmplitudeRaster raster = speckle(64, 64);
    Arrays.fill(raster.samples(), 0, 40 * 64, Float.NaN);
    RefinedImage refined =
        refine(
            amplitude(raster, SPACING, Georeference.none()), settings(0.5, Radiometry.NORMALISED));
    // At the model's own spacing the pixels are the input's.
    double expected = AmplitudeNormalisation.paper().scaleFor(raster).divisor();
    assertEquals(expected, refined.scale().divisor(), 1e-4 * expected);
  }

  @Test
  void whatCanNotBeRefinedIsSaid() {
    RefinementSettings settings = settings(0.5, Radiometry.NORMALISED);
    record Case(RadarImage image, String word) {}
    float[] nothing = new float[1600];
    float[] missing = new float[1600];
    Arrays.fill(missing, Float.NaN);
    for (Case each :
        List.of(
            new Case(amplitude(speckle(1, 1), 0.8, Georeference.none()), "too small"),
            new Case(amplitude(speckle(40, 40), 800, Georeference.none()), "in metres"),
            new Case(amplitude(speckle(40, 40), 0.0001, Georeference.none()), "in metres"),
            new Case(
                amplitude(new AmplitudeRaster(40, 40, nothing), 0.8, Georeference.none()), "zero"),
            new Case(
                amplitude(new AmplitudeRaster(40, 40, missing), 0.8, Georeference.none()),
                "no data"))) {
      String message =
          assertThrows(RefinementException.class, () -> refine(each.image, settings)).getMessage();
      assertTrue(message.contains(each.word), message);
    }
    assertThrows(RefinementException.class, () -> settings(0, Radiometry.PRESERVE));
    assertThrows(RefinementException.class, () -> settings(1.1, Radiometry.PRESERVE));
  }

  /** What would fill the heap is told what to do. */
  @Test
  void tooLargeIsSaidWithWhatToDo() {
    RasterPlan plan = SpectralResampler.standard().plan(4000, 4000, Target.spacing(1.2, 1.2, 0.4));
    RefinementException refused =
        assertThrows(
            RefinementException.class, () -> ResampledImage.requireMemory(plan, 2_000_000_000L));
    String message = refused.getMessage();
    assertTrue(message.contains("12000x12000") && message.contains("8.6 GB"), message);
    assertTrue(message.contains("-Xmx10g"), message);
    assertEquals(List.of(Remedy.choose("window")), refused.remedies());
    ResampledImage.requireMemory(plan, 9_000_000_000L);
  }

  @Test
  void aModelWithoutControlSaysSoAndRefinesAllTheSame() {
    List<String> notices = new ArrayList<>();
    DiffusionListener listener =
        new DiffusionListener() {
          @Override
          public void note(String message) {
            notices.add(message);
          }
        };
    try (Model opened = Model.open(ControlledBundle.plain(), ModelOptions.cpu());
        Cancellation cancellation = new Cancellation()) {
      Refinement plain = new Refinement(opened);
      RefinedImage refined =
          plain.refine(
              amplitude(speckle(40, 40), 0.8, Georeference.none()),
              settings(0.5, Radiometry.NORMALISED),
              listener,
              cancellation);
      assertEquals(80, refined.amplitude().width());
      assertTrue(!refined.means().controlled());
    }
    assertTrue(notices.toString().contains("no ControlNet"), notices.toString());
  }
}
