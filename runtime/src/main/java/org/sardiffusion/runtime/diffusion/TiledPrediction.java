package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * The weighted mean of a UNet's predictions for overlapping tiles ({@link TileLayout}).
 *
 * <p>Sums are kept in double, so that the order of the tiles does not show.
 */
final class TiledPrediction implements NoisePrediction {
  private final Denoiser denoiser;
  private final LatentShape shape;
  private final TileLayout cover;
  private final int factor;
  private final float[] tileLatents;
  private final float[] tilePrediction;
  private final double[] sum;

  /**
   * @param denoiser of the shape of a tile
   * @param shape of the whole latents
   * @param factor pixels of the control images for each latent pixel
   */
  TiledPrediction(Denoiser denoiser, LatentShape shape, TileLayout cover, int factor) {
    this.denoiser = denoiser;
    this.shape = shape;
    this.cover = cover;
    this.factor = factor;
    this.tileLatents = new float[cover.tileShape(shape).length()];
    this.tilePrediction = new float[tileLatents.length];
    this.sum = new double[shape.length()];
  }

  @Override
  public void predict(
      Denoiser.ModelCall at, float[] scaled, float[] prediction, Cancellation cancellation) {
    Arrays.fill(sum, 0);
    for (LatentTile tile : cover.tiles()) {
      lines(
          tile,
          (whole, part) -> System.arraycopy(scaled, whole, tileLatents, part, cover.tileWidth()));
      denoiser.setControlSource(
          new PixelWindow(tile.x() * factor, tile.y() * factor, cover.tileSize(factor)));
      denoiser.predict(at, tileLatents, tilePrediction, cancellation);
      int plane = cover.tileWidth() * cover.tileHeight();
      lines(
          tile,
          (whole, part) -> {
            for (int i = 0; i < cover.tileWidth(); i++) {
              sum[whole + i] +=
                  (double) tile.weights()[(part + i) % plane] * tilePrediction[part + i];
            }
          });
    }
    for (int i = 0; i < prediction.length; i++) {
      prediction[i] = (float) sum[i];
    }
  }

  /** A line of a tile: where it begins in the whole latents, and in those of the tile. */
  private interface Line {
    void at(int whole, int part);
  }

  private void lines(LatentTile tile, Line line) {
    for (int plane = 0; plane < shape.batch() * shape.channels(); plane++) {
      for (int row = 0; row < cover.tileHeight(); row++) {
        line.at(
            (plane * shape.height() + tile.y() + row) * shape.width() + tile.x(),
            (plane * cover.tileHeight() + row) * cover.tileWidth());
      }
    }
  }

  @Override
  public double unetSeconds() {
    return denoiser.unetSeconds();
  }

  @Override
  public void close() {
    denoiser.close();
  }
}
