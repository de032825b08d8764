package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The radial spectrum ring by ring, the spectra along the axes in bands of five frequencies. */
final class SpectrumFeatures implements FeatureSource {
  private static final int BAND = 5;
  private static final int BANDS = (CropFeatures.SIDE / 2 - 1) / BAND;

  @Override
  public FeatureGroup group() {
    return FeatureGroup.SPECTRUM;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int r = 0; r < SpectralCurves.RINGS; r++) {
      names.add(around("radial", (r + 0.5) / (2 * SpectralCurves.RINGS)));
    }
    for (String axis : new String[] {"along rows", "along columns"}) {
      for (int b = 0; b < BANDS; b++) {
        names.add(around(axis, (b * BAND + 1 + (BAND - 1) / 2.0) / CropFeatures.SIDE));
      }
    }
    return names;
  }

  private static String around(String what, double frequency) {
    return String.format(Locale.ROOT, "%s, period %.1f px", what, 1 / frequency);
  }

  @Override
  public double[] of(Crop crop, SpectralCurves curves) {
    double[] values = new double[SpectralCurves.RINGS + 2 * BANDS];
    System.arraycopy(curves.radial(), 0, values, 0, SpectralCurves.RINGS);
    for (int b = 0; b < BANDS; b++) {
      values[SpectralCurves.RINGS + b] = meanPower(curves.alongX(), b * BAND);
      values[SpectralCurves.RINGS + BANDS + b] = meanPower(curves.alongY(), b * BAND);
    }
    return values;
  }

  private static double meanPower(double[] decibels, int from) {
    double sum = 0;
    for (int k = from; k < from + BAND; k++) {
      sum += Math.pow(10, decibels[k] / 10);
    }
    return 10 * Math.log10(sum / BAND);
  }
}
