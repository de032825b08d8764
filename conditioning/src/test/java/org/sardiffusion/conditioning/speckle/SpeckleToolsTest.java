package org.sardiffusion.conditioning.speckle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.Golden;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.Speckle;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;

class SpeckleToolsTest {
  private static final AmplitudeRaster IMAGE = Golden.load("amplitude").amplitude();
  private static final Degradation TO_TERRASAR =
      new Degradation(SpectralResampler.standard(), Target.spacing(0.4, 0.4, 1.35));

  @Test
  void enlEqualsNumPyAndIsOneForSingleLook() {
    double expected = Golden.load("enl").values()[0];
    assertEquals(expected, EquivalentNumberOfLooks.of(IMAGE), 1e-9 * expected);
    ComplexImage speckle = Speckle.complex(512, 512, 4);
    assertEquals(1, EquivalentNumberOfLooks.of(speckle.detect()), 0.02);
    assertThrows(
        EmptyImageException.class,
        () -> EquivalentNumberOfLooks.of(new AmplitudeRaster(1, 1, new float[1])));
  }

  @Test
  void localMomentsEqualScipy() {
    LocalMoments moments = LocalMoments.of(IMAGE, 7);
    assertTrue(Golden.load("local_mean_7").relativeError(moments.mean().samples()) < 1e-6);
    assertTrue(
        Golden.load("local_std_7").relativeError(moments.standardDeviation().samples()) < 1e-6);
    assertTrue(Golden.load("local_mean_7").relativeError(LocalMean.of(IMAGE, 7).samples()) < 1e-6);
    float[] bad = {1, Float.NaN};
    assertThrows(
        InvalidSampleException.class, () -> LocalMoments.of(new AmplitudeRaster(2, 1, bad), 3));
  }

  @Test
  void aDegradedComplexImageIsSingleLookOfTheSameIntensity() {
    ComplexImage coarse = TO_TERRASAR.apply(Speckle.complex(810, 540, 8));
    assertEquals(240, coarse.width());
    assertEquals(160, coarse.height());
    assertEquals(1, EquivalentNumberOfLooks.of(coarse.detect()), 0.03);
    assertEquals(1, meanIntensity(coarse.detect()), 0.01);
  }

  @Test
  void aDegradedAmplitudeFollowsTheSceneWithSpeckleOfItsOwn() {
    // Dark left, bright right: intensity 1 and 25, single look.
    AmplitudeRaster fine = Speckle.complex(1080, 540, 9).detect();
    float[] samples = fine.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= i % 1080 < 540 ? 1 : 5;
    }
    AmplitudeRaster coarse = TO_TERRASAR.apply(new AmplitudeRaster(1080, 540, samples), 77);
    assertEquals(320, coarse.width());
    AmplitudeRaster left = columns(coarse, 10, 140);
    AmplitudeRaster right = columns(coarse, 180, 310);
    assertEquals(1, meanIntensity(left), 0.06);
    assertEquals(25, meanIntensity(right), 1.5);
    // The residual texture of a 3 x 3 mean of one-look speckle is left in: a little under 1.
    assertEquals(0.93, EquivalentNumberOfLooks.of(left), 0.12);
    assertEquals(0.93, EquivalentNumberOfLooks.of(right), 0.12);

    AmplitudeRaster again = TO_TERRASAR.apply(new AmplitudeRaster(1080, 540, samples), 77);
    AmplitudeRaster other = TO_TERRASAR.apply(new AmplitudeRaster(1080, 540, samples), 78);
    assertArrayEquals(coarse.samples(), again.samples());
    assertTrue(!Arrays.equals(coarse.samples(), other.samples()));
  }

  @Test
  void aDegradedAmplitudeEqualsSciPy() {
    AmplitudeRaster coarse = TO_TERRASAR.apply(IMAGE, 77);
    assertTrue(Golden.load("degraded_77").relativeError(coarse.samples()) < 1e-5);
  }

  @Test
  void nothingToDegrade() {
    assertThrows(
        EmptyImageException.class,
        () -> TO_TERRASAR.apply(new AmplitudeRaster(27, 27, new float[729]), 1));
    float[] bad = new float[729];
    bad[5] = Float.NaN;
    assertThrows(
        InvalidSampleException.class, () -> TO_TERRASAR.apply(new AmplitudeRaster(27, 27, bad), 1));
  }

  private static double meanIntensity(AmplitudeRaster a) {
    double sum = 0;
    for (float v : a.samples()) {
      sum += (double) v * v;
    }
    return sum / a.samples().length;
  }

  private static AmplitudeRaster columns(AmplitudeRaster a, int from, int to) {
    float[] part = new float[(to - from) * a.height()];
    for (int y = 0; y < a.height(); y++) {
      System.arraycopy(a.samples(), y * a.width() + from, part, y * (to - from), to - from);
    }
    return new AmplitudeRaster(to - from, a.height(), part);
  }
}
