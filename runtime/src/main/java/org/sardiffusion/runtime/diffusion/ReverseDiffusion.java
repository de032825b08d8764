package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.noise.BatchNoise;
import org.sardiffusion.runtime.noise.TorchGenerator;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.Sampler;
import org.sardiffusion.runtime.schedule.Schedule;
import org.sardiffusion.runtime.schedule.ScheduleRequest;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.session.DeviceException;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.text.EncodedPrompt;
import org.sardiffusion.runtime.text.PromptEncoder;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;

/**
 * A loaded model and the reverse diffusion that it performs: encode the prompt, draw noise (and add
 * it to the image to start from, if there is one), then predict, guide and step until the noise is
 * an image's latents, and decode them.
 *
 * <p>The reference are diffusers' pipelines for Stable Diffusion XL, from text, from an image, with
 * ControlNets, and inpainting: the same weights, seed and options give the same latents. Several
 * threads may use it at once, but not with and without ControlNets at the same time: one of the
 * UNet's graphs makes room for the other. Close it to free the model's memory.
 */
public final class ReverseDiffusion implements AutoCloseable {
  private final Bundle bundle;
  private final Denoiser.Calls calls;
  private final GraphPool<BundlePart> graphs;
  private final EmbeddingCache encoder;
  private final SchedulerConfig schedulerConfig;

  private ReverseDiffusion(
      AdaptedBundle adapted, Denoiser.Calls calls, GraphPool<BundlePart> graphs) {
    this.bundle = adapted.bundle();
    this.calls = calls;
    this.graphs = graphs;
    this.schedulerConfig = SchedulerConfig.read(bundle.schedulerConfig());
    this.encoder = new EmbeddingCache(new PromptEncoder(bundle, graphs, adapted::tokens));
  }

  /**
   * Opens a model. Its graphs are loaded by the first request that it can fulfil.
   *
   * @param notices receives sentences for the user, such as that float16 weights are being
   *     converted
   * @throws org.sardiffusion.core.SarDiffusionException if the adapters are damaged or do not fit
   *     the bundle
   */
  public static ReverseDiffusion open(
      Bundle bundle, EngineSettings settings, Consumer<String> notices) {
    AdaptedBundle adapted = AdaptedBundle.of(bundle, settings.adapters());
    adapted.warnings().forEach(notices);
    GraphPool<BundlePart> graphs = BundleGraphs.pool(adapted, settings, notices);
    try {
      return new ReverseDiffusion(
          adapted,
          settings.memory() == EngineSettings.Memory.LOW ? Denoiser.Calls.TWO : Denoiser.Calls.ONE,
          graphs);
    } catch (RuntimeException e) {
      graphs.close();
      throw e;
    }
  }

