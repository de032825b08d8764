package org.sardiffusion.conditioning.tile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A cover of an image by overlapping tiles of one size.
 *
 * <p>The tiles are spread evenly; the outermost end at the border, and no tile reaches beyond it.
 * An image smaller than a tile has one tile, of its own size on that axis. The same image always
 * has the same tiles, in the same order: row by row, from the left.
 *
 * <p>Units are whatever the caller counts in: latent cells when noise predictions are merged,
 * pixels when tiles are decoded.
 */
public final class TilePlan {
  private final AxisTiles columns;
  private final AxisTiles rows;
  private final List<Tile> tiles;

  private TilePlan(AxisTiles columns, AxisTiles rows) {
    this.columns = columns;
    this.rows = rows;
    List<Tile> all = new ArrayList<>();
    for (int r = 0; r < rows.count(); r++) {
      for (int c = 0; c < columns.count(); c++) {
        all.add(new Tile(columns.start(c), rows.start(r), columns.tile(), rows.tile()));
      }
    }
    tiles = List.copyOf(all);
  }

  /**
   * Square tiles.
   *
   * @param width columns of the image, at least 1
   * @param height rows of the image, at least 1
   * @param tile side of a tile, at least 1
   * @param overlap least overlap of neighbours, less than {@code tile}
   * @throws IllegalArgumentException if a value is outside its range
   */
  public static TilePlan of(int width, int height, int tile, int overlap) {
    return new TilePlan(AxisTiles.of(width, tile, overlap), AxisTiles.of(height, tile, overlap));
  }

  /** Columns of the image. */
  public int width() {
    return columns.length();
  }

  /** Rows of the image. */
  public int height() {
    return rows.length();
  }

  /** All tiles, row by row. */
  public List<Tile> tiles() {
    return tiles;
  }

  /** Where the columns of tiles begin, from the left. */
  public List<Integer> columnStarts() {
    return IntStream.range(0, columns.count()).mapToObj(columns::start).toList();
  }

  /** Where the rows of tiles begin, from the top. */
  public List<Integer> rowStarts() {
    return IntStream.range(0, rows.count()).mapToObj(rows::start).toList();
  }

  /**
   * The part of the image that is taken from one tile alone when overlaps are cut and not blended:
   * up to the middle of every overlap. These parts cover the image without overlapping.
   *
   * @param index of the tile in {@link #tiles()}
   */
  public Tile core(int index) {
    int c = index % columns.count();
    int r = index / columns.count();
    int x = columns.coreStart(c);
    int y = rows.coreStart(r);
    return new Tile(x, y, columns.coreStart(c + 1) - x, rows.coreStart(r + 1) - y);
  }

  AxisTiles columns() {
    return columns;
  }

  AxisTiles rows() {
    return rows;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TilePlan plan && plan.columns.equals(columns) && plan.rows.equals(rows);
  }

  @Override
  public int hashCode() {
    return 31 * columns.hashCode() + rows.hashCode();
  }

  @Override
  public String toString() {
    return tiles.size() + " tiles of " + width() + "x" + height();
  }
}
