package org.sardiffusion.geo.ortho;

/** What an image is interpolated by; all are separable and continuous. */
public enum WarpKernel {
  /** A triangle of one pixel each way: never outside the range of its neighbours, but smoothes. */
  BILINEAR(1) {
    @Override
    double at(double distance) {
      return Math.max(0, 1 - distance);
    }
  },
  /**
   * Lanczos' windowed sinc of three lobes (Duchon, Journal of Applied Meteorology 18, 1979): keeps
   * nearly all of the spectrum, and with it the speckle.
   */
  LANCZOS(3) {
    @Override
    double at(double distance) {
      if (distance == 0) {
        return 1;
      }
      if (distance >= 3) {
        return 0;
      }
      double x = Math.PI * distance;
      return 3 * Math.sin(x) * Math.sin(x / 3) / (x * x);
    }
  };

  /** Steps of the table between two pixels. */
  private static final int FINENESS = 1024;

  private final int radius;
  private float[] table;

  WarpKernel(int radius) {
    this.radius = radius;
  }

  /** How far it reaches, pixels. */
  int radius() {
    return radius;
  }

  /**
   * Its value.
   *
   * @param distance pixels, at least 0
   */
  abstract double at(double distance);

  /** Its values from 0 to two pixels beyond its radius, {@value #FINENESS} for each pixel. */
  synchronized float[] table() {
    if (table == null) {
      table = new float[(radius + 2) * FINENESS + 1];
      for (int i = 0; i < table.length; i++) {
        table[i] = (float) at((double) i / FINENESS);
      }
    }
    return table;
  }

  /** The nearest value of a table to a distance of at most its radius and two pixels more. */
  static float lookUp(float[] table, double distance) {
    return table[(int) (distance * FINENESS + 0.5)];
  }
}
