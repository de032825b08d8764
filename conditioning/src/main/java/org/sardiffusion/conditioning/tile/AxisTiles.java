package org.sardiffusion.conditioning.tile;

/**
 * Tiles along one axis, spread evenly: the first begins at 0, the last ends at the end, and
 * neighbours overlap by at least what was asked for.
 *
 * @param length of the axis, at least 1
 * @param tile length of a tile, at most {@code length}
 * @param count how many tiles
 */
record AxisTiles(int length, int tile, int count) {
  static AxisTiles of(int length, int tile, int overlap) {
    if (length < 1 || tile < 1 || overlap < 0 || overlap >= tile) {
      throw new IllegalArgumentException(
          "Cannot cover "
              + length
              + " pixels with tiles of "
              + tile
              + " that overlap by "
              + overlap
              + ": lengths are positive, and the overlap smaller than a tile");
    }
    if (length <= tile) {
      return new AxisTiles(length, length, 1);
    }
    int step = tile - overlap;
    return new AxisTiles(length, tile, (length - overlap + step - 1) / step);
  }

  int start(int index) {
    return count == 1 ? 0 : (int) ((long) index * (length - tile) / (count - 1));
  }

  /** Where the area that belongs to a tile alone begins: the middle of the overlap before it. */
  int coreStart(int index) {
    if (index == 0) {
      return 0;
    }
    return index == count ? length : (start(index) + start(index - 1) + tile) / 2;
  }
}
