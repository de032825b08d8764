package org.sardiffusion.conditioning.speckle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.AmplitudeRaster;

class SpeckleLooksTest {
  private static final int SIDE = 270;

  /** Speckle of the given looks: the mean of as many exponential intensities. */
  private static float[] speckle(int looks) {
    Random random = new Random(5);
    float[] amplitude = new float[SIDE * SIDE];
    for (int i = 0; i < amplitude.length; i++) {
      double intensity = 0;
      for (int l = 0; l < looks; l++) {
        intensity -= Math.log(1 - random.nextDouble()) / looks;
      }
      amplitude[i] = (float) Math.sqrt(intensity);
    }
    return amplitude;
  }

  private static double estimate(float[] amplitude) {
    return SpeckleLooks.estimate(new AmplitudeRaster(SIDE, SIDE, amplitude));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16})
  void areThoseOfTheSpeckleInHomogeneousAreas(int looks) {
    // The upper quartile of windows of 81 pixels lies a little above their mean.
    assertEquals(looks, estimate(speckle(looks)), 0.25 * looks);
  }

  @Test
  void textureInMostOfTheImageDoesNotShow() {
    float[] amplitude = speckle(4);
    for (int i = 0; i < amplitude.length; i++) {
      boolean built = i % SIDE < SIDE / 2;
      amplitude[i] *= built && (i / 3) % 2 == 0 ? 5 : 1;
    }
    assertEquals(4, estimate(amplitude), 1);
  }

  @Test
  void aSmoothImageHasInfinitelyMany() {
    float[] amplitude = new float[SIDE * SIDE];
    Arrays.fill(amplitude, 3);
    assertTrue(estimate(amplitude) > 1e6);
  }

  @Test
  void nothingToMeasureIsOneLook() {
    float[] amplitude = new float[SIDE * SIDE];
    assertEquals(1, estimate(amplitude));
    Arrays.fill(amplitude, Float.NaN);
    assertEquals(1, estimate(amplitude));
  }
}
