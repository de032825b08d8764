package org.sardiffusion.benchmarks;

import java.nio.file.Path;
import java.util.Locale;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.diffusion.StageSeconds;

/**
 * How much of a reverse diffusion is spent outside of ONNX Runtime, once the model is loaded.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar org.sardiffusion.benchmarks.LoopOverhead BUNDLE [STEPS]
 * </pre>
 */
public final class LoopOverhead {
  private static final int REPETITIONS = 5;

  private LoopOverhead() {}

  public static void main(String[] arguments) {
    Bundle bundle = Bundle.open(Path.of(arguments[0]));
    int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 25;
    int side = bundle.defaultWidth();
    GenerationRequest request =
        GenerationRequest.of(
            "A <SAR> image of a dense forest",
            new Size(side, side),
            Sampling.DIFFUSERS.withSteps(steps).withSeed(7));
    try (Model model = Model.open(bundle, ModelOptions.cpu(), System.err::println);
        Cancellation cancellation = new Cancellation()) {
      // The first generation waits for the model.
      model.generate(request, DiffusionListener.NONE, cancellation);
      for (int k = 0; k < REPETITIONS; k++) {
        StageSeconds seconds = model.generate(request, DiffusionListener.NONE, cancellation);
        double outside = seconds.denoise() - seconds.unet();
        System.out.printf(
            Locale.ROOT,
            "%d steps at %dx%d: %.3f s, of which %.2f ms (%.3f %%) outside of session.run%n",
            steps,
            side,
            side,
            seconds.denoise(),
            outside * 1e3,
            100 * outside / seconds.denoise());
      }
    }
  }
}
