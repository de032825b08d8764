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

  static final Sampling SAMPLING = Sampling.DIFFUSERS.withSeed(7).withSteps(4);

  static List<GeneratedImage> generate(ReverseDiffusion engine, GenerationRequest request) {
    return generate(engine, request, Execution.ONE_BY_ONE);
  }

  static List<GeneratedImage> generate(
      ReverseDiffusion engine, GenerationRequest request, Execution execution) {
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      engine.generate(
          request,
          execution,
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

  static GenerationRequest request(int side) {
    return request(side, SAMPLING);
  }

  static GenerationRequest request(int side, Sampling sampling) {
    return GenerationRequest.of("A <SAR> image of a forest", new Size(side, side), sampling);
  }
}
