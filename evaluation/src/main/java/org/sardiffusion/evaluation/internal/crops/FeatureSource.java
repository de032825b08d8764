package org.sardiffusion.evaluation.internal.crops;

import java.util.List;

/** Computes the features of one group. */
interface FeatureSource {
  FeatureGroup group();

  /** What it computes, in order. */
  List<String> names();

  /** The values, as many and in the order of {@link #names}. */
  double[] of(Crop crop, SpectralCurves curves);
}
