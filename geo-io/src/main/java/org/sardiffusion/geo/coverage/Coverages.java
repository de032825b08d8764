package org.sardiffusion.geo.coverage;

import it.geosolutions.jaiext.range.NoDataContainer;
import java.awt.geom.AffineTransform;
import java.awt.image.RenderedImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.geotools.api.metadata.spatial.PixelOrientation;
import org.geotools.api.referencing.crs.CoordinateReferenceSystem;
import org.geotools.api.referencing.datum.PixelInCell;
import org.geotools.api.referencing.operation.MathTransform;
import org.geotools.coverage.GridSampleDimension;
import org.geotools.coverage.grid.GridCoverage2D;
import org.geotools.coverage.grid.GridCoverageFactory;
import org.geotools.coverage.grid.GridEnvelope2D;
import org.geotools.coverage.grid.GridGeometry2D;
import org.geotools.coverage.util.CoverageUtilities;
import org.geotools.referencing.CRS;
import org.geotools.referencing.crs.DefaultEngineeringCRS;
import org.geotools.referencing.operation.transform.AffineTransform2D;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Raster;

/**
 * Images as coverages of GeoTools, and coverages as images.
 *
 * <p>Pixels are float32, and NaN is their nodata value. An image on a grid has an affine map in its
 * coordinate system, or in {@link DefaultEngineeringCRS#CARTESIAN_2D} if that is not known; one in
 * slant range, whose places are a lattice, has that lattice for its map, in longitude and latitude.
 *
 * <pre>{@code
 * GridCoverage2D coverage = Coverages.of("refined", refined.amplitude(), refined.place());
 * AmplitudeSource amplitudes = Coverages.amplitudes(coverage);
 * Georeference place = Coverages.place(coverage);
 * }</pre>
 */
public final class Coverages {
  static {
    // Without it, JAI prints that it lacks a native library for which it has a substitute.
    if (System.getProperty("com.sun.media.jai.disableMediaLib") == null) {
      System.setProperty("com.sun.media.jai.disableMediaLib", "true");
    }
  }

  private Coverages() {}

  /**
   * An image as a coverage of one band.
   *
   * @param name of the coverage
   * @param image amplitudes; one in memory is not copied, any other is read when the coverage is,
   *     so that it has to stay open
   * @param place where its pixels lie
   * @throws UnsupportedFormatException if its control points make no lattice
   */
  public static GridCoverage2D of(String name, AmplitudeSource image, Georeference place) {
    return coverage(name, PixelImages.of(image), place, "amplitude");
  }

  /**
   * An open raster as a coverage: of one band, or of the bands real and imaginary if it is complex.
   * It is read when the coverage is, so that it has to stay open.
   *
   * @throws UnsupportedFormatException if its control points make no lattice
   */
  public static GridCoverage2D of(Raster raster) {
    return raster instanceof AmplitudeSource image
        ? of(name(raster), image, raster.metadata().georeference())
        : coverage(
            name(raster),
            PixelImages.of(raster),
            raster.metadata().georeference(),
            "real",
            "imaginary");
  }

  private static String name(Raster raster) {
    return raster.metadata().file().getFileName().toString();
  }

  private static GridCoverage2D coverage(
      String name, RenderedImage image, Georeference place, String... bands) {
    GridSampleDimension[] dimensions = new GridSampleDimension[bands.length];
    for (int i = 0; i < bands.length; i++) {
      dimensions[i] = new GridSampleDimension(bands[i]);
    }
    Map<String, Object> properties = new HashMap<>();
    CoverageUtilities.setNoDataProperty(properties, Double.NaN);
    GridGeometry2D geometry =
        new GridGeometry2D(
            new GridEnvelope2D(0, 0, image.getWidth(), image.getHeight()),
            PixelInCell.CELL_CORNER,
            transform(place),
            system(place),
            null);
    return new GridCoverageFactory().create(name, image, geometry, dimensions, null, properties);
  }

  private static MathTransform transform(Georeference place) {
    if (place instanceof AffineGrid grid) {
      Affine map = grid.map();
      return new AffineTransform2D(
          map.xPerColumn(),
          map.yPerColumn(),
          map.xPerRow(),
          map.yPerRow(),
          map.originX(),
          map.originY());
    }
    return lattice(place)
        .<MathTransform>map(LatticeTransform::new)
        .orElseGet(() -> new AffineTransform2D(1, 0, 0, -1, 0, 0));
  }

  private static CoordinateReferenceSystem system(Georeference place) {
    if (place instanceof AffineGrid grid) {
      return grid.crs().map(Crs::system).orElse(DefaultEngineeringCRS.CARTESIAN_2D);
    }
    return lattice(place).isPresent() ? Crs.WGS84.system() : DefaultEngineeringCRS.CARTESIAN_2D;
  }

  private static Optional<LocationGrid> lattice(Georeference place) {
    if (place instanceof ControlPoints points) {
      return Optional.of(
          LocationGrid.of(points)
              .orElseThrow(
                  () ->
                      new UnsupportedFormatException(
                          "The control points of the image make no lattice in a known coordinate"
                              + " system, so no coverage can say where its pixels lie: bring it to"
                              + " a map first.")));
    }
    return place instanceof LocationGrid grid ? Optional.of(grid) : Optional.empty();
  }

  /**
   * The amplitudes of a coverage, read when they are asked for; its nodata value, if it names one,
   * arrives as NaN.
   *
   * @throws UnsupportedFormatException if it has several bands
   */
  public static AmplitudeSource amplitudes(GridCoverage2D coverage) {
    int bands = coverage.getNumSampleDimensions();
    if (bands != 1) {
      throw new UnsupportedFormatException(
          "The coverage "
              + coverage.getName()
              + " has "
              + bands
              + " bands: select the one of the amplitude.");
    }
    NoDataContainer nodata = CoverageUtilities.getNoDataProperty(coverage);
    return new CoverageRows(
        coverage.getRenderedImage(), nodata == null ? Double.NaN : nodata.getAsSingleValue());
  }

  /**
   * Where the pixels of a coverage lie, easting or longitude first.
   *
   * @throws UnsupportedFormatException if its map is not affine
   * @throws org.sardiffusion.geo.place.PlacementException if its coordinate system has no EPSG code
   */
  public static Georeference place(GridCoverage2D coverage) {
    RenderedImage image = coverage.getRenderedImage();
    MathTransform transform =
        coverage.getGridGeometry().getGridToCRS2D(PixelOrientation.UPPER_LEFT);
    if (transform instanceof LatticeTransform lattice) {
      return lattice.grid();
    }
    if (!(transform instanceof AffineTransform affine)) {
      throw new UnsupportedFormatException(
          "The coverage "
              + coverage.getName()
              + " has no affine map from pixels to coordinates: resample it to a grid first.");
    }
    CoordinateReferenceSystem system = coverage.getCoordinateReferenceSystem2D();
    boolean northFirst = CRS.getAxisOrder(system) == CRS.AxisOrder.NORTH_EAST;
    Affine map =
        northFirst
            ? new Affine(
                affine.getTranslateY(),
                affine.getShearY(),
                affine.getScaleY(),
                affine.getTranslateX(),
                affine.getScaleX(),
                affine.getShearX())
            : new Affine(
                affine.getTranslateX(),
                affine.getScaleX(),
                affine.getShearX(),
                affine.getTranslateY(),
                affine.getShearY(),
                affine.getScaleY());
    return new AffineGrid(map.from(image.getMinX(), image.getMinY()), Crs.of(system));
  }
}
