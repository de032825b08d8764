package org.sardiffusion.geo.files;

import java.util.Optional;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.Polarisation;

/**
 * Which image of a radar product is opened, and what its amplitudes mean.
 *
 * @param polarisation empty takes the first one
 * @param calibration empty takes the product's digital numbers
 */
public record ProductChoice(
    Optional<Polarisation> polarisation, Optional<Calibration> calibration) {
  /** The digital numbers of the first image. */
  public static final ProductChoice FIRST = new ProductChoice(Optional.empty(), Optional.empty());
}
