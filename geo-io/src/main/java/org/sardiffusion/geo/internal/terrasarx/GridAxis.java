package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.LatticeAxis;

/**
 * One axis of the GEOREF grid: where its nodes lie, in pixels and in time.
 *
 * @param lattice in the image in sensor order
 * @param times in seconds, growing
 */
record GridAxis(LatticeAxis lattice, double[] times) {
  int size() {
    return times.length;
  }

  /** The time at a position. */
  double time(double position) {
    int cell = lattice.cell(position);
    return times[cell] + lattice.weight(cell, position) * (times[cell + 1] - times[cell]);
  }
}
