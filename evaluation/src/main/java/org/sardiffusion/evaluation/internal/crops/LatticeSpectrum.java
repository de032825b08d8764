package org.sardiffusion.evaluation.internal.crops;

import java.util.Arrays;
import java.util.Optional;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The mean power spectrum, in decibels, of crops of 64 x 64 pixels, in which the lattice of an
 * upsampling decoder shows: lines of 2, 4, 8 and 16 pixels fall on single frequencies. Decibels are
 * averaged, not powers: a crop of water with three grey levels would outweigh a thousand others.
 */
public final class LatticeSpectrum {
  static final int SIDE = 64;
  private static final int STRIDE = SIDE / 2;

  /** A larger image gives as many crops, evenly spread. */
  private static final int MOST_CROPS = 64;

  /** Nearer to zero than this, in cycles a crop, lies what the scene shows. */
  private static final int LOWEST = 3;

  /** How far the neighbourhood of a frequency reaches, in cycles a crop. */
  private static final int REACH = 3;

  /** How far the window smears a line. */
  private static final int SMEAR = 1;

  /** Keeps decibels finite, as a share of a crop's mean power. */
  private static final double FLOOR = 1e-9;

  private static final PowerSpectrum SPECTRUM = new PowerSpectrum(SIDE);

  private final double[] sum = new double[SIDE * SIDE];
  private long crops;

  /** The spectrum of one image; of none of its parts if it is smaller than a crop. */
  public static LatticeSpectrum of(AmplitudeRaster image) {
    LatticeSpectrum spectrum = new LatticeSpectrum();
    for (Crop crop : Crop.of(image, SIDE, STRIDE, MOST_CROPS)) {
      double[] power = SPECTRUM.of(crop);
      double mean = Arrays.stream(power).average().orElseThrow();
      // A crop of one value has no power.
      for (int i = 0; i < power.length && mean > 0; i++) {
        spectrum.sum[i] += 10 * Math.log10(power[i] / mean + FLOOR);
      }
      spectrum.crops += mean > 0 ? 1 : 0;
    }
    return spectrum;
  }

  /** Adds the crops of another one. */
  public void add(LatticeSpectrum other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.sum[i];
    }
    crops += other.crops;
  }

  /** How many crops there were. */
  public long crops() {
    return crops;
  }

  /**
   * The frequency that stands out most over those around it: the 7 x 7 but for the 3 x 3 in their
   * middle.
   *
   * @return nothing if there was no crop
   */
  public Optional<LatticeLine> strongest() {
    if (crops == 0) {
      return Optional.empty();
    }
    double best = Double.NEGATIVE_INFINITY;
    int at = 0;
    // The other half mirrors this one.
    for (int i = 0; i < SIDE * (SIDE / 2 + 1); i++) {
      int fx = Math.min(i % SIDE, SIDE - i % SIDE);
      int fy = i / SIDE;
      if (fx >= LOWEST || fy >= LOWEST) {
        double excess = (sum[i] - neighbourhood(i % SIDE, fy)) / crops;
        if (excess > best) {
          best = excess;
          at = i;
        }
      }
    }
    int fx = Math.min(at % SIDE, SIDE - at % SIDE);
    int fy = at / SIDE;
    return Optional.of(new LatticeLine(best, (double) SIDE / fx, (double) SIDE / fy));
  }

  /**
   * What lies around a frequency: of its neighbours to the left, to the right, above and below, the
   * largest median, so that no slope and no edge of the spectrum is taken for a line.
   */
  private double neighbourhood(int x, int y) {
    double largest = Double.NEGATIVE_INFINITY;
    for (Side side : Side.values()) {
      double[] around = new double[(2 * REACH + 1) * (2 * REACH + 1)];
      int n = 0;
      for (int dy = -REACH; dy <= REACH; dy++) {
        for (int dx = -REACH; dx <= REACH; dx++) {
          if (Math.max(Math.abs(dx), Math.abs(dy)) > SMEAR && side.holds(dx, dy)) {
            around[n++] = sum[Math.floorMod(y + dy, SIDE) * SIDE + Math.floorMod(x + dx, SIDE)];
          }
        }
      }
      Arrays.sort(around, 0, n);
      largest = Math.max(largest, (around[(n - 1) / 2] + around[n / 2]) / 2);
    }
    return largest;
  }

  private enum Side {
    LEFT,
    RIGHT,
    ABOVE,
    BELOW;

    boolean holds(int dx, int dy) {
      return switch (this) {
        case LEFT -> dx < 0;
        case RIGHT -> dx > 0;
        case ABOVE -> dy < 0;
        case BELOW -> dy > 0;
      };
    }
  }
}
