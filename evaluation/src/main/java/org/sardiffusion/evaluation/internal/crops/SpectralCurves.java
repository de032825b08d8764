package org.sardiffusion.evaluation.internal.crops;

/**
 * Mean powers of a crop of 112 x 112 pixels, in decibels over those of white noise whose standard
 * deviation is the crop's mean amplitude.
 *
 * @param radial in {@link #RINGS} rings of equal width from 0 to 0.5 cycles a pixel; the corners
 *     beyond are left out
 * @param alongX at 1/112 to 55/112 cycles a pixel along the rows, over all frequencies across
 * @param alongY the same along the columns
 */
public record SpectralCurves(double[] radial, double[] alongX, double[] alongY) {
  /** Rings of {@link #radial}. */
  public static final int RINGS = 24;

  /** Keeps the logarithm of a black crop finite. */
  private static final double FLOOR = 1e-6;

  private static final PowerSpectrum SPECTRUM = new PowerSpectrum(CropFeatures.SIDE);

  static SpectralCurves of(Crop crop) {
    int side = crop.side();
    double[] power = SPECTRUM.of(crop);
    double[] radial = new double[RINGS];
    int[] members = new int[RINGS];
    double[] alongX = new double[side / 2 - 1];
    double[] alongY = new double[side / 2 - 1];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double p = power[y * side + x] + FLOOR;
        int fx = Math.min(x, side - x);
        int fy = Math.min(y, side - y);
        int ring = (int) (Math.hypot((double) fy / side, (double) fx / side) / 0.5 * RINGS);
        if (ring < RINGS) {
          radial[ring] += p;
          members[ring]++;
        }
        if (x >= 1 && x < side / 2) {
          alongX[x - 1] += p / side;
        }
        if (y >= 1 && y < side / 2) {
          alongY[y - 1] += p / side;
        }
      }
    }
    for (int r = 0; r < RINGS; r++) {
      radial[r] = decibels(radial[r] / members[r]);
    }
    for (int k = 0; k < alongX.length; k++) {
      alongX[k] = decibels(alongX[k]);
      alongY[k] = decibels(alongY[k]);
    }
    return new SpectralCurves(radial, alongX, alongY);
  }

  private static double decibels(double power) {
    return 10 * Math.log10(power / SPECTRUM.ofUnitNoise());
  }
}
