package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.internal.noise.BatchNoise;
import org.sardiffusion.runtime.internal.noise.TorchGenerator;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.tiling.Band;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Reverse diffusion of images in memory: what {@link Model} offers. */
final class ImageDiffusion {
  private final Model model;
  private final DiffusionListener listener;
  private final Cancellation cancellation;

  ImageDiffusion(Model model, DiffusionListener listener, Cancellation cancellation) {
    this.model = model;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Images on their way together.
   *
   * @param request what they have in common
   * @param tiles in which their noise is predicted
   * @param schedule that of the request
   * @param init what they start from, if not from noise alone
   * @param first the index of the first
   * @param seeds one for each image
   * @param shape of the latents of all
   */
  private record Batch(
      GenerationRequest request,
      Optional<TileLayout> tiles,
      Schedule schedule,
      Optional<EncodedInit> init,
      int first,
      List<Long> seeds,
      LatentShape shape) {

    /** Where they start. */
    InitialState start(BatchNoise noise) {
      return init.map(image -> image.start(schedule, noise, shape))
          .orElseGet(() -> InitialState.fromNoise(schedule, noise, shape));
    }
  }

  StageSeconds generate(GenerationRequest request, Execution execution) {
    LatentShape image = model.validator().check(request, execution);
    Sampling sampling = request.sampling();
    Schedule schedule = model.schedule(sampling);
    model.preload(scales(request));
    Stopwatch watch = new Stopwatch();
    Denoiser.GuidanceInputs guidance = watch.encode(() -> encode(request, execution.tiles()));
    Optional<EncodedInit> init = watch.encode(() -> encodeInit(request));
    for (int first = 0; first < sampling.count(); first += execution.batchSize()) {
      int size = Math.min(execution.batchSize(), sampling.count() - first);
      long seed = sampling.seed() + first;
      List<Long> seeds = LongStream.range(0, size).map(k -> seed + k).boxed().toList();
      Batch batch =
          new Batch(request, execution.tiles(), schedule, init, first, seeds, image.times(size));
      Denoiser.GuidanceInputs all =
          Denoiser.GuidanceInputs.together(Collections.nCopies(size, guidance));
      float[] latents = watch.denoise(() -> denoise(batch, all, watch));
      watch.decode(() -> decode(batch, latents));
    }
    return watch.seconds();
  }

  List<DenoisedImage> denoiseBatch(List<GenerationRequest> requests) {
    GenerationRequest first = requests.get(0);
    requireOneBatch(requests);
    LatentShape image = model.validator().check(first.size(), requests.size());
    Schedule schedule = model.schedule(first.sampling());
    model.preload(scales(first));
    Denoiser.GuidanceInputs guidance =
        Denoiser.GuidanceInputs.together(
            requests.stream().map(request -> encode(request, Optional.empty())).toList());
    List<Long> seeds = requests.stream().map(request -> request.sampling().seed()).toList();
    Batch batch =
        new Batch(
            first,
            Optional.empty(),
            schedule,
            Optional.empty(),
            0,
            seeds,
            image.times(seeds.size()));
    float[] latents = denoise(batch, guidance, new Stopwatch());
    return IntStream.range(0, seeds.size())
        .mapToObj(k -> denoised(requests.get(k), seeds.get(k), ofImage(latents, image, k), image))
        .toList();
  }

  private static void requireOneBatch(List<GenerationRequest> requests) {
    Optional<BatchKey> key = requests.get(0).batchKey();
    if (key.isEmpty() || !requests.stream().allMatch(each -> each.batchKey().equals(key))) {
      throw new GenerationException(
          "Images that are made together must start from noise alone, be of one size, schedule and"
              + " guidance, and one of each request.");
    }
  }

  private Denoiser.GuidanceInputs encode(GenerationRequest request, Optional<TileLayout> tiles) {
    int factor = model.bundle().vae().factor();
    Size seen = tiles.map(layout -> layout.tileSize(factor)).orElse(request.size());
    return model
        .guidance()
        .encode(
            request.prompt(),
            new GuidanceEncoder.Purpose(request.sampling(), seen, scales(request)),
            listener,
            cancellation);
  }

  private static Optional<ControlScales> scales(GenerationRequest request) {
    return request.control().map(Control::scales);
  }

  private static DenoisedImage denoised(
      GenerationRequest request, long seed, float[] latents, LatentShape shape) {
    return new DenoisedImage(seed, request.size(), request.sampling().decodeTile(), latents, shape);
  }

  private Optional<EncodedInit> encodeInit(GenerationRequest request) {
    if (!(request.init() instanceof Init.Image from)) {
      return Optional.empty();
    }
    VaeEncoder.Encoded latents =
        model.useEncoder(
            cancellation, encoder -> encoder.encode(from.image(), request.sampling().decodeTile()));
    return Optional.of(new EncodedInit(latents, model.bundle().vae(), from));
  }

  /** The reverse process, from noise to latents. */
  private float[] denoise(Batch batch, Denoiser.GuidanceInputs guidance, Stopwatch watch) {
    Schedule schedule = batch.schedule();
    BatchNoise noise = new BatchNoise(batch.seeds().stream().map(TorchGenerator::new).toList());
    InitialState start = batch.start(noise);
    LatentShape shape = batch.shape();
    Band all =
        batch
            .tiles()
            .map(Band::ofAllTiles)
            .orElseGet(() -> Band.ofOneTile(shape.height(), shape.width()));
    MemoryLatents store =
        new MemoryLatents(start.index(), start.latents(), all, schedule.newSampler(shape));
    return model.useUNet(
        scales(batch.request()),
        session -> {
          try (NoisePrediction unet = prediction(session, batch, guidance)) {
            new ReverseProcess(
                    schedule,
                    start.index(),
                    unet,
                    (call, window) -> noise,
                    (at, latents) -> {
                      start.known().restore(at.position() + 1, latents);
                      listener.step(
                          new DiffusionListener.Step(
                              batch.first(), at.index() + 1, at.count(), at.timestep(), latents));
                    })
                .run(store);
            watch.unet(unet.unetSeconds());
          }
          return start.latents();
        });
  }

  /** Of the whole latents at once, or of the tiles that cover them. */
  private NoisePrediction prediction(
      GraphSession session, Batch batch, Denoiser.GuidanceInputs guidance) {
    Schedule schedule = batch.schedule();
    GenerationRequest request = batch.request();
    LatentShape shape = batch.shape();
    Denoiser.Settings settings =
        model.denoiserSettings(request.sampling().guidance(), cancellation);
    List<ControlImage> images = request.control().map(Control::images).orElse(List.of());
    if (batch.tiles().isEmpty()) {
      Denoiser.Latents whole = new Denoiser.Latents(shape, request.size());
      return new WholePrediction(
          schedule,
          new Denoiser(session, whole, guidance, settings),
          new ControlWindow(images, request.size().window()),
          whole);
    }
    TileLayout layout = batch.tiles().get();
    int factor = model.bundle().vae().factor();
    Denoiser.Latents tile =
        new Denoiser.Latents(
            new LatentShape(
                shape.batch(), shape.channels(), layout.rows().tile(), layout.columns().tile()),
            layout.tileSize(factor));
    return new TiledPrediction(
        schedule,
        new TiledPrediction.Tiles(
            layout,
            new UniformPrompt(request.prompt().text()),
            pixels -> new ControlWindow(images, pixels),
            factor,
            () -> {}),
        new PromptDenoisers(session, tile, List.of(guidance), settings),
        layout.whole(),
        cancellation);
  }

  private void decode(Batch batch, float[] latents) {
    LatentShape image = batch.shape().times(1);
    model.useDecoder(
        cancellation,
        decoder -> {
          for (int k = 0; k < batch.seeds().size(); k++) {
            float[] own = ofImage(latents, image, k);
            DenoisedImage denoised = denoised(batch.request(), batch.seeds().get(k), own, image);
            float[] amplitude = decode(decoder, denoised);
            batch
                .init()
                .flatMap(EncodedInit::inpainting)
                .ifPresent(inpainting -> inpainting.restore(amplitude));
            listener.image(
                new GeneratedImage(
                    batch.first() + k,
                    batch.seeds().get(k),
                    batch.request().size(),
                    amplitude,
                    own,
                    image));
          }
          return null;
        });
  }

  GeneratedImage decode(DenoisedImage image) {
    float[] amplitude = model.useDecoder(cancellation, decoder -> decode(decoder, image));
    return new GeneratedImage(
        0, image.seed(), image.size(), amplitude, image.latents(), image.shape());
  }

  /** The amplitude of one image. */
  static float[] decode(VaeDecoder decoder, DenoisedImage image) {
    LatentShape shape = image.shape();
    Planes planes = new Planes(new Window(0, 0, shape.width(), shape.height()), image.latents());
    DecodedPart all =
        new DecodedPart(
            VaeTiling.of(shape.height(), shape.width(), image.decodeTile()),
            image.size().window(),
            decoder.vae().factor());
    int width = image.size().width();
    float[] amplitude = new float[Math.multiplyExact(image.size().height(), width)];
    new TiledDecoding(all, window -> planes.cut(window).values(), decoder, () -> {})
        .run(
            (first, rows, samples) ->
                System.arraycopy(samples, 0, amplitude, first * width, rows * width));
    return amplitude;
  }

  private static float[] ofImage(float[] latents, LatentShape image, int k) {
    int length = image.imageLength();
    return Arrays.copyOfRange(latents, k * length, (k + 1) * length);
  }
}
