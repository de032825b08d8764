package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.pipelines.refinement.Radiometry;

/** What the pixels of a refined image are to mean: calibrated ones keep their unit. */
enum RadiometryChoice {
  NORMALISED(Radiometry.NORMALISED, Optional.empty()),
  PRESERVE(Radiometry.PRESERVE, Optional.empty()),
  MODEL(Radiometry.MODEL, Optional.empty()),
  BETA0(Radiometry.PRESERVE, Optional.of(Calibration.BETA_NOUGHT)),
  SIGMA0(Radiometry.PRESERVE, Optional.of(Calibration.SIGMA_NOUGHT));

  private final Radiometry radiometry;
  private final Optional<Calibration> calibration;

  RadiometryChoice(Radiometry radiometry, Optional<Calibration> calibration) {
    this.radiometry = radiometry;
    this.calibration = calibration;
  }

  Radiometry radiometry() {
    return radiometry;
  }

  Optional<Calibration> calibration() {
    return calibration;
  }
}
