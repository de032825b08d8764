package org.sardiffusion.runtime.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.session.SessionSettings;

/** Engines on tiny bundles. */
final class Engines {
  private Engines() {}

  static ReverseDiffusion open(String bundle, EngineSettings.Memory memory) {
    return ReverseDiffusion.open(
        Bundle.open(TestBundles.folder(bundle)),
        new EngineSettings(SessionSettings.cpu(), memory),
        notice -> {});
  }

  static List<GeneratedImage> generate(ReverseDiffusion engine, DiffusionRequest request) {
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
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
    return images;
  }

  static DiffusionRequest.Builder request(int side) {
    return DiffusionRequest.builder("A <SAR> image of a forest", new Size(side, side))
        .seed(7)
        .steps(4);
  }
}
