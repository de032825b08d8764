package org.sardiffusion.conditioning.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.Golden;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.Speckle;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;

class ControlImagesTest {
  @Test
  void edgesEqualNumPy() {
    ControlImage edges = new RatioEdgeDetector(7).apply(Golden.load("amplitude").amplitude());
    assertEquals(47, edges.width());
    assertTrue(Golden.load("edges_7").relativeError(edges.samples()) < 1e-6);
  }

  @Test
  void edgesShowStepsAlikeInTheDarkAndInTheBright() {
    float[] samples = Speckle.complex(90, 60, 10).detect().samples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= i % 90 < 30 ? 1 : i % 90 < 60 ? 6 : 36;
    }
    ControlImage edges = new RatioEdgeDetector(7).apply(new AmplitudeRaster(90, 60, samples));
    double first = column(edges, 30);
    double second = column(edges, 60);
    double flat = column(edges, 45);
    assertTrue(first > 0.7 && second > 0.7, first + " " + second);
    assertEquals(first, second, 0.05);
    assertEquals(0.17, flat, 0.04);
    // A black image has no edges, rather than not-a-numbers.
    assertArrayEquals(
        new float[12],
        new RatioEdgeDetector(3).apply(new AmplitudeRaster(4, 3, new float[12])).samples());
    assertThrows(
        InvalidSampleException.class,
        () -> new RatioEdgeDetector(3).apply(new AmplitudeRaster(1, 1, new float[] {Float.NaN})));
  }

  @Test
  void colouringIsPlanarAndNamesTheUnknownLabel() {
    SegmentationPalette palette =
        new SegmentationPalette(Map.of(1, new Rgb(255, 0, 51), 7, new Rgb(0, 102, 255)));
    ControlImage image = palette.colour(new int[] {1, 7, 7, 1, 1, 1}, 3);
    assertEquals(3, image.channels());
    assertEquals(2, image.height());
    assertArrayEquals(
        new float[] {1, 0, 0, 1, 1, 1, 0, .4f, .4f, 0, 0, 0, .2f, 1, 1, .2f, .2f, .2f},
        image.samples(),
        1e-7f);
    UnknownLabelException e =
        assertThrows(
            UnknownLabelException.class, () -> palette.colour(new int[] {1, 7, 1, 1, 2, 1}, 3));
    assertTrue(e.getMessage().contains("label 2 at column 1, row 1"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> palette.colour(new int[5], 3));
  }

  @Test
  void lowResolutionControlFitsTheImageToBeMade() {
    Target target = new Target.Size(108, 54);
    LowResolutionControl complex =
        LowResolutionControl.of(
            Speckle.complex(32, 16, 11),
            SpectralResampler.standard(),
            target,
            AmplitudeNormalisation.paper());
    LowResolutionControl amplitude =
        LowResolutionControl.of(
            Speckle.complex(32, 16, 11).detect(),
            SpectralResampler.standard(),
            target,
            AmplitudeNormalisation.paper());
    for (LowResolutionControl control : new LowResolutionControl[] {complex, amplitude}) {
      assertEquals(1, control.image().channels());
      assertEquals(108, control.image().width());
      assertEquals(54, control.image().height());
      // Rayleigh amplitude of mean intensity 1: sqrt(pi)/2 + 3 sqrt(1 - pi/4) = 2.276.
      assertEquals(2.276, control.scale().divisor(), 0.3);
    }
  }

  @Test
  void lowResolutionControlEqualsSciPy() {
    LowResolutionControl control =
        LowResolutionControl.of(
            Golden.load("degraded_77").amplitude(),
            SpectralResampler.standard(),
            Target.spacing(1.35, 1.35, 0.4),
            AmplitudeNormalisation.paper());
    assertTrue(
        Golden.load("low_resolution_control_77").relativeError(control.image().samples()) < 1e-5);
  }

  private static double column(ControlImage image, int x) {
    double sum = 0;
    for (int y = 0; y < image.height(); y++) {
      sum += image.samples()[y * image.width() + x];
    }
    return sum / image.height();
  }
}
