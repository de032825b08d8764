package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.schedule.ScheduleRequest;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.session.DeviceException;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.text.PromptEncoder;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.AdapterIdentity;

/**
 * An opened bundle with its adapters, on a device: what every task works with. It is opened once,
 * by whoever runs the tasks, and closed to free its memory.
 *
 * <p>By itself it makes images in memory: encode the prompt, draw noise (and add it to the image to
 * start from, if there is one), then predict, guide and step until the noise is an image's latents,
 * and decode them.
 *
 * <p>The reference are diffusers' pipelines for Stable Diffusion XL, from text, from an image, with
 * ControlNets, and inpainting: the same weights, seed and options give the same latents. Several
 * threads may use it at once, but not with and without ControlNets at the same time: one of the
 * UNet's graphs makes room for the other.
 */
public final class Model implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Model.class.getName());

  private final Bundle bundle;
  private final ModelOptions options;
  private final GraphPool<BundlePart> graphs;
  private final GuidanceEncoder guidance;
  private final SchedulerConfig schedulerConfig;
  private final CompletableFuture<ModelIdentity> identity;
  private final CompletableFuture<List<AdapterIdentity>> adapters;

  private Model(AdaptedBundle adapted, ModelOptions options, GraphPool<BundlePart> graphs) {
    this.bundle = adapted.bundle();
    this.options = options;
    this.graphs = graphs;
    this.schedulerConfig = SchedulerConfig.read(bundle.schedulerConfig(), bundle.schedulerClass());
    this.guidance =
        new GuidanceEncoder(
            bundle,
            new EmbeddingCache(new PromptEncoder(bundle, graphs, adapted::tokens)),
            adapted.learnedTokens());
    // Hashing many gigabytes takes a while, and no task needs it before its first file.
    this.identity = CompletableFuture.supplyAsync(() -> ModelIdentity.of(bundle));
    this.adapters = CompletableFuture.supplyAsync(() -> options.adapters().identities());
  }

  /**
   * Opens a model. Its graphs are loaded by the first request that it can fulfil.
   *
   * @param notices receives sentences for the user, such as that float16 weights are being
   *     converted
   * @throws org.sardiffusion.core.SarDiffusionException if the adapters are damaged or do not fit
   *     the bundle
   */
  public static Model open(Bundle bundle, ModelOptions options, Consumer<String> notices) {
    AdaptedBundle adapted = AdaptedBundle.of(bundle, options.adapters());
    adapted.warnings().forEach(notices);
    GraphPool<BundlePart> graphs = BundleGraphs.pool(adapted, options, notices);
    try {
      return new Model(adapted, options, graphs);
    } catch (RuntimeException e) {
      graphs.close();
      throw e;
    }
  }

  /** Likewise; notices go to the log of this class. */
  public static Model open(Bundle bundle, ModelOptions options) {
    return open(bundle, options, notice -> LOGGER.log(System.Logger.Level.INFO, notice));
  }

  /** What was opened. */
  public Bundle bundle() {
    return bundle;
  }

  /** How it was opened. */
  public ModelOptions options() {
    return options;
  }

  /**
   * Which model this is; waits until the bundle is read, where it holds no hashes of its files.
   *
   * @throws BundleException if a file can't be read
   */
  public ModelIdentity identity() {
    return await(identity);
  }

  /** What was added to it, in order. */
  public List<AdapterIdentity> adapters() {
    return await(adapters);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** One image of a prompt, of the model's own size, sampled as the model recommends. */
  public GenerationRequest request(String prompt) {
    return GenerationRequest.of(
        prompt, new Size(bundle.defaultWidth(), bundle.defaultHeight()), Sampling.defaults(bundle));
  }

  /**
   * Generates the images of a request; {@code listener} gets each as soon as it is complete.
   *
   * @throws GenerationException if the model can't make what is asked for
   * @throws DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public StageSeconds generate(
      GenerationRequest request,
      Execution execution,
      DiffusionListener listener,
      Cancellation cancellation) {
    return withinMemory(
        request.size(),
        () -> new ImageDiffusion(this, listener, cancellation).generate(request, execution));
  }

  /** Likewise, one whole image after the other. */
  public StageSeconds generate(
      GenerationRequest request, DiffusionListener listener, Cancellation cancellation) {
    return generate(request, Execution.ONE_BY_ONE, listener, cancellation);
  }

  /**
   * Performs the reverse process of several requests in one run: each image is the one that its
   * request makes alone, up to rounding. {@link #decode} completes them, and may run on another
   * thread while the next images are on their way.
   *
   * @param requests all of one {@link GenerationRequest#batchKey}
   * @return the images in the order of their requests
   * @throws GenerationException if the requests differ where they must not, or as {@link #generate}
   * @throws DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public List<DenoisedImage> denoiseBatch(
      List<GenerationRequest> requests, DiffusionListener listener, Cancellation cancellation) {
    return withinMemory(
        requests.get(0).size(),
        () -> new ImageDiffusion(this, listener, cancellation).denoiseBatch(requests));
  }

  /**
   * Decodes an image.
   *
   * @throws GenerationException if the decoder's values are not finite
   * @throws DeviceException if memory runs out or the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public GeneratedImage decode(DenoisedImage image, Cancellation cancellation) {
    return withinMemory(
        image.size(),
        () -> new ImageDiffusion(this, DiffusionListener.NONE, cancellation).decode(image));
  }

  GuidanceEncoder guidance() {
    return guidance;
  }

  /** Whether a request can be made, and of what latents. */
  RequestValidator validator() {
    return new RequestValidator(bundle);
  }

  /**
   * The schedule of images.
   *
   * @throws org.sardiffusion.runtime.schedule.SchedulerException if there is none for these steps
   */
  Schedule schedule(Sampling sampling) {
    return Schedule.of(
        new ScheduleRequest(sampling.sampler(), schedulerConfig, sampling.steps(), sampling.eta()));
  }

  Denoiser.Settings denoiserSettings(Guidance by, Cancellation cancellation) {
    return new Denoiser.Settings(
        guidance.embedding(by),
        options.memory() == ModelOptions.Memory.LOW ? Denoiser.Calls.TWO : Denoiser.Calls.ONE,
        cancellation);
  }

  /** Starts to load all that is needed first, side by side. */
  void preload(Optional<ControlScales> control) {
    graphs.preload(
        Stream.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2, network(control))
            .filter(bundle::has)
            .toList());
  }

  /** Runs work with the UNet that has ControlNets or not. */
  <T> T useUNet(Optional<ControlScales> control, Function<GraphSession, T> work) {
    return graphs.use(network(control), work);
  }

  /** The UNet that has ControlNets or not; the other one makes room for it. */
  private BundlePart network(Optional<ControlScales> control) {
    boolean controlled = control.isPresent();
    graphs.release(controlled ? BundlePart.UNET : BundlePart.UNET_CONTROLNET);
    return controlled ? BundlePart.UNET_CONTROLNET : BundlePart.UNET;
  }

  /** Runs work with the VAE's decoder. */
  <T> T useDecoder(Cancellation cancellation, Function<VaeDecoder, T> work) {
    return graphs.use(
        BundlePart.VAE_DECODER,
        session -> work.apply(new VaeDecoder(bundle.vae(), session, cancellation)));
  }

  /** Runs work with the VAE's encoder. */
  <T> T useEncoder(Cancellation cancellation, Function<VaeEncoder, T> work) {
    return graphs.use(
        BundlePart.VAE_ENCODER,
        session -> work.apply(new VaeEncoder(bundle.vae(), session, cancellation)));
  }

  /** Words the end of Java's memory. */
  static <T> T withinMemory(Size size, Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          String.format(
              "Images of %s need more than the %d MB that Java may take: make smaller images or fewer at once, or allow"
                  + " more (JAVA_TOOL_OPTIONS=-Xmx8g).",
              size, Runtime.getRuntime().maxMemory() >> 20),
          e);
    }
  }

  @Override
  public void close() {
    guidance.close();
    graphs.close();
  }
}
