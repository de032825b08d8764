package org.sardiffusion.geo.internal.sidecar;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.SidecarException;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Quantity;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.Spacing;

/**
 * What a file {@code NAME.yaml} says of the image {@code NAME.tif} (or {@code .npy}, {@code .img},
 * ...) beside it. All lines may be left out:
 *
 * <pre>{@code
 * spacing: {range: 0.80, azimuth: 0.75}   # metres; or one number for both
 * geometry: slant                         # or ground
 * polarisation: VV
 * incidence: 45                           # degrees, at the scene's centre
 * quantity: intensity                     # or amplitude (the default), decibel
 * nodata: 0
 * range-axis: columns                     # or rows: the direction in which range grows
 * corners:                                # longitude and latitude of the image's outer corners
 *   upper-left: [1.4437, 43.6047]
 *   upper-right: [1.4536, 43.6047]
 *   lower-right: [1.4536, 43.5975]
 *   lower-left: [1.4437, 43.5975]
 * }</pre>
 *
 * @param file the sidecar
 * @param spacing of the pixels
 * @param acquisition how the image was taken
 * @param quantity what the stored numbers are
 * @param nodata the stored number of pixels without data
 * @param corners upper left, upper right, lower right, lower left; longitude and latitude each
 */
public record Sidecar(
    Path file,
    Optional<Spacing> spacing,
    Acquisition acquisition,
    Optional<Quantity> quantity,
    OptionalDouble nodata,
    Optional<List<Corner>> corners) {

  /**
   * A corner of an image on WGS 84.
   *
   * @param longitude degrees
   * @param latitude degrees
   */
  public record Corner(double longitude, double latitude) {}

  /**
   * Reads the sidecar of an image: {@code sim.yaml} or {@code sim.yml} beside {@code sim.tif}.
   *
   * @return empty if there is none
   * @throws SidecarException if it cannot be used
   */
  public static Optional<Sidecar> beside(Path image) {
    String name = image.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    return List.of(".yaml", ".yml").stream()
        .map(ending -> image.resolveSibling(stem + ending))
        .filter(p -> Files.isRegularFile(p) && !p.equals(image))
        .findFirst()
        .map(Sidecar::read);
  }

  /**
   * Reads a sidecar.
   *
   * @throws SidecarException if it is no YAML, has a key that is not known, or a value that cannot
   *     be
   */
  public static Sidecar read(Path file) {
    return new SidecarReader(file).read();
  }

  /**
   * Puts what the sidecar says over what the image's own file says.
   *
   * @return the same open file
   * @throws SidecarException if it describes intensities or decibels, but the image is complex
   */
  public Raster describe(Raster raster) {
    if (quantity.filter(q -> q != Quantity.AMPLITUDE).isPresent()
        && !(raster instanceof DetectedRaster)) {
      throw new SidecarException(
          file, "'quantity' is for real numbers, but the image is complex. Remove that line.");
    }
    RasterMetadata metadata = raster.metadata();
    metadata = metadata.withAcquisition(metadata.acquisition().overriddenBy(acquisition));
    if (spacing.isPresent()) {
      metadata = metadata.withSpacing(spacing.get());
    }
    if (quantity.isPresent()) {
      metadata = metadata.withEncoding(metadata.encoding().withQuantity(quantity.get()));
    }
    if (nodata.isPresent()) {
      metadata = metadata.withEncoding(metadata.encoding().withNodata(nodata));
    }
    if (corners.isPresent()) {
      metadata = metadata.withGeoreference(points(raster.width(), raster.height()));
    }
    return raster.withMetadata(metadata);
  }

  private ControlPoints points(int width, int height) {
    List<Corner> c = corners.orElseThrow();
    return new ControlPoints(
        List.of(
            point(0, 0, c.get(0)),
            point(width, 0, c.get(1)),
            point(width, height, c.get(2)),
            point(0, height, c.get(3))),
        Optional.of(Crs.WGS84));
  }

  private static ControlPoint point(int column, int row, Corner corner) {
    return new ControlPoint(column, row, corner.longitude, corner.latitude, 0);
  }
}
