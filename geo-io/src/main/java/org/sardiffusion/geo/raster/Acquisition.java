package org.sardiffusion.geo.raster;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a radar image was taken.
 *
 * @param geometry the surface that its rows and columns measure
 * @param polarisation sent and received
 * @param incidence the angle between the line of sight and the vertical at the scene's centre,
 *     degrees, above 0 and below 90
 */
public record Acquisition(
    Optional<ImageGeometry> geometry,
    Optional<Polarisation> polarisation,
    OptionalDouble incidence) {
  /**
   * @throws IllegalArgumentException if the incidence angle lies outside its range
   */
  public Acquisition {
    incidence.ifPresent(
        angle -> {
          if (!(angle > 0 && angle < 90)) {
            throw new IllegalArgumentException(
                "An incidence angle lies between 0 and 90 degrees, not at " + angle);
          }
        });
  }

  /** Nothing is known. */
  public static Acquisition unknown() {
    return new Acquisition(Optional.empty(), Optional.empty(), OptionalDouble.empty());
  }

  /** This, with whatever the other one knows put over it. */
  public Acquisition overriddenBy(Acquisition other) {
    return new Acquisition(
        other.geometry.or(() -> geometry),
        other.polarisation.or(() -> polarisation),
        other.incidence.isPresent() ? other.incidence : incidence);
  }
}
