package org.sardiffusion.geo.internal.tiff;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * The tags that say where an image lies and how it was made, by meaning.
 *
 * @param sink receives them
 */
record GeoTiffTags(DirectoryWriter sink) {
  /** Along a side, at most: more make GDAL's thin plate splines slow. */
  private static final int CONTROL_POINTS = 12;

  private static final DateTimeFormatter TIFF_TIME =
      DateTimeFormatter.ofPattern("yyyy:MM:dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * @param size of the image, within which the control points of a lattice lie
   */
  void place(Georeference place, Size size) {
    if (place instanceof LocationGrid lattice) {
      place(lattice.controlPoints(size.width(), size.height(), CONTROL_POINTS), size);
    } else if (place instanceof AffineGrid grid) {
      affine(grid.map());
      grid.crs().ifPresent(this::geoKeys);
    } else if (place instanceof ControlPoints points) {
      sink.doubles(TiffTags.MODEL_TIEPOINT, ties(points.points()));
      points.crs().ifPresent(this::geoKeys);
    }
  }

  /** A scale and a tie point say all of a grid that is north up; readers know those best. */
  private void affine(Affine map) {
    if (map.isNorthUp()) {
      sink.doubles(TiffTags.MODEL_PIXEL_SCALE, map.xPerColumn(), -map.yPerRow(), 0);
      sink.doubles(TiffTags.MODEL_TIEPOINT, 0, 0, 0, map.originX(), map.originY(), 0);
    } else {
      sink.doubles(
          TiffTags.MODEL_TRANSFORMATION,
          map.xPerColumn(),
          map.xPerRow(),
          0,
          map.originX(),
          map.yPerColumn(),
          map.yPerRow(),
          0,
          map.originY(),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          1);
    }
  }

  private static double[] ties(List<ControlPoint> points) {
    return points.stream()
        .flatMapToDouble(p -> DoubleStream.of(p.column(), p.row(), 0, p.x(), p.y(), p.z()))
        .toArray();
  }

  /**
   * Without a coordinate system there are no GeoKeys either: readers take a directory of them for a
   * system that they do not know. Pixels are areas by default.
   *
   * <p>The register's code says it all (OGC 19-008r4, 7.4.3); the citation is for people.
   */
  private void geoKeys(Crs crs) {
    // Latin letters only: the standard allows no others here.
    String citation = ascii(crs.name()).replace('|', '/') + "|";
    sink.shorts(
        TiffTags.GEO_KEY_DIRECTORY,
        1,
        1,
        0,
        4,
        TiffTags.GT_MODEL_TYPE,
        0,
        1,
        crs.isGeographic() ? TiffTags.MODEL_TYPE_GEOGRAPHIC : TiffTags.MODEL_TYPE_PROJECTED,
        TiffTags.GT_RASTER_TYPE,
        0,
        1,
        TiffTags.RASTER_PIXEL_IS_AREA,
        TiffTags.GT_CITATION,
        TiffTags.GEO_ASCII_PARAMS,
        citation.length(),
        0,
        crs.isGeographic() ? TiffTags.GEODETIC_CRS : TiffTags.PROJECTED_CRS,
        0,
        1,
        crs.number());
    sink.text(TiffTags.GEO_ASCII_PARAMS, citation);
  }

  /**
   * @param measures what else is to be known of the image, by name
   */
  void describe(Provenance provenance, TiffSettings settings, Map<String, String> measures) {
    sink.text(
        TiffTags.IMAGE_DESCRIPTION,
        ascii("SYNTHETIC radar image, not a measurement. Prompt: " + provenance.prompt()));
    sink.text(TiffTags.SOFTWARE, ascii(provenance.software()));
    settings.created().ifPresent(t -> sink.text(TiffTags.DATE_TIME, TIFF_TIME.format(t)));
    GdalMetadata metadata = new GdalMetadata();
    provenance.items().forEach(metadata::item);
    measures.forEach(metadata::item);
    metadata.bandItem("description", "amplitude");
    if (settings.coding().type().isInteger()) {
      metadata.bandItem("offset", "0").bandItem("scale", "" + settings.coding().type().scale());
    }
    sink.text(TiffTags.GDAL_METADATA, metadata.xml());
    settings.coding().nodata().ifPresent(v -> sink.text(TiffTags.GDAL_NODATA, nodataText(v)));
  }

  private static String nodataText(double nodata) {
    if (Double.isNaN(nodata)) {
      return "nan";
    }
    return nodata == Math.rint(nodata) && Math.abs(nodata) < 1e15
        ? Long.toString((long) nodata)
        : Double.toString(nodata);
  }

  private static String ascii(String text) {
    return text.codePoints()
        .map(c -> c >= 0x20 && c < 0x7F ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
