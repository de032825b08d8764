package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.weights.Float32Cache;

/** Tiles of the default model's encoder against its encoding of the whole. */
class VaeEncoderTest {
  private static final int SIDE = 96;

  @Test
  void tilesEncodeWhatTheWholeDoes() {
    Bundle bundle =
        Bundle.open(Path.of("../models/src/main/resources/org/sardiffusion/models/default"));
    int factor = bundle.vae().factor();
    int side = SIDE * factor;
    float[] amplitude = new float[side * side];
    Random random = new Random(4);
    for (int i = 0; i < amplitude.length; i++) {
      double speckle = 0.2 * Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
      amplitude[i] = (float) Math.min(1, speckle);
    }
    InitImage image = new InitImage(new Size(side, side), amplitude);
    Path graph =
        new Float32Cache(Path.of("target/cache"))
            .float32(bundle.graph(BundlePart.VAE_ENCODER), Progress.NONE, new Cancellation());
    try (GraphSession session = GraphSession.open(graph, SessionSettings.cpu());
        Cancellation cancellation = new Cancellation()) {
      VaeEncoder encoder = new VaeEncoder(bundle.vae(), session, cancellation);
      float[] whole = encoder.encode(image, SIDE).mean();
      float[] tiled = encoder.encode(image, 32).mean();
      float[] margins = encoder.encode(image, SIDE - 2 * VaeTiling.MARGIN).mean();
      assertArrayEquals(whole, margins);
      double squares = 0;
      double power = 0;
      for (int i = 0; i < whole.length; i++) {
        squares += Math.pow(tiled[i] - whole[i], 2);
        power += (double) whole[i] * whole[i];
      }
      double relative = Math.sqrt(squares / power);
      assertTrue(relative > 0 && relative < 0.03, "relative difference " + relative);
    }
  }
}