  /**
   * Generates the images of a request; {@code listener} gets each as soon as it is complete.
   *
   * @throws GenerationException if the model can't make what is asked for
   * @throws DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public StageSeconds generate(
      DiffusionRequest request, DiffusionListener listener, Cancellation cancellation) {
    return withinMemory(
        request,
        () -> {
          LatentShape image = new RequestValidator(bundle).check(request);
          preload(request);
          return generate(request, image, listener, cancellation);
        });
  }

  /**
   * Performs the reverse process of several requests in one run: each image is the one that its
   * request makes alone, up to rounding. {@link #decode} completes them, and may run on another
   * thread while the next images are on their way.
   *
   * @param requests of one image each, made from noise alone, equal in size, steps, sampler, eta,
   *     guidance and decoder tile; prompts, seeds and micro-conditioning may differ
   * @return the images in the order of their requests
   * @throws GenerationException if the requests differ where they must not, or as {@link #generate}
   * @throws DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public List<DenoisedImage> denoiseBatch(
      List<DiffusionRequest> requests, DiffusionListener listener, Cancellation cancellation) {
    DiffusionRequest first = requests.get(0);
    for (DiffusionRequest request : requests) {
      requireOneBatch(first, request);
    }
    return withinMemory(
        first,
        () -> {
          LatentShape image = new RequestValidator(bundle).check(first, requests.size());
          preload(first);
          Denoiser.GuidanceInputs guidanceInputs =
              Denoiser.GuidanceInputs.together(
                  requests.stream()
                      .map(request -> encode(request, listener, cancellation))
                      .toList());
          List<Long> seeds = requests.stream().map(DiffusionRequest::seed).toList();
          Run run =
              new Run(
                  first,
                  schedule(first),
                  Optional.empty(),
                  0,
                  seeds,
                  image.times(seeds.size()),
                  listener,
                  cancellation);
          float[] latents = denoise(run, guidanceInputs, new Stopwatch());
          int length = image.imageLength();
          return IntStream.range(0, seeds.size())
              .mapToObj(
                  k ->
                      new DenoisedImage(
                          requests.get(k),
                          Arrays.copyOfRange(latents, k * length, (k + 1) * length),
                          image))
              .toList();
        });
  }

  /**
   * Decodes an image.
   *
   * @throws GenerationException if the decoder's values are not finite
   * @throws DeviceException if memory runs out or the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public GeneratedImage decode(DenoisedImage image, Cancellation cancellation) {
    DiffusionRequest request = image.request();
    LatentShape shape = image.shape();
    VaeDecoder decoder = new VaeDecoder(bundle.vae(), request.decodeTile());
    float[] amplitude =
        withinMemory(
            request,
            () ->
                graphs.use(
                    BundlePart.VAE_DECODER,
                    session ->
                        decoder.decode(
                            session,
                            image.latents(),
                            shape.height(),
                            shape.width(),
                            cancellation)));
    return new GeneratedImage(0, request.seed(), request.size(), amplitude, image.latents(), shape);
  }

  /**
   * Runs work that predicts the noise of tiles of latents that it holds itself.
   *
   * @throws GenerationException if the model can't make such tiles
   * @throws DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public <T> T predictTiles(
      TileRequest request,
      DiffusionListener listener,
      Cancellation cancellation,
      Function<TileNetwork, T> work) {
    DiffusionRequest tile = request.tile();
    return withinMemory(
        tile,
        () -> {
          LatentShape shape = new RequestValidator(bundle).check(tile);
          TileNetwork.Plan plan =
              new TileNetwork.Plan(shape, tile.size(), schedule(tile).timesteps(), request.first());
          preload(tile);
          List<Denoiser.GuidanceInputs> guidanceInputs =
              request.prompts().stream()
                  .map(prompt -> encode(tile.withPrompt(prompt), listener, cancellation))
                  .toList();
          return graphs.use(
              network(tile),
              session -> {
                TileNetwork network =
                    new TileNetwork(
                        session,
                        plan,
                        guidanceInputs,
                        new Denoiser.Settings(guidanceEmbedding(tile), calls),
                        cancellation);
                try {
                  return work.apply(network);
                } finally {
                  network.close();
                }
              });
        });
  }

  /**
   * Runs work that decodes tiles of latents that it holds itself.
   *
   * @throws DeviceException if memory runs out or the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public <T> T decodeTiles(Cancellation cancellation, Function<TileDecoder, T> work) {
    VaeDecoder decoder = new VaeDecoder(bundle.vae(), DiffusionRequest.DECODE_TILE);
    return graphs.use(
        BundlePart.VAE_DECODER,
        session ->
            work.apply(
                (latents, height, width) ->
                    decoder.decodeOnce(session, latents, height, width, cancellation)));
  }

  /**
   * Runs work that encodes tiles of an image that it holds itself.
   *
   * @throws GenerationException if the model has no encoder
   * @throws DeviceException if memory runs out or the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public <T> T encodeTiles(Cancellation cancellation, Function<TileEncoder, T> work) {
    requireEncoder();
    VaeEncoder encoder = new VaeEncoder(bundle.vae(), DiffusionRequest.DECODE_TILE);
    return graphs.use(
        BundlePart.VAE_ENCODER,
        session ->
            work.apply(
                (amplitude, height, width, noise) ->
                    encoder.encodeOnce(
                        session,
                        amplitude,
                        new LatentWindow(0, 0, height, width),
                        noise,
                        cancellation)));
  }

  /**
   * Says before any work whether {@link #encodeTiles} can run.
   *
   * @throws GenerationException if the model has no encoder
   */
  public void requireEncoder() {
    new RequestValidator(bundle).requireEncoder();
  }

