package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.TileOffsets;
import org.sardiffusion.runtime.internal.tiling.TileRange;

/**
 * From latents to the rows of an image, in tiles.
 *
 * <p>Every tile carries a margin of context that is cut off afterwards: cross-fading tiles would
 * smooth the speckle along the seams. What a tile can't know is the rest of the image, of which
 * group normalisation takes the statistics and the attention a share; {@link TileOffsets} takes
 * back what that does to the brightness. What is left is a contrast that differs a little from tile
 * to tile where an image is uneven: decode whole what the memory allows.
 */
final class TiledDecoding {
  private final DecodedPart part;
  private final LatentReader latents;
  private final TileDecoder decoder;
  private final Runnable tileDone;
  private final TileRange shown;
  private final TileRange decoded;
  private final TileOffsets offsets;

  /**
   * @param tileDone hears of each tile that is decoded
   */
  TiledDecoding(DecodedPart part, LatentReader latents, TileDecoder decoder, Runnable tileDone) {
    this.part = part;
    this.latents = latents;
    this.decoder = decoder;
    this.tileDone = tileDone;
    this.shown = part.shown();
    this.decoded = part.decoded();
    this.offsets = new TileOffsets(part.tiling(), decoded);
  }

  /**
   * Decodes.
   *
   * @param sink receives the rows of the part, amplitude in [0,1]
   */
  void run(AmplitudeSink sink) {
    int most = 0;
    for (int row = shown.firstRow(); row <= shown.lastRow(); row++) {
      most = Math.max(most, part.shownOf(row, shown.firstColumn()).height());
    }
    // What a row of tiles looks like is known when the one below is decoded.
    float[][] strips =
        new float[Math.min(2, decoded.rows())][Math.multiplyExact(most, part.window().width())];
    for (int row = decoded.firstRow(); row <= decoded.lastRow(); row++) {
      for (int column = decoded.firstColumn(); column <= decoded.lastColumn(); column++) {
        decode(row, column, strips[row % strips.length]);
        tileDone.run();
      }
      if (isShown(row - 1)) {
        finish(row - 1, strips[(row - 1) % strips.length], sink);
      }
    }
    if (shown.lastRow() == decoded.lastRow()) {
      finish(shown.lastRow(), strips[shown.lastRow() % strips.length], sink);
    }
  }

  private boolean isShown(int row) {
    return row >= shown.firstRow() && row <= shown.lastRow();
  }

  private void decode(int row, int column, float[] strip) {
    Window context = part.tiling().context(row, column);
    Planes pixels =
        new Planes(
            context.times(part.factor()),
            decoder.decode(latents.read(context), context.height(), context.width()));
    offsets.measure(row, column, pixels, part.factor());
    if (isShown(row) && column >= shown.firstColumn() && column <= shown.lastColumn()) {
      Window own = part.shownOf(row, column);
      for (int line = 0; line < own.height(); line++) {
        System.arraycopy(
            pixels.values(),
            pixels.index(0, own.y() + line, own.x()),
            strip,
            line * part.window().width() + own.x() - part.window().x(),
            own.width());
      }
    }
  }

  /** Levels the tiles of a row and hands it on. */
  private void finish(int row, float[] strip, AmplitudeSink sink) {
    int width = part.window().width();
    for (int column = shown.firstColumn(); column <= shown.lastColumn(); column++) {
      double[] corners = offsets.of(row, column);
      Window own = part.shownOf(row, column);
      Window core = part.tiling().core(row, column).times(part.factor());
      for (int line = 0; line < own.height(); line++) {
        double v = (own.y() + line + 0.5 - core.y()) / core.height();
        double left = (1 - v) * corners[0] + v * corners[2];
        double right = (1 - v) * corners[1] + v * corners[3];
        int from = line * width + own.x() - part.window().x();
        for (int i = 0; i < own.width(); i++) {
          double u = (own.x() + i + 0.5 - core.x()) / core.width();
          float level = (float) ((1 - u) * left + u * right);
          strip[from + i] = Math.min(1f, Math.max(0f, strip[from + i] + level));
        }
      }
    }
    Window first = part.shownOf(row, shown.firstColumn());
    sink.writeRows(first.y() - part.window().y(), first.height(), strip);
  }
}
