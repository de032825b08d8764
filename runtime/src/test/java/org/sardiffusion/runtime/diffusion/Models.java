package org.sardiffusion.runtime.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;

/** Models on tiny bundles. */
final class Models {
  private Models() {}

  static Model open(String bundle, ModelOptions.Memory memory) {
    return Model.open(
        Bundle.open(TestBundles.folder(bundle)), ModelOptions.cpu().with(memory), notice -> {});
  }

  static final Sampling SAMPLING = Sampling.DIFFUSERS.withSeed(7).withSteps(4);

  static List<GeneratedImage> generate(Model model, GenerationRequest request) {
    return generate(model, request, Execution.ONE_BY_ONE);
  }

  static List<GeneratedImage> generate(
      Model model, GenerationRequest request, Execution execution) {
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(
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