  /**
   * The evaluation that a process from an image begins with.
   *
   * @param strength how much of the process is run, above 0 to 1
   * @throws GenerationException if that is less than one step
   */
  public int firstEvaluation(DiffusionRequest request, double strength) {
    return EncodedInit.firstEvaluation(schedule(request), strength);
  }

  /**
   * The shape of the latents of one of a request's images.
   *
   * @throws GenerationException if the model can't make what is asked for
   */
  public LatentShape latentShape(DiffusionRequest request) {
    return new RequestValidator(bundle).check(request);
  }

  /**
   * The schedule of a request's images.
   *
   * @throws org.sardiffusion.runtime.schedule.SchedulerException if there is none for these steps
   */
  public Schedule schedule(DiffusionRequest request) {
    return Schedule.of(
        new ScheduleRequest(request.sampler(), schedulerConfig, request.steps(), request.eta()));
  }

  private static void requireOneBatch(DiffusionRequest first, DiffusionRequest request) {
    boolean same =
        request.count() == 1
            && request.init() instanceof Init.Noise
            && request.control().isEmpty()
            && request.cover().isEmpty()
            && request.size().equals(first.size())
            && request.steps().equals(first.steps())
            && request.sampler().equals(first.sampler())
            && request.eta() == first.eta()
            && request.guidance().equals(first.guidance())
            && request.decodeTile() == first.decodeTile();
    if (!same) {
      throw new GenerationException(
          "Images that are made together must start from noise alone, without tiles, be of one size,"
              + " schedule, guidance and decoder tile, and one of each request.");
    }
  }

