package org.sardiffusion.training.dataset;

import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.geo.raster.Spacing;

/**
 * How a source becomes an amplitude image at the spacing of the training set.
 *
 * @param inputSpacing of the sources that do not know theirs, or of all: it goes before what a file
 *     says
 * @param targetSpacing of the training set, metres on both axes, positive
 * @param calibration what amplitudes are multiplied by, positive: it changes the divisors that are
 *     recorded, and nothing else, since images are normalised
 * @param nodata the amplitude that means "no data", where the file does not say so itself
 */
public record Preparation(
    Optional<Spacing> inputSpacing,
    double targetSpacing,
    double calibration,
    OptionalDouble nodata) {
  /**
   * @throws DatasetException if a number is not positive
   */
  public Preparation {
    if (!(targetSpacing > 0 && targetSpacing <= Double.MAX_VALUE)) {
      throw new DatasetException(
          Kind.USAGE,
          "The target spacing must be a positive number of metres, not " + targetSpacing + ".");
    }
    if (!(calibration > 0 && calibration <= Double.MAX_VALUE)) {
      throw new DatasetException(
          Kind.USAGE, "The calibration factor must be a positive number, not " + calibration + ".");
    }
  }

  /** Spacings from the files, to 0.40 m as in the paper, without calibration. */
  public static Preparation standard() {
    return new Preparation(Optional.empty(), 0.4, 1, OptionalDouble.empty());
  }

  /** The same for sources of a known spacing. */
  public Preparation withInputSpacing(Spacing spacing) {
    return new Preparation(Optional.of(spacing), targetSpacing, calibration, nodata);
  }
}
