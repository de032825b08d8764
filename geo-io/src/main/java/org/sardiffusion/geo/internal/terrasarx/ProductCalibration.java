package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.tiff.TiffRaster;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RowSource;

/**
 * The calibration of one image of a product.
 *
 * @param annotation of the product
 * @param layer the image
 * @param grid where the pixels of an image in slant or ground range lie; empty for one on a map
 */
record ProductCalibration(Annotation annotation, Layer layer, Optional<GeorefGrid> grid) {
  /**
   * Refuses a calibration that the annotation does not say all of.
   *
   * @throws MalformedFileException if the factor is missing
   * @throws UnsupportedFormatException if sigma nought is wanted without geolocation
   */
  void requireKnown(Calibration calibration) {
    factor();
    if (calibration == Calibration.SIGMA_NOUGHT) {
      located();
    }
  }

  /**
   * Calibrated rows, in sensor order.
   *
   * @param numbers the image, in sensor order
   */
  RowSource rows(Raster numbers, Calibration calibration) {
    CalibratedRows.Correction correction =
        switch (calibration) {
          case BETA_NOUGHT -> CalibratedRows.Correction.NONE;
          case SIGMA_NOUGHT ->
              annotation.variant().isOnMap()
                  ? onMap(located(), numbers)
                  : inRange(located(), numbers.width());
        };
    return new CalibratedRows(new RasterRows(numbers), factor(), correction);
  }

  private double factor() {
    return layer
        .calibrationFactor()
        .orElseThrow(
            () ->
                new MalformedFileException(
                    annotation.file(),
                    "it lacks the calibration factor of "
                        + layer.polarisation()
                        + ": only digital numbers can be read."));
  }

  private GeorefGrid located() {
    Optional<GeorefGrid> found = annotation.variant().isOnMap() ? timesOfPlaces() : grid;
    return found.orElseThrow(
        () ->
            new UnsupportedFormatException(
                "Sigma nought of "
                    + annotation.file()
                    + " needs incidence angles and noise at each pixel, and this "
                    + annotation.variant()
                    + " product has no GEOREF grid that would give them: use beta nought."));
  }

  /** The grid of a product on a map, its columns at range times and its rows at azimuth times. */
  private Optional<GeorefGrid> timesOfPlaces() {
    return annotation
        .georef()
        .filter(Files::isRegularFile)
        .map(file -> new GeorefReader(file).read(annotation.start(), t -> t, tau -> tau));
  }

  private CalibratedRows.Correction onMap(GeorefGrid times, Raster image) {
    if (image.metadata().georeference() instanceof AffineGrid place && place.crs().isPresent()) {
      Crs crs = place.crs().get();
      Optional<RowSource> mask =
          annotation.variant() == ProductVariant.EEC
              ? Optional.of(incidenceMask(image))
              : Optional.empty();
      return new MapCorrection(place.map(), crs, times, layer.noise(), mask);
    }
    throw new MalformedFileException(
        layer.image(),
        "it lacks the map grid with a coordinate system that a "
            + annotation.variant()
            + " product has, which sigma nought needs: use beta nought.");
  }

  /** Of EEC products: incidence on the terrain, in {@code AUXRASTER/GIM.tif}. */
  private RowSource incidenceMask(Raster image) {
    Path file = annotation.file().toAbsolutePath().resolveSibling("AUXRASTER/GIM.tif");
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedFormatException(
          "Sigma nought of "
              + annotation.file()
              + " needs the incidence angles on its terrain, but "
              + file
              + " is not there: use beta nought.");
    }
    try {
      RowSource mask = new RasterRows(TiffRaster.open(file));
      if (mask.width() != image.width()
          || mask.height() != image.height()
          || mask.valuesPerPixel() != 1) {
        mask.close();
        throw new MalformedFileException(
            file,
            "it holds "
                + mask.width()
                + "x"
                + mask.height()
                + " pixels, where the image has "
                + image.width()
                + "x"
                + image.height()
                + ".");
      }
      return mask;
    } catch (IOException e) {
      throw new MalformedFileException(file, e.getMessage() + ".", e);
    }
  }

  /** {@code (DN^2 - N) sin(incidence)}, at least 0. */
  private CalibratedRows.Correction inRange(GeorefGrid located, int width) {
    double[] rangeTimes = new double[width];
    for (int column = 0; column < width; column++) {
      rangeTimes[column] = located.columns().time(column + 0.5);
    }
    double[] incidences = new double[width];
    return (row, power) -> {
      double time = located.rows().time(row + 0.5);
      located.incidences(row, incidences);
      for (int column = 0; column < width; column++) {
        double signal = power[column] - layer.noise().at(time, rangeTimes[column]);
        power[column] = Math.max(0, signal) * Math.sin(Math.toRadians(incidences[column]));
      }
    };
  }
}
