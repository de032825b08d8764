package org.sardiffusion.runtime.internal.tiling;

import org.sardiffusion.core.raster.Window;

/**
 * Brings decoded tiles to a common brightness.
 *
 * <p>A decoder's group normalisation and its attention see all of what they decode, so neighbouring
 * tiles decode the same pixels a little brighter or darker. Where the corners of tiles meet, all of
 * them decode the pixels around; each tile is brought to their common mean there, and between its
 * corners by bilinear interpolation. So tiles agree along their borders, and what is added to one
 * depends on its neighbours alone, not on the whole.
 */
public final class TileOffsets {
  private static final int CORNERS = 4;

  private final VaeTiling tiling;
  private final TileRange decoded;

  /** Of each decoded tile, the means around its corners: upper left, right, lower left, right. */
  private final double[][] means;

  /**
   * @param decoded the tiles whose pixels will be known
   */
  public TileOffsets(VaeTiling tiling, TileRange decoded) {
    this.tiling = tiling;
    this.decoded = decoded;
    this.means = new double[Math.toIntExact(decoded.count())][CORNERS];
  }

  /**
   * Measures a tile.
   *
   * @param pixels of its context
   * @param factor pixels for each latent pixel
   */
  public void measure(int row, int column, Planes pixels, int factor) {
    for (int corner = 0; corner < CORNERS; corner++) {
      Window around = tiling.around(row + corner / 2, column + corner % 2).times(factor);
      means[index(row, column)][corner] = mean(pixels, around);
    }
  }

  /**
   * What to add at the corners of a tile's core: upper left, right, lower left, right. All of its
   * neighbours must have been measured.
   */
  public double[] of(int row, int column) {
    double[] offsets = new double[CORNERS];
    for (int corner = 0; corner < CORNERS; corner++) {
      offsets[corner] =
          common(row + corner / 2, column + corner % 2) - means[index(row, column)][corner];
    }
    return offsets;
  }

  /** The mean, over the tiles that meet in a corner, of what each has around it. */
  private double common(int cornerRow, int cornerColumn) {
    double sum = 0;
    int count = 0;
    for (int row = Math.max(0, cornerRow - 1);
        row <= Math.min(tiling.rows().count() - 1, cornerRow);
        row++) {
      for (int column = Math.max(0, cornerColumn - 1);
          column <= Math.min(tiling.columns().count() - 1, cornerColumn);
          column++) {
        sum += means[index(row, column)][2 * (cornerRow - row) + cornerColumn - column];
        count++;
      }
    }
    return sum / count;
  }

  private static double mean(Planes pixels, Window part) {
    double sum = 0;
    for (int row = part.y(); row < part.bottom(); row++) {
      int from = pixels.index(0, row, part.x());
      for (int i = from; i < from + part.width(); i++) {
        sum += pixels.values()[i];
      }
    }
    return sum / ((double) part.height() * part.width());
  }

  private int index(int row, int column) {
    return (row - decoded.firstRow()) * decoded.columns() + column - decoded.firstColumn();
  }
}
