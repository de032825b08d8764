package org.sardiffusion.runtime.internal.tiling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.tiling.AxisTiling;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * The tiles that each call has to predict so that a window of the final latents is right, in bands
 * of one row of tiles.
 *
 * <p>A step is right where all tiles of a latent pixel are predicted, and those see all of
 * themselves. So from the last call back to the first they become more, by up to a tile on each
 * side.
 */
public final class DependencyCone {
  private final TileLayout layout;
  private final List<TileRange> ranges;
  private final Window held;

  /**
   * @param target the window of the final latents, latent pixels
   * @param calls how many, at least 1
   */
  public DependencyCone(TileLayout layout, Window target, int calls) {
    Deque<TileRange> found = new ArrayDeque<>();
    Window right = target;
    for (int call = calls - 1; call >= 0; call--) {
      TileRange range = TileRange.touching(layout, right);
      found.addFirst(range);
      right = range.area(layout);
    }
    this.layout = layout;
    this.ranges = List.copyOf(found);
    this.held = right;
  }

  /** All latents that take part. */
  public Window held() {
    return held;
  }

  /** How many tiles the first calls predict. */
  public long tilesBefore(int call) {
    return ranges.subList(0, call).stream().mapToLong(TileRange::count).sum();
  }

  /** The tiles of a call, counted from the first that there is. */
  public TileRange tiles(int call) {
    return ranges.get(call);
  }

  /** The bands of a call, likewise counted, from the top. */
  public List<Band> bands(int call) {
    TileRange range = ranges.get(call);
    AxisTiling rows = layout.rows();
    List<Band> bands = new ArrayList<>();
    for (int row = range.firstRow(); row <= range.lastRow(); row++) {
      int top = rows.start(row);
      bands.add(
          new Band(
              row,
              new Window(held.x(), top, held.width(), rows.tile()),
              new Window(held.x(), top, held.width(), rows.next(row) - top),
              new TileRange(row, row, range.firstColumn(), range.lastColumn()),
              row == range.lastRow()));
    }
    return bands;
  }
}
