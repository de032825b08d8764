package org.sardiffusion.runtime.scene;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.diffusion.ControlImage;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.diffusion.ReverseDiffusion;
import org.sardiffusion.runtime.diffusion.TileEncoder;
import org.sardiffusion.runtime.diffusion.TileNetwork;
import org.sardiffusion.runtime.diffusion.TileRequest;
import org.sardiffusion.runtime.noise.PositionalNoise;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.Sampler;
import org.sardiffusion.runtime.schedule.Schedule;

/**
 * Reverse diffusion of scenes that do not fit in memory.
 *
 * <p>Each evaluation of the model goes down the scene once. A row of tiles is predicted and added
 * to a band of sums; the rows of latents that no later tile reaches are then stepped by their
 * sampler and go to the other one of two files. In memory are latents as high as a tile and as wide
 * as the scene. It is the tiled process of {@link org.sardiffusion.runtime.diffusion.TileLayout},
 * with noise that depends on the place.
 *
 * <p>A window of a scene has the pixels that it has in the whole: the tiles stand where they stand
 * in the whole, and as many are predicted as the window's pixels depend on ({@link
 * TileRange#cone}).
 */
public final class SceneDiffusion {
  private final ReverseDiffusion engine;
  private final SceneTask task;
  private final LatentNoise noise;
  private final int channels;
  private final Schedule schedule;
  private final int evaluations;
  private final int first;
  private final List<TileRange> dependencyCone;
  private final Window target;
  private final Window held;

  /** Standard normal noise of a place: arguments as those of {@link PositionalNoise#fill}. */
  @FunctionalInterface
  interface LatentNoise {
    void fill(int draw, int channel, int row, int column, float[] values, int from, int count);
  }

  /**
   * @param engine stays open
   * @throws GenerationException if the model can't make such tiles
   * @throws SceneException if the scheduler looks at whole images
   */
  public SceneDiffusion(ReverseDiffusion engine, SceneTask task) {
    this(engine, task, new PositionalNoise(task.tile().seed())::fill);
  }

  SceneDiffusion(ReverseDiffusion engine, SceneTask task, LatentNoise noise) {
    this.engine = engine;
    this.task = task;
    this.noise = noise;
    DiffusionRequest tile = task.tile();
    this.channels = engine.latentShape(tile).channels();
    this.schedule = engine.schedule(tile);
    if (!schedule.stepsPixelByPixel()) {
      throw new SceneException(
          "The model's scheduler bounds each image by a quantile of all of it (\"thresholding\"), which a scene has"
              + " only in parts: choose another with --scheduler.");
    }
    this.evaluations = schedule.evaluations();
    if (task.guide().filter(SceneGuide::isInit).isPresent()) {
      engine.requireEncoder();
    }
    this.first =
        task.guide().filter(SceneGuide::isInit).isPresent()
            ? engine.firstEvaluation(tile, task.guide().get().strength())
            : 0;
    DecoderGrid grid = task.decoderGrid();
    this.target = grid.contextOf(grid.withNeighbours(grid.touching(task.window(), task.factor())));
    this.dependencyCone = TileRange.dependencyCone(task.tiling(), target, evaluations - first);
    this.held = task.tiling().area(dependencyCone.get(0));
  }

  /** What it will take. */
  public SceneDemand demand() {
    long values = (long) channels * held.height() * held.width();
    long rest = (long) channels * task.tiling().rows().tile() * held.width();
    DecoderGrid grid = task.decoderGrid();
    return new SceneDemand(
        tilesBefore(evaluations),
        grid.withNeighbours(grid.touching(task.window(), task.factor())).count(),
        2 * Float.BYTES * values * (1 + schedule.arraysKept(first))
            + 2 * Double.BYTES * rest
            + (1 << 16));
  }

