package org.sardiffusion.pipelines;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.pipelines.ModelVerification.Check;
import org.sardiffusion.pipelines.ModelVerification.Verdict;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.diffusion.BundleGraphs;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.diffusion.StageSeconds;
import org.sardiffusion.runtime.session.DeviceException;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/**
 * Verifies a bundle: its files against the hashes that it lists, each graph's structure, and that
 * every graph runs and gives finite values, at the smallest size that the model can make.
 */
public final class ModelVerifier {
  private static final String DAMAGED = ". Copy or download the model again.";

  private final Bundle bundle;
  private final ModelOptions options;
  private final Consumer<Check> listener;
  private final List<Check> checks = new ArrayList<>();

  private ModelVerifier(Bundle bundle, ModelOptions options, Consumer<Check> listener) {
    this.bundle = bundle;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Verifies {@code bundle} on the device of {@code options}.
   *
   * @param listener gets each check as soon as it has ended
   * @param notices receives sentences for the user, such as that float16 weights are being
   *     converted
   * @throws CancelledException if {@code cancellation} is used
   */
  public static ModelVerification verify(
      Bundle bundle,
      ModelOptions options,
      Consumer<Check> listener,
      Consumer<String> notices,
      Cancellation cancellation) {
    ModelVerifier verifier = new ModelVerifier(bundle, options, listener);
    verifier.files(cancellation);
    if (verifier.structures()) {
      verifier.check("generation", () -> verifier.generation(notices, cancellation));
      if (bundle.has(BundlePart.VAE_ENCODER)) {
        verifier.check(
            BundlePart.VAE_ENCODER.folder(), () -> verifier.encoding(notices, cancellation));
      }
    } else {
      verifier.report("generation", Verdict.SKIPPED, "a graph can't be read", System.nanoTime());
    }
    return new ModelVerification(verifier.checks);
  }

  private void files(Cancellation cancellation) {
    BundleFiles files = new BundleFiles(bundle);
    long start = System.nanoTime();
    if (files.listed().isEmpty()) {
      report("files", Verdict.NOTED, "there are no hashes to check against", start);
      return;
    }
    int faults = 0;
    long bytes = 0;
    for (String path : files.listed().keySet()) {
      cancellation.check();
      long begin = System.nanoTime();
      Optional<String> fault = files.fault(path);
      if (fault.isPresent()) {
        faults++;
        report(path, Verdict.FAILED, fault.get() + DAMAGED, begin);
      }
      bytes += files.listed().get(path).bytes();
    }
    for (String path : files.unlisted()) {
      report(path, Verdict.NOTED, "is not listed in sar_config.json", System.nanoTime());
    }
    if (faults == 0) {
      report(
          "files",
          Verdict.PASSED,
          "%d files, %d bytes, are as sar_config.json lists them"
              .formatted(files.listed().size(), bytes),
          start);
    }
  }

  /** Whether every graph could be read. */
  private boolean structures() {
    List<BundlePart> parts = Arrays.stream(BundlePart.values()).filter(bundle::has).toList();
    boolean sound = true;
    for (BundlePart part : parts) {
      sound &=
          check(
              part.file(),
              () -> {
                ModelInspection.Graph graph = ModelInspection.Graph.of(bundle, part);
                return "%d parameters, %s, opset %d"
                    .formatted(
                        graph.parameters(),
                        graph.precision().name().toLowerCase(Locale.ROOT),
                        graph.opset());
              });
    }
    return sound;
  }

  private Size smallest() {
    return new Size(bundle.sizeMultiple(), bundle.sizeMultiple());
  }

  /** The model itself refuses latents and images that are not finite. */
  private String generation(Consumer<String> notices, Cancellation cancellation) {
    GenerationRequest request =
        GenerationRequest.of(
            "A <SAR> image of a dense forest", smallest(), Sampling.DIFFUSERS.withSteps(1));
    try (Model model = Model.open(bundle, options, notices)) {
      StageSeconds seconds = model.generate(request, DiffusionListener.NONE, cancellation);
      return String.format(
          Locale.ROOT,
          "one step at %s on %s: text encoders %.2f s, UNet %.2f s, VAE decoder %.2f s",
          smallest(),
          options.device(),
          seconds.encode(),
          seconds.unet(),
          seconds.decode());
    }
  }

  private String encoding(Consumer<String> notices, Cancellation cancellation) {
    // One graph alone: no other need be loaded.
    ModelOptions alone = ModelOptions.of(options.sessions()).with(ModelOptions.Memory.LOW);
    try (GraphPool<BundlePart> graphs =
        BundleGraphs.pool(AdaptedBundle.of(bundle, Adapters.NONE), alone, notices)) {
      return graphs.use(BundlePart.VAE_ENCODER, session -> encode(session, cancellation));
    }
  }

  private String encode(GraphSession session, Cancellation cancellation) {
    Size size = smallest();
    String name = session.outputNames().iterator().next();
    int factor = bundle.vae().factor();
    // latent_parameters are mean and log variance side by side, latent_sample is a sample.
    int channels = bundle.vae().latentChannels() * (name.equals("latent_parameters") ? 2 : 1);
    try (HostTensor image = session.newInput("sample", 1, 3, size.height(), size.width());
        HostTensor latents =
            session.newOutput(name, 1, channels, size.height() / factor, size.width() / factor)) {
      session.bind(Map.of("sample", image), Map.of(name, latents)).run(cancellation);
      float[] values = new float[latents.length()];
      latents.get(0, values);
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new DeviceException(
              session.model()
                  + " encodes to values that are not finite. Export the encoder in fp32, or set force_upcast to true"
                  + " in its config.json.");
        }
      }
      return "encoded a grey image of " + size + " on " + options.device();
    }
  }

  /** What is checked: returns what was found, throws what is wrong. */
  private interface Examination {
    String found();
  }

  private boolean check(String subject, Examination examination) {
    long start = System.nanoTime();
    try {
      report(subject, Verdict.PASSED, examination.found(), start);
      return true;
    } catch (CancelledException e) {
      throw e;
    } catch (SarDiffusionException e) {
      report(subject, Verdict.FAILED, e.getMessage(), start);
      return false;
    }
  }

  private void report(String subject, Verdict verdict, String detail, long start) {
    Check check = new Check(subject, verdict, detail, (System.nanoTime() - start) * 1e-9);
    checks.add(check);
    listener.accept(check);
  }
}
