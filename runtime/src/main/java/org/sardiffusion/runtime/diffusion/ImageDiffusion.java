package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.noise.BatchNoise;
import org.sardiffusion.runtime.noise.TorchGenerator;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.Schedule;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.tiling.Band;
import org.sardiffusion.runtime.tiling.Planes;
import org.sardiffusion.runtime.tiling.TileLayout;
import org.sardiffusion.runtime.tiling.VaeTiling;

/** Reverse diffusion of images in memory: what {@link ReverseDiffusion} offers. */
final class ImageDiffusion {
  private final ReverseDiffusion model;
  private final DiffusionListener listener;
  private final Cancellation cancellation;

  ImageDiffusion(ReverseDiffusion model, DiffusionListener listener, Cancellation cancellation) {
    this.model = model;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Images on their way together.
   *
   * @param request what they have in common
   * @param schedule that of the request
   * @param init what they start from, if not from noise alone
   * @param first the index of the first
   * @param seeds one for each image
   * @param shape of the latents of all
   */
  private record Batch(
      DiffusionRequest request,
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

  StageSeconds generate(DiffusionRequest request) {
    LatentShape image = model.validator().check(request);
    Schedule schedule = model.schedule(request);
    model.preload(request);
    Stopwatch watch = new Stopwatch();
    Denoiser.GuidanceInputs guidance =
        watch.encode(() -> model.guidance().encode(request, listener, cancellation));
    Optional<EncodedInit> init = watch.encode(() -> encodeInit(request));
    for (int first = 0; first < request.count(); first += request.batch()) {
      int size = Math.min(request.batch(), request.count() - first);
      long seed = request.seed() + first;
      List<Long> seeds = LongStream.range(0, size).map(k -> seed + k).boxed().toList();
      Batch batch = new Batch(request, schedule, init, first, seeds, image.times(size));
      Denoiser.GuidanceInputs all =
          Denoiser.GuidanceInputs.together(Collections.nCopies(size, guidance));
      float[] latents = watch.denoise(() -> denoise(batch, all, watch));
      watch.decode(() -> decode(batch, latents));
    }
    return watch.seconds();
  }

  List<DenoisedImage> denoiseBatch(List<DiffusionRequest> requests) {
    DiffusionRequest first = requests.get(0);
    requests.forEach(request -> requireOneBatch(first, request));
    LatentShape image = model.validator().check(first, requests.size());
    Schedule schedule = model.schedule(first);
    model.preload(first);
    Denoiser.GuidanceInputs guidance =
        Denoiser.GuidanceInputs.together(
            requests.stream()
                .map(request -> model.guidance().encode(request, listener, cancellation))
                .toList());
    List<Long> seeds = requests.stream().map(DiffusionRequest::seed).toList();
    Batch batch = new Batch(first, schedule, Optional.empty(), 0, seeds, image.times(seeds.size()));
    float[] latents = denoise(batch, guidance, new Stopwatch());
    return IntStream.range(0, seeds.size())
        .mapToObj(k -> new DenoisedImage(requests.get(k), ofImage(latents, image, k), image))
        .toList();
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

  private Optional<EncodedInit> encodeInit(DiffusionRequest request) {
    if (!(request.init() instanceof Init.Image from)) {
      return Optional.empty();
    }
    VaeEncoder.Encoded latents =
        model.useEncoder(
            cancellation, encoder -> encoder.encode(from.image(), request.decodeTile()));
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
            .request()
            .cover()
            .map(TileLayout::band)
            .orElseGet(() -> Band.ofOneTile(shape.height(), shape.width()));
    MemoryLatents store =
        new MemoryLatents(start.index(), start.latents(), all, schedule.newSampler(shape));
    return model.useUNet(
        batch.request(),
        session -> {
          try (NoisePrediction unet = prediction(session, batch, guidance)) {
            new ReverseProcess(
                    schedule,
                    start.index(),
                    unet,
                    (evaluation, window) -> noise,
                    (at, latents) -> {
                      start.known().restore(at.evaluation() + 1, latents);
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
    DiffusionRequest request = batch.request();
    LatentShape shape = batch.shape();
    Denoiser.Settings settings = model.denoiserSettings(request, cancellation);
    if (request.cover().isEmpty()) {
      Denoiser.Latents whole = new Denoiser.Latents(shape, request.size());
      return new WholePrediction(schedule, new Denoiser(session, whole, guidance, settings), whole);
    }
    TileLayout layout = request.cover().get();
    int factor = model.bundle().vae().factor();
    Denoiser.Latents tile =
        new Denoiser.Latents(
            new LatentShape(
                shape.batch(), shape.channels(), layout.rows().tile(), layout.columns().tile()),
            layout.tileSize(factor));
    return new TiledPrediction(
        schedule,
        new TiledPrediction.Tiles(
            layout, new UniformPrompt(request.prompt()), ControlWindow::new, factor, () -> {}),
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
            float[] amplitude = decode(decoder, batch.request(), own, image);
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
    DiffusionRequest request = image.request();
    float[] amplitude =
        model.useDecoder(
            cancellation, decoder -> decode(decoder, request, image.latents(), image.shape()));
    return new GeneratedImage(
        0, request.seed(), request.size(), amplitude, image.latents(), image.shape());
  }

  /** The amplitude of one image. */
  static float[] decode(
      VaeDecoder decoder, DiffusionRequest request, float[] latents, LatentShape shape) {
    Planes planes = new Planes(new Window(0, 0, shape.width(), shape.height()), latents);
    DecodedPart all =
        new DecodedPart(
            VaeTiling.of(shape.height(), shape.width(), request.decodeTile()),
            request.size().window(),
            decoder.vae().factor());
    int width = request.size().width();
    float[] amplitude = new float[Math.multiplyExact(request.size().height(), width)];
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
