package org.sardiffusion.runtime.diffusion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.MachineMemory;
import org.sardiffusion.runtime.weights.Float32Cache;
import org.sardiffusion.runtime.weights.OnnxGraph;
import org.sardiffusion.runtime.weights.PatchedGraph;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;

/** The graphs of a bundle in the element type that their device runs well. */
public final class BundleGraphs {
  /** What sessions need beyond their weights: packed copies, activations, the arena's slack. */
  private static final double OVERHEAD = 1.3;

  private final Bundle bundle;
  private final AdaptedBundle adapted;
  private final ModelOptions options;
  private final Consumer<String> notices;
  private final Float32Cache cache;

  private BundleGraphs(
      AdaptedBundle adapted, ModelOptions options, Consumer<String> notices, Float32Cache cache) {
    this.bundle = adapted.bundle();
    this.adapted = adapted;
    this.options = options;
    this.notices = notices;
    this.cache = cache;
  }

  /**
   * The graphs of {@code adapted}, none of them loaded yet.
   *
   * @param notices receives sentences for the user, such as that float16 weights are being
   *     converted
   */
  public static GraphPool<BundlePart> pool(
      AdaptedBundle adapted, ModelOptions options, Consumer<String> notices) {
    return pool(adapted, options, notices, Float32Cache.ofUser());
  }

  /** Likewise, with converted weights in {@code cache}. */
  static GraphPool<BundlePart> pool(
      AdaptedBundle adapted, ModelOptions options, Consumer<String> notices, Float32Cache cache) {
    BundleGraphs graphs = new BundleGraphs(adapted, options, notices, cache);
    return new GraphPool<>(BundlePart.class, options.residency(graphs.fit()), graphs::open);
  }

  private GraphSession open(BundlePart part) {
    OnnxGraph graph = OnnxGraph.read(bundle.graph(part));
    if (graph.usesFloat16() && needsFloat32(part)) {
      graph =
          part == BundlePart.UNET_CONTROLNET
              ? cache.float32(
                  graph,
                  OnnxGraph.read(bundle.graph(BundlePart.UNET)),
                  new Announcement(part),
                  new Cancellation())
              : cache.float32(graph, new Announcement(part), new Cancellation());
    }
    return adapted.changes(part)
        ? GraphSession.open(PatchedGraph.of(graph, adapted.edits(part, graph)), options.sessions())
        : GraphSession.open(graph.file(), options.sessions());
  }

  /**
   * ONNX Runtime has no float16 kernels for processors: it would convert every weight at every run.
   * And float16 VAEs that ask for {@code force_upcast} overflow, to black images, anywhere.
   */
  private boolean needsFloat32(BundlePart part) {
    return options.device() instanceof Device.Cpu || (isVae(part) && bundle.vae().forceUpcast());
  }

  private static boolean isVae(BundlePart part) {
    return part == BundlePart.VAE_DECODER || part == BundlePart.VAE_ENCODER;
  }

  private boolean fit() {
    if (!(options.device() instanceof Device.Cpu)) {
      return true;
    }
    double needed = 0;
    for (BundlePart part :
        List.of(
            BundlePart.TEXT_ENCODER,
            BundlePart.TEXT_ENCODER_2,
            bundle.has(BundlePart.UNET_CONTROLNET) ? BundlePart.UNET_CONTROLNET : BundlePart.UNET,
            BundlePart.VAE_DECODER)) {
      needed += bytes(part);
    }
    boolean half = bundle.sar().map(sar -> sar.dtype().equals("fp16")).orElse(false);
    needed *= OVERHEAD * (half ? 2 : 1);
    double available = MachineMemory.now().availableBytes();
    if (needed <= available) {
      return true;
    }
    notices.accept(
        String.format(
            "The model's parts need about %.1f GB together and %.1f GB are free: they are loaded one at a time.",
            needed * 1e-9, available * 1e-9));
    return false;
  }

  private long bytes(BundlePart part) {
    Path folder = bundle.graph(part).getParent();
    String other = bundle.graph(BundlePart.UNET_CONTROLNET).getFileName().toString();
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().contains(".onnx"))
          .filter(
              f ->
                  part == BundlePart.UNET_CONTROLNET
                      || !f.getFileName().toString().startsWith(other))
          .mapToLong(f -> f.toFile().length())
          .sum();
    } catch (IOException e) {
      // Opening the graph will report it properly.
      return 0;
    }
  }

  /** Says once, when a conversion starts, why the first run takes longer. */
  private final class Announcement implements Progress {
    private final BundlePart part;
    private boolean announced;

    private Announcement(BundlePart part) {
      this.part = part;
    }

    @Override
    public void note(String message) {
      notices.accept(message);
    }

    @Override
    public void advanced(String stage, long done, long total) {
      if (!announced) {
        announced = true;
        notices.accept(
            String.format(
                "%s holds float16 weights, which run in float32 here; converting them once (%.2f GB, kept in %s).",
                part.id(), total * 1e-9, cache.root()));
      }
    }
  }
}
