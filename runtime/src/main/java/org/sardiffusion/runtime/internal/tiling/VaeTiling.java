package org.sardiffusion.runtime.internal.tiling;

import java.util.List;
import java.util.stream.IntStream;
import org.sardiffusion.core.raster.Window;

/**
 * The tiles in which a VAE encodes or decodes, those of the whole whichever part is made. A tile
 * contributes its core and is computed from a context: the core with a margin around.
 */
public record VaeTiling(Axis rows, Axis columns) {
  /** Context around a core, in latent pixels, as far as a VAE's convolutions see. */
  public static final int MARGIN = 16;

  /**
   * Cores along one axis.
   *
   * @param starts where each begins, and the end
   */
  public record Axis(List<Integer> starts) {
    public Axis {
      starts = List.copyOf(starts);
    }

    /** As even as whole numbers can be. */
    private static Axis even(int length, int side) {
      int count = length <= side + 2L * MARGIN ? 1 : (length - 1) / side + 1;
      return new Axis(
          IntStream.rangeClosed(0, count)
              .mapToObj(i -> (int) ((long) i * length / count))
              .toList());
    }

    /** All of one length but the last. */
    private static Axis equal(int length, int side) {
      return new Axis(
          IntStream.rangeClosed(0, (length - 1) / side + 1)
              .mapToObj(i -> (int) Math.min(length, (long) i * side))
              .toList());
    }

    public int count() {
      return starts.size() - 1;
    }

    int length() {
      return start(count());
    }

    /** Where a core begins; that of the one behind the last is the end. */
    int start(int index) {
      return starts.get(index);
    }

    int contextStart(int index) {
      return Math.max(0, start(index) - MARGIN);
    }

    int contextEnd(int index) {
      return Math.min(length(), start(index + 1) + MARGIN);
    }

    /** The core that a position lies in. */
    int indexOf(int position) {
      int index = 0;
      while (start(index + 1) <= position) {
        index++;
      }
      return index;
    }
  }

  /**
   * Cores as even as can be.
   *
   * @param height latent pixels
   * @param width latent pixels
   * @param side longest core; what is not longer than this with both margins is one tile
   */
  public static VaeTiling of(int height, int width, int side) {
    return new VaeTiling(Axis.even(height, side), Axis.even(width, side));
  }

  /**
   * Cores of one side, less at the right and the lower edge: how images to start from have been
   * encoded since the first recipes.
   *
   * @param side of a core; images of at most this size with both margins are one tile
   */
  public static VaeTiling ofSquares(int height, int width, int side) {
    int longer = Math.max(height, width);
    int core = longer - 2 * MARGIN <= side ? longer : side;
    return new VaeTiling(Axis.equal(height, core), Axis.equal(width, core));
  }

  /** What a tile contributes. */
  public Window core(int row, int column) {
    return Window.between(
        columns.start(column), rows.start(row), columns.start(column + 1), rows.start(row + 1));
  }

  /** What a tile is computed from. */
  public Window context(int row, int column) {
    return Window.between(
        columns.contextStart(column),
        rows.contextStart(row),
        columns.contextEnd(column),
        rows.contextEnd(row));
  }

  /** Around a corner of cores, as far as all tiles see that meet in it. */
  public Window around(int row, int column) {
    int y = rows.start(row);
    int x = columns.start(column);
    return Window.between(
        Math.max(0, x - MARGIN),
        Math.max(0, y - MARGIN),
        Math.min(columns.length(), x + MARGIN),
        Math.min(rows.length(), y + MARGIN));
  }

  /** The tiles whose cores a window touches. */
  public TileRange touching(Window window) {
    return new TileRange(
        rows.indexOf(window.y()),
        rows.indexOf(window.bottom() - 1),
        columns.indexOf(window.x()),
        columns.indexOf(window.right() - 1));
  }

  /** With the neighbours of all tiles. */
  public TileRange withNeighbours(TileRange range) {
    return new TileRange(
        Math.max(0, range.firstRow() - 1),
        Math.min(rows.count() - 1, range.lastRow() + 1),
        Math.max(0, range.firstColumn() - 1),
        Math.min(columns.count() - 1, range.lastColumn() + 1));
  }

  /** The latents that tiles are computed from. */
  public Window contextOf(TileRange range) {
    return Window.between(
        columns.contextStart(range.firstColumn()),
        rows.contextStart(range.firstRow()),
        columns.contextEnd(range.lastColumn()),
        rows.contextEnd(range.lastRow()));
  }
}