  private long tilesBefore(int evaluation) {
    return dependencyCone.subList(0, evaluation - first).stream().mapToLong(TileRange::count).sum();
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
  public void denoise(SceneFolder folder, SceneListener listener, Cancellation cancellation) {
    SceneProgress progress = folder.progress().orElse(new SceneProgress(-1, 0, new double[0]));
    long total = tilesBefore(evaluations);
    if (progress.evaluation() == evaluations) {
      listener.stage(SceneListener.Stage.DENOISE, total, total);
      return;
    }
    DiffusionListener warnings =
        new DiffusionListener() {
          @Override
          public void warning(String message) {
            listener.warning(message);
          }
        };
    SceneProgress begun = progress.evaluation() < 0 ? begin(folder, cancellation) : progress;
    engine.predictTiles(
        new TileRequest(task.tile(), task.prompts().prompts(), first),
        warnings,
        cancellation,
        network -> {
          try {
            new Run(network, folder, listener, cancellation).from(begun);
            return Optional.empty();
          } catch (IOException e) {
            throw SceneFolder.failure(folder.path(), e);
          }
        });
  }

  /**
   * Decodes the latents, which must be complete.
   *
   * @param sink receives the window's rows
   * @throws SceneException if the folder can't be read
   * @throws IOException if the sink fails
   * @throws org.sardiffusion.runtime.session.DeviceException if memory runs out or a graph fails
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used
   */
  public void decode(
      SceneFolder folder, RowSink sink, SceneListener listener, Cancellation cancellation)
      throws IOException {
    try (LatentFile latents = folder.latents(evaluations, channels, held)) {
      Optional<IOException> failure =
          engine.decodeTiles(
              cancellation,
              decoder -> {
                try {
                  new SceneDecoding(task, decoder, latents, listener).run(sink);
                  return Optional.empty();
                } catch (IOException e) {
                  return Optional.of(e);
                }
              });
      if (failure.isPresent()) {
        throw failure.get();
      }
    }
  }

  /** The latents that the process begins with. */
  private SceneProgress begin(SceneFolder folder, Cancellation cancellation) {
    try (LatentFile latents = folder.latentsToWrite(first, channels, held)) {
      if (task.guide().filter(SceneGuide::isInit).isPresent()) {
        Optional<IOException> failure =
            engine.encodeTiles(
                cancellation,
                encoder -> {
                  try {
                    noiseImage(encoder, latents);
                    return Optional.empty();
                  } catch (IOException e) {
                    return Optional.of(e);
                  }
                });
        if (failure.isPresent()) {
          throw failure.get();
        }
      } else {
        drawNoise(latents, cancellation);
      }
      latents.force();
      SceneProgress begun = new SceneProgress(first, range(first).firstRow(), new double[0]);
      folder.advance(begun);
      return begun;
    } catch (IOException e) {
      throw SceneFolder.failure(folder.path(), e);
    }
  }

  private void drawNoise(LatentFile latents, Cancellation cancellation) throws IOException {
    float sigma = (float) schedule.initNoiseSigma();
    int rows = task.tiling().rows().tile();
    for (int top = held.y(); top < held.bottom(); top += rows) {
      cancellation.check();
      int count = Math.min(rows, held.bottom() - top);
      float[] values = new float[channels * count * held.width()];
      fill(0, top, values);
      for (int i = 0; i < values.length; i++) {
        values[i] *= sigma;
      }
      latents.write(top, count, values);
    }
  }

  /** The guide's image as latents, with as much noise as the first evaluation expects. */
  private void noiseImage(TileEncoder encoder, LatentFile latents) throws IOException {
    SceneEncoding encoding = new SceneEncoding(task, encoder, channels, held);
    encoding.run(
        (window, noise) -> fill(0, window, noise),
        (top, count, clean) -> {
          float[] fresh = new float[clean.length];
          fill(1, top, fresh);
          schedule.addNoise(first, clean, fresh, fresh);
          latents.write(top, count, fresh);
        });
  }

  /** Fills whole rows of what is held. */
  private void fill(int draw, int top, float[] values) {
    int rows = values.length / (channels * held.width());
    fill(draw, new Window(held.x(), top, held.width(), rows), values);
  }

  private void fill(int draw, Window window, float[] values) {
    for (int line = 0; line < channels * window.height(); line++) {
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

  /** What the draws of the first step come after: of noise alone, or of an image and its noise. */
  private int firstDraw() {
    return task.guide().filter(SceneGuide::isInit).isPresent() ? 2 : 1;
  }

  /** The tiles of an evaluation. */
  private TileRange range(int evaluation) {
    return dependencyCone.get(evaluation - first);
  }

  /** What the ControlNets see of the guide in a tile. */
  private ControlImage control(int x, int y) throws IOException {
    int factor = task.factor();
    Size size = task.tile().size();
    Window pixels = new Window(x * factor, y * factor, size.width(), size.height());
    return new ControlImage(size, task.guide().orElseThrow().image().read(pixels));
  }

  /** One run of the model over the scene. */
  private final class Run {
    private final TileNetwork network;
    private final SceneFolder folder;
    private final SceneListener listener;
    private final Cancellation cancellation;
    private final SceneTiling tiling = task.tiling();
    private final PredictionBand band;
    private final float[] scaled;
    private final float[] prediction;
    private final long total = tilesBefore(evaluations);
    private long done;

    Run(
        TileNetwork network,
        SceneFolder folder,
        SceneListener listener,
        Cancellation cancellation) {
      this.network = network;
      this.folder = folder;
      this.listener = listener;
      this.cancellation = cancellation;
      this.band = new PredictionBand(channels, tiling.rows().tile(), held);
      this.scaled = new float[network.shape().length()];
      this.prediction = new float[scaled.length];
    }

    void from(SceneProgress at) throws IOException {
      TileRange current = range(at.evaluation());
      done =
          tilesBefore(at.evaluation())
              + (long) (at.tileRow() - current.firstRow()) * current.columns();
      listener.stage(SceneListener.Stage.DENOISE, done, total);
      band.restore(at.rest());
      int row = at.tileRow();
      for (int evaluation = at.evaluation(); evaluation < evaluations; evaluation++) {
        evaluate(evaluation, row);
        row = firstRowAfter(evaluation);
      }
    }

    private void evaluate(int evaluation, int firstRow) throws IOException {
      TileRange range = range(evaluation);
      AxisTiling rows = tiling.rows();
      try (LatentFile input = folder.latents(evaluation, channels, held);
          LatentFile output = folder.latentsToWrite(evaluation + 1, channels, held)) {
        for (int row = firstRow; row <= range.lastRow(); row++) {
          float[] latents =
              input.read(new Window(held.x(), rows.start(row), held.width(), rows.tile()));
          predict(evaluation, row, latents);
          int complete = rows.next(row) - rows.start(row);
          step(evaluation, row, complete, latents, output);
          boolean last = row == range.lastRow();
          folder.advance(
              last
                  ? new SceneProgress(evaluation + 1, firstRowAfter(evaluation), new double[0])
                  : new SceneProgress(evaluation, row + 1, band.rest(rows.tile() - complete)));
        }
      }
      // What is left are sums of tiles that are not needed.
      band.clear();
    }

    private int firstRowAfter(int evaluation) {
      return evaluation + 1 < evaluations ? range(evaluation + 1).firstRow() : 0;
    }

    /**
     * Predicts a row of tiles.
     *
     * @param latents [channels, height of a tile, width of what is held]
     */
    private void predict(int evaluation, int row, float[] latents) throws IOException {
      AxisTiling columns = tiling.columns();
      AxisTiling rows = tiling.rows();
      TileRange range = range(evaluation);
      for (int column = range.firstColumn(); column <= range.lastColumn(); column++) {
        cancellation.check();
        int x = columns.start(column);
        for (int line = 0; line < channels * rows.tile(); line++) {
          System.arraycopy(
              latents,
              line * held.width() + x - held.x(),
              scaled,
              line * columns.tile(),
              columns.tile());
        }
        schedule.scaleModelInput(evaluation, scaled, scaled);
        if (task.tile().control().isPresent()) {
          network.show(control(x, rows.start(row)));
        }
        for (PromptField.Share share :
            task.prompts().shares(x, rows.start(row), columns.tile(), rows.tile())) {
          network.predict(share.prompt(), evaluation, scaled, prediction);
          band.add(
              x,
              rows.weights().get(row),
              columns.weights().get(column),
              share.weights(),
              prediction);
        }
        done++;
        listener.tile(SceneListener.Stage.DENOISE, done, total);
      }
    }

    /**
     * Steps the rows that are complete.
     *
     * @param latents from the first of them on
     */
    private void step(int evaluation, int row, int complete, float[] latents, LatentFile output)
        throws IOException {
      int top = tiling.rows().start(row);
      int length = complete * held.width();
      int stride = latents.length / channels;
      float[] sample = new float[channels * length];
      for (int c = 0; c < channels; c++) {
        System.arraycopy(latents, c * stride, sample, c * length, length);
      }
      Sampler sampler = schedule.newSampler(new LatentShape(1, channels, complete, held.width()));
      if (evaluation > first) {
        sampler.resume(folder.sampler(evaluation, row, sample.length));
      }
      sampler.step(
          evaluation,
          band.take(complete),
          sample,
          values -> fill(firstDraw() + evaluation - first, top, values));
      requireFinite(sample);
      output.write(top, complete, sample);
      output.force();
      if (evaluation + 1 < evaluations) {
        folder.write(evaluation + 1, row, sampler.state());
      }
    }
  }

  private void requireFinite(float[] latents) {
    for (float value : latents) {
      if (!Float.isFinite(value)) {
        throw new GenerationException(
            "The reverse diffusion of the scene came to values that are not finite. Lower the guidance scale ("
                + task.tile().guidance().scale()
                + ") or eta, take more steps or another scheduler; a float16 model may need --device cpu.");
      }
    }
  }
}
