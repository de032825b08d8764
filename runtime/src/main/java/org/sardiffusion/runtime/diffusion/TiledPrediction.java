package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.tiling.Band;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.PredictionSums;
import org.sardiffusion.runtime.tiling.TileLayout;

/** The weighted mean of the predictions of overlapping tiles ({@link TileLayout}). */
final class TiledPrediction implements NoisePrediction {
  private final Schedule schedule;
  private final Tiles tiles;
  private final PromptDenoisers denoisers;
  private final PredictionSums sums;
  private final Cancellation cancellation;
  private final int planes;
  private final float[] scaled;
  private final float[] prediction;
  private float[] mean = {};
  private int undone;

  /**
   * What is where.
   *
   * @param layout of the whole latents
   * @param prompts what is shown where
   * @param control what ControlNets see
   * @param factor pixels for each latent pixel
   * @param done hears of each tile that is predicted
   */
  record Tiles(
      TileLayout layout,
      PromptField prompts,
      ControlView.OfTile control,
      int factor,
      Runnable done) {}

  /**
   * @param denoisers of the shape of a tile
   * @param seen what the tiles of a band see; other bands are as high and as wide
   */
  TiledPrediction(
      Schedule schedule,
      Tiles tiles,
      PromptDenoisers denoisers,
      Window seen,
      Cancellation cancellation) {
    this.schedule = schedule;
    this.tiles = tiles;
    this.denoisers = denoisers;
    this.cancellation = cancellation;
    this.planes = denoisers.shape().batch() * denoisers.shape().channels();
    this.sums = new PredictionSums(tiles.layout(), planes, seen);
    this.scaled = new float[denoisers.shape().length()];
    this.prediction = new float[scaled.length];
  }

  @Override
  public float[] predict(ModelCall at, Band band, float[] latents) {
    Planes seen = new Planes(band.seen(), latents);
    for (int row = band.tiles().firstRow(); row <= band.tiles().lastRow(); row++) {
      for (int column = band.tiles().firstColumn(); column <= band.tiles().lastColumn(); column++) {
        cancellation.check();
        Window tile = tiles.layout().tile(row, column);
        seen.copy(tile, new Planes(tile, scaled));
        schedule.scaleModelInput(at.position(), scaled, scaled);
        ControlView control = tiles.control().at(tile.times(tiles.factor()));
        for (PromptField.Share share : tiles.prompts().shares(tile)) {
          denoisers.of(share.prompt()).predict(at, control, scaled, prediction);
          sums.add(row, column, band.seen().y(), share.weights(), prediction);
        }
        tiles.done().run();
      }
    }
    return take(band);
  }

  private float[] take(Band band) {
    int length = planes * band.done().height() * band.done().width();
    if (mean.length != length) {
      mean = new float[length];
    }
    sums.take(band.done().height(), mean);
    undone = band.last() ? 0 : band.seen().height() - band.done().height();
    if (band.last()) {
      // What is left are sums of tiles that are not needed.
      sums.clear();
    }
    return mean;
  }

  @Override
  public double[] pending() {
    return sums.first(undone);
  }

  /** Goes on where another run's {@link #pending} was. */
  void restore(double[] pending) {
    sums.restore(pending);
  }

  @Override
  public double unetSeconds() {
    return denoisers.unetSeconds();
  }

  @Override
  public void close() {
    denoisers.close();
  }
}
