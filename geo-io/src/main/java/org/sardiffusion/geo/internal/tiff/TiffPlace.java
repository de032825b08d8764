package org.sardiffusion.geo.internal.tiff;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.Spacing;

/**
 * Where a GeoTIFF says that its pixels lie (OGC 19-008r4).
 *
 * <p>A file whose raster type is PixelIsPoint counts from the centre of the first pixel: half a
 * pixel is added to its positions, so that all count from its corner, as GDAL does.
 */
record TiffPlace(Path path, TiffDirectory directory) {
  /** Items of GDAL_METADATA by which our own files say their spacing, metres. */
  static final String COLUMN_SPACING = "COLUMN_SPACING_M";

  static final String ROW_SPACING = "ROW_SPACING_M";

  private static final int TIE = 6;
  private static final int USER_DEFINED = 32767;
  private static final int METRE = 9001;

  /** A scale without a coordinate system is metres, if it can be: degrees would be far smaller. */
  private static final double SMALLEST_METRES = 0.01;

  private static final double EQUATOR = 6378137;
  private static final double ECCENTRICITY_SQUARED = 0.00669437999014;

  /** Adds spacing and place, as far as they are known. */
  RasterMetadata addTo(RasterMetadata metadata) {
    try {
      RasterMetadata placed = metadata.withGeoreference(georeference());
      return placed.georeference() instanceof AffineGrid grid
          ? spacing(grid).map(placed::withSpacing).orElse(placed)
          : placed;
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path, "in its place: " + e.getMessage() + ".", e);
    }
  }

  private Georeference georeference() {
    double half = geoKey(TiffTags.GT_RASTER_TYPE).orElse(1) == 2 ? 0.5 : 0;
    double[] ties = directory.numbers(TiffTags.MODEL_TIEPOINT).orElse(new double[0]);
    double[] scale = directory.numbers(TiffTags.MODEL_PIXEL_SCALE).orElse(new double[0]);
    double[] matrix = directory.numbers(TiffTags.MODEL_TRANSFORMATION).orElse(new double[0]);
    if (scale.length >= 2 && ties.length >= TIE) {
      Affine atTie = new Affine(ties[3], scale[0], 0, ties[4], 0, -Math.abs(scale[1]));
      return new AffineGrid(atTie.from(-ties[0] - half, -ties[1] - half), crs());
    }
    if (matrix.length >= 8) {
      Affine map = new Affine(matrix[3], matrix[0], matrix[1], matrix[7], matrix[4], matrix[5]);
      return new AffineGrid(map.from(-half, -half), crs());
    }
    if (ties.length >= TIE) {
      List<ControlPoint> points = new ArrayList<>();
      for (int i = 0; i + TIE <= ties.length; i += TIE) {
        points.add(
            new ControlPoint(
                ties[i] + half, ties[i + 1] + half, ties[i + 3], ties[i + 4], ties[i + 5]));
      }
      return new ControlPoints(points, crs());
    }
    return Georeference.none();
  }

  /** A projected system is built on a geodetic one, and its key outranks the other's. */
  private Optional<Crs> crs() {
    OptionalInt projected = geoKey(TiffTags.PROJECTED_CRS);
    OptionalInt code = projected.isPresent() ? projected : geoKey(TiffTags.GEODETIC_CRS);
    return code.isPresent() && code.getAsInt() != USER_DEFINED
        ? Optional.of(Crs.epsg(code.getAsInt()))
        : Optional.empty();
  }

  private Optional<Spacing> spacing(AffineGrid grid) {
    Affine map = grid.map();
    double columns = Math.hypot(map.xPerColumn(), map.yPerColumn());
    double rows = Math.hypot(map.xPerRow(), map.yPerRow());
    if (directory.numbers(TiffTags.GEO_KEY_DIRECTORY).isEmpty()) {
      return Math.min(columns, rows) >= SMALLEST_METRES
          ? Optional.of(new Spacing(columns, rows))
          : Optional.empty();
    }
    if (geoKey(TiffTags.GT_MODEL_TYPE).orElse(0) == TiffTags.MODEL_TYPE_GEOGRAPHIC) {
      return Optional.of(metresOfDegrees(map));
    }
    return isMetric(grid) ? Optional.of(new Spacing(columns, rows)) : Optional.empty();
  }

  private boolean isMetric(AffineGrid grid) {
    OptionalInt unit = geoKey(TiffTags.PROJECTED_UNITS);
    if (unit.isPresent()) {
      return unit.getAsInt() == METRE;
    }
    try {
      return grid.crs().map(Crs::isMetric).orElse(false);
    } catch (PlacementException e) {
      return false;
    }
  }

  /** At the corner of the image, on WGS 84: radii of curvature along and across the meridian. */
  private static Spacing metresOfDegrees(Affine map) {
    double latitude = Math.toRadians(map.originY());
    double bulge = 1 - ECCENTRICITY_SQUARED * Math.pow(Math.sin(latitude), 2);
    double north = Math.toRadians(EQUATOR * (1 - ECCENTRICITY_SQUARED) / Math.pow(bulge, 1.5));
    double east = Math.toRadians(EQUATOR / Math.sqrt(bulge) * Math.cos(latitude));
    return new Spacing(
        Math.hypot(map.xPerColumn() * east, map.yPerColumn() * north),
        Math.hypot(map.xPerRow() * east, map.yPerRow() * north));
  }

  private OptionalInt geoKey(int key) {
    return directory.geoKey(key);
  }
}
