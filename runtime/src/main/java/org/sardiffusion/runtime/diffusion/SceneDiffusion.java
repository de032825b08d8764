package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.internal.noise.PositionalNoise;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.schedule.StepNoise;
import org.sardiffusion.runtime.internal.tiling.DependencyCone;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.scene.SceneFolder;
import org.sardiffusion.runtime.scene.SceneLatents;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * Reverse diffusion of scenes that do not fit in memory.
 *
 * <p>Each call of the model goes down the scene once. A row of tiles is predicted and added to a
 * band of sums; the rows of latents that no later tile reaches are then stepped by their sampler
 * and go to the other one of two files. In memory are latents as high as a tile and as wide as the
 * scene. It is the process of images, with noise that depends on the place.
 *
 * <p>A window of a scene has the pixels that it has in the whole: the tiles stand where they stand
 * in the whole, and as many are predicted as the window's pixels depend on ({@link
 * DependencyCone}).
 */
public final class SceneDiffusion {
  /** The stage in which tiles are predicted, once for each evaluation of the model. */
  public static final String DENOISE = "denoise";

  /** The stage in which tiles are decoded and written. */
  public static final String DECODE = "decode";

  private final Model model;
  private final SceneTask task;
  private final LatentNoise noise;
  private final DecodedPart part;
  private final LatentShape tile;
  private final Schedule schedule;
  private final Optional<SceneGuide> init;
  private final int first;
  private final DependencyCone cone;

  /** Standard normal noise of a place: arguments as those of {@link PositionalNoise#fill}. */
  @FunctionalInterface
  interface LatentNoise {
    void fill(int draw, int channel, int row, int column, float[] values, int from, int count);
  }

  /**
   * @param model stays open
   * @throws GenerationException if the model can't make such tiles
   * @throws SceneException if the scheduler looks at whole images
   */
  public SceneDiffusion(Model model, SceneTask task) {
    this(model, task, new PositionalNoise(task.sampling().seed())::fill);
  }

  SceneDiffusion(Model model, SceneTask task, LatentNoise noise) {
    this.model = model;
    this.task = task;
    this.noise = noise;
    int factor = model.bundle().vae().factor();
    this.part = task.decoded(factor);
    this.tile = model.validator().check(task.layout().tileSize(factor), 1);
    task.control().ifPresent(model.validator()::requireControlNets);
    this.schedule = model.schedule(task.sampling());
    if (!schedule.stepsPixelByPixel()) {
      throw new SceneException(
          "The model's scheduler bounds each image by a quantile of all of it (\"thresholding\"), which a scene has"
              + " only in parts: choose another.");
    }
    this.init = task.guide().filter(SceneGuide::isInit);
    if (init.isPresent()) {
      model.validator().requireEncoder();
    }
    this.first = init.map(guide -> EncodedInit.firstCall(schedule, guide.strength())).orElse(0);
    this.cone = new DependencyCone(task.layout(), part.latents(), schedule.calls() - first);
  }

  /** What its latents will take. */
  public SceneCost cost() {
    Window held = cone.held();
    long values = (long) tile.channels() * held.height() * held.width();
    long rest = (long) tile.channels() * tile.height() * held.width();
    return new SceneCost(
        tiles(),
        2 * Float.BYTES * values * (1 + schedule.arraysKept(first))
            + 2 * Double.BYTES * rest
            + (1 << 16),
        0);
  }

  private long tiles() {
    return cone.tilesBefore(schedule.calls() - first);
  }

