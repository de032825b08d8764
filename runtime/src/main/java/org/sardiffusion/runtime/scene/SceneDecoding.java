package org.sardiffusion.runtime.scene;

import java.io.IOException;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.TileDecoder;

/**
 * From latents on disk to the rows of an image.
 *
 * <p>A decoder's group normalisation and its attention see all of what they decode, so neighbouring
 * tiles decode the same pixels a little brighter or darker. Where the corners of tiles meet, all of
 * them decode the pixels around; each tile is brought to their common mean there, and between its
 * corners by bilinear interpolation. So tiles agree along their borders, and what is added to one
 * depends on its neighbours alone, not on the whole scene.
 */
final class SceneDecoding {
  private static final int CORNERS = 4;

  private final SceneTask task;
  private final TileDecoder decoder;
  private final LatentFile latents;
  private final SceneListener listener;
  private final DecoderGrid grid;
  private final int factor;
  private final TileRange wanted;
  private final TileRange decoded;

  /** Of each decoded tile, the means around its corners: upper left, right, lower left, right. */
  private final double[][] means;

  SceneDecoding(SceneTask task, TileDecoder decoder, LatentFile latents, SceneListener listener) {
    this.task = task;
    this.decoder = decoder;
    this.latents = latents;
    this.listener = listener;
    this.grid = task.decoderGrid();
    this.factor = task.factor();
    this.wanted = grid.touching(task.window(), factor);
    this.decoded = grid.withNeighbours(wanted);
    this.means = new double[Math.toIntExact(decoded.count())][CORNERS];
  }

  void run(RowSink sink) throws IOException {
    listener.stage(SceneListener.Stage.DECODE, 0, decoded.count());
    int most = 0;
    for (int row = wanted.firstRow(); row <= wanted.lastRow(); row++) {
      most = Math.max(most, part(row, wanted.firstColumn()).height());
    }
    // What a row of tiles looks like is known when the one below is decoded.
    float[][] strips = new float[2][Math.multiplyExact(most, task.window().width())];
    long done = 0;
    for (int row = decoded.firstRow(); row <= decoded.lastRow(); row++) {
      for (int column = decoded.firstColumn(); column <= decoded.lastColumn(); column++) {
        decode(row, column, strips[row % 2]);
        done++;
        listener.tile(SceneListener.Stage.DECODE, done, decoded.count());
      }
      if (isWanted(row - 1)) {
        finish(row - 1, strips[(row - 1) % 2], sink);
      }
    }
    if (wanted.lastRow() == decoded.lastRow()) {
      finish(wanted.lastRow(), strips[wanted.lastRow() % 2], sink);
    }
  }

  private boolean isWanted(int row) {
    return row >= wanted.firstRow() && row <= wanted.lastRow();
  }

  /** What a tile contributes to the window, pixels of the scene. */
  private Window part(int row, int column) {
    Window core = grid.core(row, column);
    Window window = task.window();
    return Window.between(
        Math.max(window.x(), core.x() * factor),
        Math.max(window.y(), core.y() * factor),
        Math.min(window.right(), core.right() * factor),
        Math.min(window.bottom(), core.bottom() * factor));
  }

  private void decode(int row, int column, float[] strip) throws IOException {
    Window context = grid.context(row, column);
    float[] pixels = decoder.decode(latents.read(context), context.height(), context.width());
    double[] own = means[index(row, column)];
    for (int corner = 0; corner < CORNERS; corner++) {
      own[corner] = mean(pixels, context, grid.around(row + corner / 2, column + corner % 2));
    }
    if (isWanted(row) && column >= wanted.firstColumn() && column <= wanted.lastColumn()) {
      Window part = part(row, column);
      for (int line = 0; line < part.height(); line++) {
        System.arraycopy(
            pixels,
            (part.y() + line - context.y() * factor) * context.width() * factor
                + part.x()
                - context.x() * factor,
            strip,
            line * task.window().width() + part.x() - task.window().x(),
            part.width());
      }
    }
  }

  private double mean(float[] pixels, Window context, Window around) {
    int stride = context.width() * factor;
    double sum = 0;
    for (int y = 0; y < around.height() * factor; y++) {
      int from =
          ((around.y() - context.y()) * factor + y) * stride + (around.x() - context.x()) * factor;
      for (int i = from; i < from + around.width() * factor; i++) {
        sum += pixels[i];
      }
    }
    return sum / ((double) around.height() * factor * around.width() * factor);
  }

  private int index(int row, int column) {
    return (row - decoded.firstRow()) * decoded.columns() + column - decoded.firstColumn();
  }

  /** Levels the tiles of a row and hands it on. */
  private void finish(int row, float[] strip, RowSink sink) throws IOException {
    int width = task.window().width();
    for (int column = wanted.firstColumn(); column <= wanted.lastColumn(); column++) {
      double[] offsets = new double[CORNERS];
      for (int corner = 0; corner < CORNERS; corner++) {
        offsets[corner] =
            common(row + corner / 2, column + corner % 2) - means[index(row, column)][corner];
      }
      Window part = part(row, column);
      Window core = grid.core(row, column);
      for (int line = 0; line < part.height(); line++) {
        double v = (part.y() + line + 0.5 - core.y() * factor) / (core.height() * factor);
        double left = (1 - v) * offsets[0] + v * offsets[2];
        double right = (1 - v) * offsets[1] + v * offsets[3];
        int from = line * width + part.x() - task.window().x();
        for (int i = 0; i < part.width(); i++) {
          double u = (part.x() + i + 0.5 - core.x() * factor) / (core.width() * factor);
          float level = (float) ((1 - u) * left + u * right);
          strip[from + i] = Math.min(1f, Math.max(0f, strip[from + i] + level));
        }
      }
    }
    sink.write(part(row, wanted.firstColumn()).height(), strip);
  }

  /** The mean, over the tiles that meet in a corner, of what each has around it. */
  private double common(int cornerRow, int cornerColumn) {
    double sum = 0;
    int count = 0;
    for (int row = Math.max(0, cornerRow - 1);
        row <= Math.min(grid.rows().count() - 1, cornerRow);
        row++) {
      for (int column = Math.max(0, cornerColumn - 1);
          column <= Math.min(grid.columns().count() - 1, cornerColumn);
          column++) {
        sum += means[index(row, column)][2 * (cornerRow - row) + cornerColumn - column];
        count++;
      }
    }
    return sum / count;
  }
}
