package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.weights.Float32Cache;

/** Tiles of the default model's decoder, a trained one, against its decoding of the whole. */
class VaeDecoderTest {
  private static final int SIDE = 96;
  private static final int FACTOR = 4;
  private static final int TILE = 32;
  private static final int PIXELS = SIDE * FACTOR;
  private static final int TILE_PIXELS = TILE * FACTOR;

  private static Bundle bundle;
  private static GraphSession decoder;

  @BeforeAll
  static void open() {
    bundle = Bundle.open(Path.of("../models/src/main/resources/org/sardiffusion/models/default"));
    decoder = session(BundlePart.VAE_DECODER);
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  private static GraphSession session(BundlePart part) {
    Path graph =
        new Float32Cache(Path.of("target/cache"))
            .float32(bundle.graph(part), Progress.NONE, new Cancellation());
    return GraphSession.open(graph, SessionSettings.cpu());
  }

  @Test
  void evenLatentsHaveNoSeams() {
    Random random = new Random(1);
    float[] latents = new float[4 * SIDE * SIDE];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) random.nextGaussian();
    }
    Comparison even = compare("Even latents", latents);
    assertTrue(even.rms < 0.008, even.toString());
    assertTrue(even.seamRms < 1.1 * even.rms, even.toString());
    assertTrue(even.step < 0.004, even.toString());
  }

  /** A calm field, grass and bright trees: statistics differ from tile to tile. */
  @Test
  void unevenScenesKeepTheirBrightnessAcrossSeams() {
    Random random = new Random(2);
    float[] scene = new float[PIXELS * PIXELS];
    for (int y = 0; y < PIXELS; y++) {
      for (int x = 0; x < PIXELS; x++) {
        double mean = y > 220 && x > 220 ? 0.35 : x < 150 ? 0.02 : 0.08;
        double speckle = mean * Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        scene[y * PIXELS + x] = (float) Math.min(1, speckle);
      }
    }
    Comparison uneven = compare("An uneven scene", encode(scene));
    assertTrue(uneven.step < 0.015, uneven.toString());
    assertTrue(uneven.seamRms < 1.2 * uneven.rms, uneven.toString());
    // At the border of the image a dark tile has few neighbours to be brought to.
    assertTrue(uneven.darkest > 0.85 && uneven.brightest < 1.2, uneven.toString());
  }

  @Test
  void anImageOfOneTileWithItsMarginsIsDecodedWhole() {
    float[] latents = new float[4 * 64 * 48];
    Random random = new Random(3);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) random.nextGaussian();
    }
    assertArrayEquals(decode(latents, 64, 48, 1000), decode(latents, 64, 48, 32));
  }

  /**
   * @param rms of tiled minus whole
   * @param seamRms the same within two pixels of a seam
   * @param step mean, along the seams, of how much the error changes from the 8 pixels on one side
   *     to those on the other
   * @param darkest smallest ratio of a tile's mean to what it should be
   * @param brightest largest ratio
   */
  private record Comparison(
      double rms, double seamRms, double step, double darkest, double brightest) {}

  private static Comparison compare(String what, float[] latents) {
    float[] whole = decode(latents, SIDE, SIDE, 1000);
    float[] tiled = decode(latents, SIDE, SIDE, TILE);
    double squares = 0;
    double seamSquares = 0;
    int seamPixels = 0;
    double[] means = new double[9];
    double[] expected = new double[9];
    double step = 0;
    int steps = 0;
    for (int y = 0; y < PIXELS; y++) {
      for (int x = 0; x < PIXELS; x++) {
        int i = y * PIXELS + x;
        double error = tiled[i] - whole[i];
        squares += error * error;
        int inside = x % TILE_PIXELS;
        boolean seam =
            (inside < 2 && x > 2) || (inside >= TILE_PIXELS - 2 && x < PIXELS - TILE_PIXELS);
        if (seam) {
          seamSquares += error * error;
          seamPixels++;
        }
        int tile = y / TILE_PIXELS * 3 + x / TILE_PIXELS;
        means[tile] += tiled[i];
        expected[tile] += whole[i];
      }
      for (int seam = TILE_PIXELS; seam < PIXELS; seam += TILE_PIXELS) {
        double change = 0;
        for (int k = 0; k < 8; k++) {
          int at = y * PIXELS + seam;
          change += tiled[at + k] - whole[at + k] - tiled[at - 1 - k] + whole[at - 1 - k];
        }
        step += Math.abs(change / 8);
        steps++;
      }
    }
    double darkest = Double.MAX_VALUE;
    double brightest = 0;
    for (int tile = 0; tile < 9; tile++) {
      darkest = Math.min(darkest, means[tile] / expected[tile]);
      brightest = Math.max(brightest, means[tile] / expected[tile]);
    }
    Comparison result =
        new Comparison(
            Math.sqrt(squares / whole.length),
            Math.sqrt(seamSquares / seamPixels),
            step / steps,
            darkest,
            brightest);
    System.out.println(what + " in tiles: " + result);
    return result;
  }

  private static float[] decode(float[] latents, int height, int width, int tile) {
    float[] scaled = latents.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= (float) bundle.vae().scalingFactor();
    }
    try (Cancellation cancellation = new Cancellation()) {
      return ImageDiffusion.decode(
          new VaeDecoder(bundle.vae(), decoder, cancellation),
          new DenoisedImage(
              0,
              new Size(width * FACTOR, height * FACTOR),
              tile,
              scaled,
              new LatentShape(1, 4, height, width)));
    }
  }

  /** The mean of what the encoder makes of an amplitude image. */
  private static float[] encode(float[] amplitude) {
    try (GraphSession encoder = session(BundlePart.VAE_ENCODER);
        Cancellation cancellation = new Cancellation();
        HostTensor input = encoder.newInput("sample", 1, 3, PIXELS, PIXELS);
        HostTensor output = encoder.newOutput("latent_parameters", 1, 8, SIDE, SIDE)) {
      float[] channel = new float[amplitude.length];
      for (int i = 0; i < channel.length; i++) {
        channel[i] = 2 * amplitude[i] - 1;
      }
      for (int c = 0; c < 3; c++) {
        input.put(c * channel.length, channel);
      }
      encoder.bind(Map.of("sample", input), Map.of("latent_parameters", output)).run(cancellation);
      float[] mean = new float[4 * SIDE * SIDE];
      output.get(0, mean);
      return mean;
    }
  }
}
