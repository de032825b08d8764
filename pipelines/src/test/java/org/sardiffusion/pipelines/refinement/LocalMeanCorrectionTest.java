package org.sardiffusion.pipelines.refinement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.speckle.LocalMoments;
import org.sardiffusion.core.raster.AmplitudeRaster;

class LocalMeanCorrectionTest {
  private static final int SIDE = 120;

  /** The golden values are those of {@code src/test/python/local_mean_following_golden.py}. */
  @Test
  void equalsTheFilterOnScipy() throws IOException {
    JsonNode cases;
    try (InputStream golden = getClass().getResourceAsStream("local_mean_following.json")) {
      cases = new ObjectMapper().readTree(golden);
    }
    assertEquals(3, cases.size());
    for (JsonNode one : cases) {
      AmplitudeRaster followed =
          new LocalMeanCorrection(
                  raster(one, "input"), one.get("cell").asDouble(), one.get("looks").asDouble())
              .apply(raster(one, "image"));
      assertArrayEquals(raster(one, "followed").samples(), followed.samples(), 2e-5f);
    }
  }

  private static AmplitudeRaster raster(JsonNode one, String name) {
    float[] samples = new float[one.get(name).size()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) one.get(name).get(i).asDouble();
    }
    return new AmplitudeRaster(one.get("width").asInt(), one.get("height").asInt(), samples);
  }

  private static AmplitudeRaster speckle(long seed, double scale) {
    Random random = new Random(seed);
    float[] samples = new float[SIDE * SIDE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (scale * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    return new AmplitudeRaster(SIDE, SIDE, samples);
  }

  /** An image that is right but for its speckle is changed less than if the input had none. */
  @Test
  void speckleOfTheInputIsNotFollowed() {
    double change = change(1);
    double blind = change(Double.POSITIVE_INFINITY);
    assertTrue(change < 0.75 * blind, change + " of the logarithm, with infinite looks " + blind);
  }

  private static double change(double looks) {
    AmplitudeRaster image = speckle(1, 10);
    AmplitudeRaster followed = new LocalMeanCorrection(speckle(2, 10), 1, looks).apply(image);
    double change = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      change += Math.abs(Math.log(followed.samples()[i] / image.samples()[i])) / (SIDE * SIDE);
    }
    return change;
  }

  /**
   * An area that is twice as bright as in the input is corrected, at the widest window nearly
   * exactly.
   */
  @Test
  void anErrorOfTheImageIsCorrected() {
    AmplitudeRaster image = speckle(3, 10);
    for (int y = 0; y < SIDE / 2; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.samples()[y * SIDE + x] *= 2;
      }
    }
    AmplitudeRaster input = speckle(4, 10);
    AmplitudeRaster followed = new LocalMeanCorrection(input, 1, 1).apply(image);
    float[] found = LocalMoments.of(followed, 11).mean().samples();
    float[] wanted = LocalMoments.of(input, 11).mean().samples();
    for (int i = 0; i < SIDE * SIDE; i++) {
      assertEquals(1, found[i] / wanted[i], 0.15);
    }
  }

  @Test
  void blackStaysFinite() {
    float[] black = new float[SIDE * SIDE];
    AmplitudeRaster none = new AmplitudeRaster(SIDE, SIDE, black);
    for (AmplitudeRaster followed :
        new AmplitudeRaster[] {
          new LocalMeanCorrection(none, 3, 1).apply(speckle(5, 10)),
          new LocalMeanCorrection(speckle(6, 10), 3, Double.POSITIVE_INFINITY).apply(none)
        }) {
      for (float sample : followed.samples()) {
        assertTrue(sample >= 0 && Float.isFinite(sample));
      }
    }
    float[] half = speckle(7, 10).samples();
    Arrays.fill(half, 0, half.length / 2, 0);
    AmplitudeRaster input = new AmplitudeRaster(SIDE, SIDE, half);
    float[] followed = new LocalMeanCorrection(input, 3, 1).apply(speckle(8, 10)).samples();
    assertTrue(
        followed[10 * SIDE + 10] < 1e-3,
        "black where the input is, but " + followed[10 * SIDE + 10]);
  }

  /** Beside nodata the mean is that of the pixels with data, whatever the image has there. */
  @Test
  void gapsCountInNoMean() {
    float[] known = new float[SIDE * SIDE];
    float[] made = new float[SIDE * SIDE];
    Arrays.fill(known, 10);
    Arrays.fill(made, 20);
    for (int y = 0; y < SIDE; y++) {
      Arrays.fill(known, y * SIDE + 40, y * SIDE + 80, Float.NaN);
      Arrays.fill(made, y * SIDE + 40, y * SIDE + 80, 500);
    }
    float[] followed =
        new LocalMeanCorrection(new AmplitudeRaster(SIDE, SIDE, known), 1, 1)
            .apply(new AmplitudeRaster(SIDE, SIDE, made))
            .samples();
    for (int i = 0; i < followed.length; i++) {
      assertEquals(known[i], followed[i], 1e-3f);
    }
  }

  /** Fifteen floats a pixel in all, so that at no time there are more. */
  @Test
  void memoryStaysBounded() {
    AmplitudeRaster image = speckle(9, 10);
    LocalMeanCorrection following = new LocalMeanCorrection(speckle(10, 10), 1, 1);
    following.apply(image);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    following.apply(image);
    double perPixel = (thread.getCurrentThreadAllocatedBytes() - before) / (double) (SIDE * SIDE);
    assertTrue(perPixel < 60, perPixel + " bytes per pixel");
  }
}
