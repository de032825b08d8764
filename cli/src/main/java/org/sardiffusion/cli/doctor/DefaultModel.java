package org.sardiffusion.cli.doctor;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.io.UserCache;
import org.sardiffusion.models.DefaultBundle;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.diffusion.BundleGraphs;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/** The embedded model and the tokenizers' native library, which it needs. */
final class DefaultModel implements Examination {
  private static final String MODEL = "Default model";
  private static final String TOKENIZER = "Tokenizer";

  @Override
  public List<Finding> findings() {
    if (!DefaultBundle.isEmbedded()) {
      return List.of(
          Finding.missing(MODEL, "this build holds none", "Name a model bundle with --model DIR."));
    }
    try {
      Bundle bundle = Bundle.open(DefaultBundle.install(UserCache.folder()));
      List<Finding> findings = new ArrayList<>();
      findings.add(tokenizer(bundle.root().resolve("tokenizer_2")));
      findings.add(graphs(bundle));
      return findings;
    } catch (SarDiffusionException | UncheckedIOException e) {
      return List.of(Finding.problem(MODEL, e.getMessage()));
    }
  }

  private static Finding tokenizer(Path folder) {
    long start = System.nanoTime();
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      tokenizer.encode("radar");
      return Finding.ok(TOKENIZER, "its native library works; loaded in " + Elapsed.since(start));
    } catch (SarDiffusionException e) {
      return Finding.problem(TOKENIZER, e.getMessage());
    }
  }

  private static Finding graphs(Bundle bundle) {
    long start = System.nanoTime();
    List<String> notices = new ArrayList<>();
    try (GraphPool<BundlePart> graphs =
        BundleGraphs.pool(
            AdaptedBundle.of(bundle, Adapters.NONE), ModelOptions.cpu(), notices::add)) {
      for (BundlePart part : List.of(BundlePart.UNET, BundlePart.VAE_DECODER)) {
        graphs.use(part, session -> session.outputNames());
      }
      return Finding.ok(MODEL, bundle.name() + "; loaded in " + Elapsed.since(start));
    } catch (SarDiffusionException e) {
      return Finding.problem(MODEL, e.getMessage());
    }
  }
}