  private static <T> T withinMemory(DiffusionRequest request, Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          String.format(
              "Images of %s need more than the %d MB that Java may take: make smaller images or fewer at once, or allow"
                  + " more (JAVA_TOOL_OPTIONS=-Xmx8g).",
              request.size(), Runtime.getRuntime().maxMemory() >> 20),
          e);
    }
  }

  private StageSeconds generate(
      DiffusionRequest request,
      LatentShape image,
      DiffusionListener listener,
      Cancellation cancellation) {
    Stopwatch watch = new Stopwatch();
    Denoiser.GuidanceInputs guidanceInputs =
        watch.encode(() -> encode(request, listener, cancellation));
    Optional<EncodedInit> init = watch.encode(() -> encodeInit(request, cancellation));
    Schedule schedule = schedule(request);
    for (int first = 0; first < request.count(); first += request.batch()) {
      int batch = Math.min(request.batch(), request.count() - first);
      long seed = request.seed() + first;
      List<Long> seeds = LongStream.range(0, batch).map(k -> seed + k).boxed().toList();
      Run run =
          new Run(
              request, schedule, init, first, seeds, image.times(batch), listener, cancellation);
      Denoiser.GuidanceInputs all =
          Denoiser.GuidanceInputs.together(Collections.nCopies(batch, guidanceInputs));
      float[] latents = watch.denoise(() -> denoise(run, all, watch));
      watch.decode(() -> decode(run, latents));
    }
    return watch.seconds();
  }

  /**
   * One batch on its way.
   *
   * @param request what its images have in common
   * @param schedule that of the request
   * @param first the index of its first image
   * @param seeds one for each image
   */
  private record Run(
      DiffusionRequest request,
      Schedule schedule,
      Optional<EncodedInit> init,
      int first,
      List<Long> seeds,
      LatentShape shape,
      DiffusionListener listener,
      Cancellation cancellation) {

    BatchNoise noise() {
      return new BatchNoise(seeds.stream().map(TorchGenerator::new).toList());
    }

    /** Where the batch starts: from noise, or from the request's image. */
    InitialState departure(Schedule schedule, BatchNoise noise) {
      return init.map(image -> image.departure(schedule, noise, shape))
          .orElseGet(() -> InitialState.fromNoise(schedule, noise, shape));
    }
  }

  private Denoiser.GuidanceInputs encode(
      DiffusionRequest request, DiffusionListener listener, Cancellation cancellation) {
    EncodedPrompt prompt = encoder.encode(request.prompt(), request.clipSkip(), cancellation);
    prompt.warnings().forEach(listener::warning);
    int timeIds = timeIdCount(prompt);
    // A tile is all that the UNet sees, and of the size that it was trained on.
    Size seen =
        request.cover().map(cover -> cover.tileSize(bundle.vae().factor())).orElse(request.size());
    boolean guess = request.control().filter(c -> c.mode() == Control.Mode.GUESS).isPresent();
    Conditioning positive =
        new Conditioning(
            prompt,
            request.conditioning().timeIds(seen, timeIds),
            guess ? ResidualWeighting.GRADED : ResidualWeighting.ALL);
    // A distilled UNet takes the guidance scale as an input and needs no second prediction.
    boolean guided =
        request.guidance().active() && bundle.unet().guidanceEmbeddingWidth().isEmpty();
    if (!guided) {
      return new Denoiser.GuidanceInputs(
          List.of(positive), Optional.empty(), request.guidance(), request.control());
    }
    EncodedPrompt negative;
    if (request.negativePrompt().isEmpty() && bundle.zeroEmptyNegative()) {
      negative = prompt.zeros();
    } else {
      // diffusers skips layers for the prompt only.
      negative = encoder.encode(request.negativePrompt().orElse(""), 0, cancellation);
      negative.warnings().forEach(w -> listener.warning("Negative prompt: " + w));
    }
    MicroConditioning away =
        request.negativeConditioning().orElse(request.conditioning().forNegative());
    return new Denoiser.GuidanceInputs(
        List.of(positive),
        Optional.of(
            List.of(
                new Conditioning(
                    negative,
                    away.timeIds(seen, timeIds),
                    guess ? ResidualWeighting.NONE : ResidualWeighting.ALL))),
        request.guidance(),
        request.control());
  }

  private Optional<EncodedInit> encodeInit(DiffusionRequest request, Cancellation cancellation) {
    if (!(request.init() instanceof Init.Image from)) {
      return Optional.empty();
    }
    VaeEncoder encoder = new VaeEncoder(bundle.vae(), request.decodeTile());
    VaeEncoder.Encoded latents =
        graphs.use(
            BundlePart.VAE_ENCODER, session -> encoder.encode(session, from.image(), cancellation));
    return Optional.of(
        new EncodedInit(
            latents, bundle.vae(), from.strength(), Inpainting.of(from, bundle.vae().factor())));
  }

  /** The reverse process, from noise to latents. */
  private float[] denoise(Run run, Denoiser.GuidanceInputs guidanceInputs, Stopwatch watch) {
    DiffusionRequest request = run.request();
    Schedule schedule = run.schedule();
    Sampler sampler = schedule.newSampler(run.shape());
    BatchNoise noise = run.noise();
    InitialState departure = run.departure(schedule, noise);
    float[] latents = departure.latents();
    float[] scaled = new float[latents.length];
    float[] prediction = new float[latents.length];

    return graphs.use(
        network(request),
        session -> {
          double[] timesteps = schedule.timesteps();
          int first = departure.index();
          int count = timesteps.length - first;
          try (NoisePrediction unet = prediction(session, run, guidanceInputs)) {
            for (int i = first; i < timesteps.length; i++) {
              schedule.scaleModelInput(i, latents, scaled);
              Denoiser.ModelCall at = new Denoiser.ModelCall(i - first, count, timesteps[i]);
              unet.predict(at, scaled, prediction, run.cancellation());
              sampler.step(i, prediction, latents, noise);
              departure.known().restore(i + 1, latents);
              run.listener()
                  .step(
                      new DiffusionListener.Step(
                          run.first(), at.index() + 1, count, at.timestep(), latents));
            }
            watch.unet(unet.unetSeconds());
          }
          requireFinite(latents, request);
          return latents;
        });
  }

  /** Of the whole latents at once, or of the tiles that cover them. */
  private NoisePrediction prediction(
      GraphSession session, Run run, Denoiser.GuidanceInputs guidanceInputs) {
    DiffusionRequest request = run.request();
    float[] guidance = guidanceEmbedding(request);
    int factor = bundle.vae().factor();
    if (request.cover().isEmpty()) {
      return new Denoiser(
          session,
          new Denoiser.Latents(run.shape(), request.size()),
          guidanceInputs,
          guidance,
          calls);
    }
    TileLayout cover = request.cover().get();
    Denoiser ofTile =
        new Denoiser(
            session,
            new Denoiser.Latents(cover.tileShape(run.shape()), cover.tileSize(factor)),
            guidanceInputs,
            guidance,
            calls);
    return new TiledPrediction(ofTile, run.shape(), cover, factor);
  }

  /** Starts to load all that a request needs first, side by side, once its steps are known. */
  private void preload(DiffusionRequest request) {
    schedule(request);
    graphs.preload(
        Stream.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2, network(request))
            .filter(bundle::has)
            .toList());
  }

  /** The graph that a request needs; the other one makes room for it. */
  private BundlePart network(DiffusionRequest request) {
    boolean controlled = request.control().isPresent();
    graphs.release(controlled ? BundlePart.UNET : BundlePart.UNET_CONTROLNET);
    return controlled ? BundlePart.UNET_CONTROLNET : BundlePart.UNET;
  }

  private void requireFinite(float[] latents, DiffusionRequest request) {
    for (float value : latents) {
      if (!Float.isFinite(value)) {
        throw new GenerationException(
            "The reverse diffusion of "
                + bundle.name()
                + " ended in values that are not finite. Lower the guidance scale ("
                + request.guidance().scale()
                + ") or eta, take more steps or another scheduler; a float16 model may need --device cpu.");
      }
    }
  }

  private void decode(Run run, float[] latents) {
    VaeDecoder decoder = new VaeDecoder(bundle.vae(), run.request().decodeTile());
    LatentShape shape = run.shape();
    graphs.use(
        BundlePart.VAE_DECODER,
        session -> {
          for (int k = 0; k < shape.batch(); k++) {
            float[] own = new float[shape.imageLength()];
            System.arraycopy(latents, k * own.length, own, 0, own.length);
            float[] amplitude =
                decoder.decode(session, own, shape.height(), shape.width(), run.cancellation());
            run.init()
                .flatMap(EncodedInit::inpainting)
                .ifPresent(inpainting -> inpainting.restore(amplitude));
            run.listener()
                .image(
                    new GeneratedImage(
                        run.first() + k,
                        run.seeds().get(k),
                        run.request().size(),
                        amplitude,
                        own,
                        new LatentShape(1, shape.channels(), shape.height(), shape.width())));
          }
          return null;
        });
  }

  private int timeIdCount(EncodedPrompt prompt) {
    int room = bundle.unet().addedEmbeddingWidth() - prompt.pooled().length;
    int count = room / bundle.unet().timeIdWidth();
    if (room % bundle.unet().timeIdWidth() != 0 || (count != 5 && count != 6)) {
      throw new BundleException(
          bundle.root()
              + ": the UNet takes "
              + bundle.unet().addedEmbeddingWidth()
              + " added embedding values, which fits neither 5 nor 6 micro-conditioning numbers beside a pooled text"
              + " embedding of "
              + prompt.pooled().length
              + ". The UNet and text_encoder_2 are of two models.");
    }
    return count;
  }

  private float[] guidanceEmbedding(DiffusionRequest request) {
    return bundle.unet().guidanceEmbeddingWidth().isPresent()
        ? GuidanceEmbedding.of(
            request.guidance().scale(), bundle.unet().guidanceEmbeddingWidth().getAsInt())
        : new float[0];
  }

  @Override
  public void close() {
    encoder.close();
    graphs.close();
  }
}
