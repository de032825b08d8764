package org.sardiffusion.pipelines.internal.map;

import org.sardiffusion.pipelines.scene.SceneFrame;

/**
 * The centres of a scene's cells along one axis, in cells. The last cell may reach beyond the
 * image; its centre then lies on the image's last pixel, which what covers the image covers.
 *
 * @param count of cells, at least 1
 * @param last the centre of the last of them
 */
record CellCentres(int count, double last) {
  /** Where the columns of a scene's latent pixels are looked at. */
  static CellCentres ofColumns(SceneFrame frame) {
    return of(frame.width(), frame.factor());
  }

  /** Where the rows of a scene's latent pixels are looked at. */
  static CellCentres ofRows(SceneFrame frame) {
    return of(frame.height(), frame.factor());
  }

  /** Of an image of so many pixels along the axis. */
  static CellCentres of(int pixels, int factor) {
    int count = (int) (((long) pixels + factor - 1) / factor);
    return new CellCentres(count, Math.min(count - 0.5, (pixels - 0.5) / factor));
  }

  /** The centre of a cell. */
  double of(int cell) {
    return cell == count - 1 ? last : cell + 0.5;
  }

  /** The first cell whose centre is not below a position, at most {@link #count}. */
  int firstFrom(double position) {
    if (position > last) {
      return count;
    }
    return (int) Math.max(0, Math.min(count - 1, Math.ceil(position - 0.5)));
  }
}
