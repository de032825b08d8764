package org.sardiffusion.conditioning.amplitude;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.Golden;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.Speckle;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;

class AmplitudeNormalisationTest {
  private static final AmplitudeRaster IMAGE = Golden.load("amplitude").amplitude();

  /** Mean, standard deviation, median, percentiles 0, 1, 37.5, 98, 99.9, 100. */
  private static final double[] NUMPY = Golden.load("statistics").values();

  @Test
  void momentsEqualNumPy() {
    RunningMoments moments = RunningMoments.of(IMAGE);
    assertEquals(NUMPY[0], moments.mean(), 1e-12 * NUMPY[0]);
    assertEquals(NUMPY[1], moments.standardDeviation(), 1e-12 * NUMPY[1]);
    assertEquals(61 * 47, moments.count());
  }

  @Test
  void momentsOfUnevenPiecesOnALargeOffsetStayExact() {
    // One pass of sums of squares in float64 would have no correct digit left here.
    RunningMoments moments = new RunningMoments();
    float[] piece = {16_000_000f, 16_000_002f};
    for (int i = 0; i < 1000; i++) {
      moments.add(piece, 0, 2);
      moments.add(piece, i % 2, 1);
    }
    assertEquals(16_000_001, moments.mean(), 1e-6);
    assertEquals(1, moments.standardDeviation(), 1e-9);
  }

  @Test
  void quantilesEqualNumPy() {
    double[] fractions = {0.5, 0, 0.01, 0.375, 0.98, 0.999, 1};
    for (int i = 0; i < fractions.length; i++) {
      double expected = NUMPY[2 + i];
      assertEquals(expected, ExactQuantile.of(IMAGE, fractions[i]), 1e-12 * expected);
    }
  }

  @Test
  void noDataIsLeftOut() {
    float[] holed = Arrays.copyOf(IMAGE.samples(), IMAGE.samples().length + 47);
    Arrays.fill(holed, IMAGE.samples().length, holed.length, Float.NaN);
    AmplitudeRaster raster = new AmplitudeRaster(47, 62, holed);
    assertEquals(NUMPY[0], RunningMoments.of(raster).mean(), 1e-9);
    assertEquals(47, RunningMoments.of(raster).withoutData());
    assertEquals(NUMPY[2], ExactQuantile.of(raster, 0.5), 1e-9);
    AmplitudeScale scale = AmplitudeNormalisation.paper().scaleFor(raster);
    assertTrue(Float.isNaN(scale.normalise(raster).at(3, 61)));
  }

  @Test
  void thePapersNormalisationAndItsInverse() {
    AmplitudeScale scale = AmplitudeNormalisation.paper().scaleFor(IMAGE);
    assertEquals(NUMPY[0] + 3 * NUMPY[1], scale.divisor(), 1e-9 * scale.divisor());
    AmplitudeRaster normalised = scale.normalise(IMAGE);
    assertTrue(Golden.load("normalised").relativeError(normalised.samples()) < 1e-7);
    AmplitudeRaster restored = scale.restore(normalised);
    int saturated = 0;
    for (int i = 0; i < IMAGE.samples().length; i++) {
      if (IMAGE.samples()[i] > scale.divisor()) {
        saturated++;
        assertEquals(scale.divisor(), restored.samples()[i], 1e-6 * scale.divisor());
      } else {
        assertEquals(IMAGE.samples()[i], restored.samples()[i], 1e-6 * IMAGE.samples()[i]);
      }
    }
    assertEquals(12, saturated);
    assertEquals(12.0 / (61 * 47), scale.saturatedShare(IMAGE), 1e-12);
  }

  @Test
  void theMedianMultipleAgreesWithThePaperOnPureSpeckle() {
    AmplitudeRaster speckle = Speckle.complex(600, 600, 3).detect();
    double paper = AmplitudeNormalisation.paper().scaleFor(speckle).divisor();
    double robust =
        new AmplitudeNormalisation.MedianMultiple(AmplitudeNormalisation.MedianMultiple.RAYLEIGH)
            .scaleFor(speckle)
            .divisor();
    assertEquals(1, robust / paper, 0.005);
    // A few bright targets move one and not the other.
    float[] targets = speckle.samples().clone();
    Arrays.fill(targets, 0, 360, 100f);
    AmplitudeRaster bright = new AmplitudeRaster(600, 600, targets);
    assertTrue(AmplitudeNormalisation.paper().scaleFor(bright).divisor() > 3 * paper);
    double still =
        new AmplitudeNormalisation.MedianMultiple(AmplitudeNormalisation.MedianMultiple.RAYLEIGH)
            .scaleFor(bright)
            .divisor();
    assertEquals(1, still / robust, 0.01);
  }

  @Test
  void emptyImagesAreRefused() {
    AmplitudeRaster zeros = new AmplitudeRaster(4, 3, new float[12]);
    float[] nan = new float[12];
    Arrays.fill(nan, Float.NaN);
    AmplitudeRaster nothing = new AmplitudeRaster(4, 3, nan);
    for (AmplitudeNormalisation n :
        new AmplitudeNormalisation[] {
          AmplitudeNormalisation.paper(),
          new AmplitudeNormalisation.MedianMultiple(2),
          new AmplitudeNormalisation.Quantile(0.98)
        }) {
      assertThrows(EmptyImageException.class, () -> n.scaleFor(zeros), n.toString());
      assertThrows(EmptyImageException.class, () -> n.scaleFor(nothing), n.toString());
    }
    assertEquals(5, new AmplitudeNormalisation.Fixed(5).scaleFor(zeros).divisor());
  }

  @ParameterizedTest
  @ValueSource(floats = {-1f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void impossibleAmplitudesAreRefused(float bad) {
    AmplitudeRaster raster = new AmplitudeRaster(2, 1, new float[] {1, bad});
    assertThrows(
        InvalidSampleException.class, () -> AmplitudeNormalisation.paper().scaleFor(raster));
    assertThrows(InvalidSampleException.class, () -> ExactQuantile.of(raster, 0.5));
  }

  /** What upscaling shows the model of a coarser image, and the trainer a ControlNet. */
  @Test
  void aResampledImageEqualsSciPy() {
    AmplitudeRaster fine =
        SpectralResampler.standard()
            .resample(Golden.load("degraded_77").amplitude(), Target.spacing(1.35, 1.35, 0.4))
            .raster();
    float[] normalised = AmplitudeNormalisation.paper().scaleFor(fine).normalise(fine).samples();
    assertTrue(Golden.load("low_resolution_control_77").relativeError(normalised) < 1e-5);
  }
}