  /**
   * Makes the latents, from where an earlier run was stopped.
   *
   * @param folder of this scene
   * @throws SceneException if the folder can't be used
   * @throws GenerationException if the latents become infinite
   * @throws org.sardiffusion.runtime.session.DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public void denoise(SceneFolder folder, Progress listener, Cancellation cancellation) {
    try (SceneLatents latents = latents(folder)) {
      if (!latents.hasBegun()) {
        begin(latents, cancellation);
      }
      long done = latents.tilesDone();
      listener.advanced(DENOISE, done, tiles());
      if (done < tiles()) {
        Model.withinMemory(
            tileSize(),
            () -> {
              denoise(latents, listener, cancellation);
              return latents;
            });
      }
    }
  }

  SceneLatents latents(SceneFolder folder) {
    return new SceneLatents(
        folder, schedule, new SceneLatents.Process(tile.channels(), first, cone));
  }

  private void denoise(SceneLatents latents, Progress listener, Cancellation cancellation) {
    model.preload(task.control());
    GuidanceEncoder.Purpose purpose =
        new GuidanceEncoder.Purpose(task.sampling(), tileSize(), task.control());
    List<Denoiser.GuidanceInputs> prompts =
        task.prompts().prompts().stream()
            .map(Prompt::new)
            .map(prompt -> model.guidance().encode(prompt, purpose, listener, cancellation))
            .toList();
    TileLayout layout = task.layout();
    TiledPrediction.Tiles tiles =
        new TiledPrediction.Tiles(
            layout,
            task.prompts(),
            this::control,
            part.factor(),
            counting(listener, DENOISE, latents.tilesDone(), tiles()));
    Window seen = cone.bands(0).get(0).seen();
    model.useUNet(
        task.control(),
        session -> {
          try (TiledPrediction unet =
              new TiledPrediction(
                  schedule, tiles, denoisers(session, prompts, cancellation), seen, cancellation)) {
            unet.restore(latents.pending());
            new ReverseProcess(schedule, first, unet, this::stepNoise, (at, stepped) -> {})
                .run(latents);
          }
          return latents;
        });
  }

  private PromptDenoisers denoisers(
      GraphSession session, List<Denoiser.GuidanceInputs> prompts, Cancellation cancellation) {
    return new PromptDenoisers(
        session,
        new Denoiser.Latents(tile, tileSize()),
        prompts,
        model.denoiserSettings(task.sampling().guidance(), cancellation));
  }

  /** What the UNet sees at a time, pixels. */
  private Size tileSize() {
    return task.layout().tileSize(part.factor());
  }

  /** Tells of tiles from those that are done already on. */
  private static Runnable counting(Progress listener, String stage, long done, long total) {
    long[] count = {done};
    return () -> {
      count[0]++;
      listener.advanced(stage, count[0], total);
    };
  }

  /** What the ControlNets see of the guide in a tile. */
  private ControlView control(Window pixels) {
    return task.control().isPresent()
        ? new TileControl(new ControlImage(pixels.size(), task.guide().orElseThrow().read(pixels)))
        : new ControlWindow(List.of(), pixels);
  }

  /**
   * Decodes the latents, which must be complete.
   *
   * @param sink receives the window's rows
   * @throws SceneException if the folder can't be read
   * @throws org.sardiffusion.runtime.session.DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public void decode(
      SceneFolder folder, AmplitudeSink sink, Progress listener, Cancellation cancellation) {
    long count = part.decoded().count();
    listener.advanced(DECODE, 0, count);
    try (SceneLatents latents = latents(folder)) {
      model.useDecoder(
          cancellation,
          decoder -> {
            new TiledDecoding(
                    part,
                    window -> latents.read(schedule.calls(), window),
                    decoder,
                    counting(listener, DECODE, 0, count))
                .run(sink);
            return part;
          });
    }
  }

  /** The latents that the process begins with. */
  private void begin(SceneLatents latents, Cancellation cancellation) {
    if (init.isPresent()) {
      model.useEncoder(
          cancellation,
          encoder -> {
            new SceneEncoding(part, init.get(), encoder, tile.channels(), cone.held())
                .run(
                    (window, values) -> fill(0, window, values),
                    (top, clean) -> latents.begin(top, noised(top, clean)));
            return latents;
          });
    } else {
      drawNoise(latents, cancellation);
    }
    latents.begun();
  }

  private void drawNoise(SceneLatents latents, Cancellation cancellation) {
    Window held = cone.held();
    for (int top = held.y(); top < held.bottom(); top += tile.height()) {
      cancellation.check();
      int rows = Math.min(tile.height(), held.bottom() - top);
      float[] values = rows(0, top, rows);
      latents.begin(top, InitialState.scaled(values, schedule));
    }
  }

  /** Rows of clean latents with as much noise as the first call expects. */
  private float[] noised(int top, float[] clean) {
    float[] fresh = rows(1, top, clean.length / (tile.channels() * cone.held().width()));
    schedule.addNoise(first, clean, fresh, fresh);
    return fresh;
  }

  /** Noise of whole rows of what is held. */
  private float[] rows(int draw, int top, int rows) {
    Window window = new Window(cone.held().x(), top, cone.held().width(), rows);
    float[] values = new float[tile.channels() * rows * window.width()];
    fill(draw, window, values);
    return values;
  }

  /** The draws of the first step come after those of noise alone, or of an image and its noise. */
  private StepNoise stepNoise(int call, Window window) {
    int draw = (init.isPresent() ? 2 : 1) + call - first;
    return values -> fill(draw, window, values);
  }

  private void fill(int draw, Window window, float[] values) {
    for (int line = 0; line < tile.channels() * window.height(); line++) {
      noise.fill(
          draw,
          line / window.height(),
          window.y() + line % window.height(),
          window.x(),
          values,
          line * window.width(),
          window.width());
    }
  }
}
