package org.sardiffusion.pipelines.refinement;

import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * How an image in slant range is brought to the ground.
 *
 * @param crs the map's coordinate system, such as {@code EPSG:32631}; empty takes the UTM zone of
 *     the image's centre
 * @param pixelSize of the map, in units of its coordinate system; empty takes the spacing of the
 *     image, metres
 * @param kernel what amplitudes are interpolated by
 */
public record GroundProjection(Optional<String> crs, OptionalDouble pixelSize, WarpKernel kernel) {

  /** UTM at the spacing of the image, by Lanczos' kernel. */
  public static GroundProjection standard() {
    return new GroundProjection(Optional.empty(), OptionalDouble.empty(), WarpKernel.LANCZOS);
  }

  /**
   * The lattice of places of an image.
   *
   * @throws RefinementException if it has none
   */
  static LocationGrid places(ResampledImage image) {
    if (image.place() instanceof LocationGrid grid) {
      return grid;
    }
    if (image.place() instanceof AffineGrid grid) {
      throw new RefinementException(
          "The image lies on a map already"
              + grid.crs().map(known -> " (" + known + ")").orElse("")
              + ", so it needs no orthorectification.",
          Remedy.omit("orthorectify"));
    }
    Optional<LocationGrid> grid =
        image.place() instanceof ControlPoints points ? LocationGrid.of(points) : Optional.empty();
    return grid.orElseThrow(
        () ->
            new RefinementException(
                "The image can't be put on a map: it does not say where its pixels lie by a grid of"
                    + " places (a GEOREF annotation, or control points in rows and columns with a"
                    + " coordinate system). Keep it in slant range, or give its corners in a sidecar"
                    + " (NAME.yaml).",
                Remedy.omit("orthorectify")));
  }

  /**
   * The map's pixels for an image.
   *
   * @param spacing of the model, metres
   * @throws RefinementException if the image has no lattice of places, or the pixel size must be
   *     given
   * @throws org.sardiffusion.geo.place.PlacementException if the image can't lie on that map
   */
  GroundGrid grid(ResampledImage image, double spacing) {
    LocationGrid places = places(image);
    int width = image.amplitude().width();
    int height = image.amplitude().height();
    Crs map =
        crs.map(Crs::of)
            .orElseGet(
                () -> {
                  GeoPoint centre =
                      places
                          .locate(new ImagePoint(width / 2.0, height / 2.0))
                          .orElseThrow(
                              () ->
                                  new RefinementException(
                                      "The image lies outside of the grid of places that it comes"
                                          + " with."));
                  return Crs.utm(centre.longitude(), centre.latitude());
                });
    if (pixelSize.isEmpty() && !map.isMetric()) {
      throw new RefinementException(
          map.codeAndName()
              + " is not in metres: give the pixel size in its units, such as 4e-6 degrees.",
          Remedy.choose("pixel_size"));
    }
    return GroundGrid.covering(places, width, height, map, pixelSize.orElse(spacing));
  }
}
