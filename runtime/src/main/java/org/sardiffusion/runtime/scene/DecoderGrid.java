package org.sardiffusion.runtime.scene;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.TileDecoder;

/**
 * The tiles in which a scene is decoded, those of the whole scene whichever part is made. A tile
 * contributes its core and is decoded with a margin of context.
 */
record DecoderGrid(Axis rows, Axis columns) {

  /**
   * Cores along one axis, as even as whole numbers can be.
   *
   * @param length of the axis, latent pixels
   * @param count how many
   */
  record Axis(int length, int count) {
    /**
     * @param side longest core; what is not longer than this with both margins is one tile
     */
    static Axis of(int length, int side) {
      boolean one = length <= side + 2L * TileDecoder.MARGIN;
      return new Axis(length, one ? 1 : (length - 1) / side + 1);
    }

    /** Where a core begins; that of the one behind the last is the end. */
    int start(int index) {
      return (int) ((long) index * length / count);
    }

    int contextStart(int index) {
      return Math.max(0, start(index) - TileDecoder.MARGIN);
    }

    int contextEnd(int index) {
      return Math.min(length, start(index + 1) + TileDecoder.MARGIN);
    }

    /** The core that a position lies in. */
    int indexOf(int position) {
      int index = (int) ((long) position * count / length);
      while (start(index + 1) <= position) {
        index++;
      }
      while (start(index) > position) {
        index--;
      }
      return index;
    }
  }

  Window core(int row, int column) {
    return Window.between(
        columns.start(column), rows.start(row), columns.start(column + 1), rows.start(row + 1));
  }

  Window context(int row, int column) {
    return Window.between(
        columns.contextStart(column),
        rows.contextStart(row),
        columns.contextEnd(column),
        rows.contextEnd(row));
  }

  /** Around a corner of cores, as far as all tiles see that meet in it. */
  Window around(int row, int column) {
    int margin = TileDecoder.MARGIN;
    int y = rows.start(row);
    int x = columns.start(column);
    return Window.between(
        Math.max(0, x - margin),
        Math.max(0, y - margin),
        Math.min(columns.length(), x + margin),
        Math.min(rows.length(), y + margin));
  }

  /** The tiles whose cores a window of pixels touches. */
  TileRange touching(Window pixels, int factor) {
    return new TileRange(
        rows.indexOf(pixels.y() / factor),
        rows.indexOf((pixels.bottom() - 1) / factor),
        columns.indexOf(pixels.x() / factor),
        columns.indexOf((pixels.right() - 1) / factor));
  }

  /** With the neighbours of all tiles. */
  TileRange withNeighbours(TileRange range) {
    return new TileRange(
        Math.max(0, range.firstRow() - 1),
        Math.min(rows.count() - 1, range.lastRow() + 1),
        Math.max(0, range.firstColumn() - 1),
        Math.min(columns.count() - 1, range.lastColumn() + 1));
  }

  /** The latents that tiles are decoded from. */
  Window contextOf(TileRange range) {
    return Window.between(
        columns.contextStart(range.firstColumn()),
        rows.contextStart(range.firstRow()),
        columns.contextEnd(range.lastColumn()),
        rows.contextEnd(range.lastRow()));
  }
}
