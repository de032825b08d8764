package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.tiff.TiffRaster;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.ImageGeometry;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.RowSource;
import org.sardiffusion.geo.raster.Spacing;

/**
 * A level 1b product: its annotations in memory, its images on disk.
 *
 * <p>Images of SSC and MGD come in the {@link Orientation} that is asked for; those of GEC and EEC
 * lie on a map and come as they are.
 */
public final class TerraSarXProduct {
  private final Annotation annotation;
  private final ProductVariant variant;
  private final int width;
  private final int height;
  private final List<Layer> layers;
  private final Optional<GeorefGrid> grid;
  private final FlippedRows.Flip toSensor;

  TerraSarXProduct(Annotation annotation) {
    this.annotation = annotation;
    this.variant = annotation.variant();
    this.width = annotation.columns();
    this.height = annotation.rows();
    this.layers = annotation.layers();
    this.toSensor = variant.isOnMap() ? FlippedRows.Flip.NONE : annotation.toSensor();
    this.grid = variant.isOnMap() ? Optional.empty() : grid();
    this.grid.ifPresent(this::checkReach);
  }

  /** The satellite, such as {@code TSX-1}, {@code TDX-1}, {@code PAZ-1}. */
  public String mission() {
    return annotation.mission();
  }

  /** The imaging mode, such as {@code SM}, {@code SL}, {@code HS}, {@code ST}, {@code SC}. */
  public String imagingMode() {
    return annotation.imagingMode();
  }

  /** The side that the radar looks to. */
  public LookDirection lookDirection() {
    return annotation.look();
  }

  /** The direction of flight. */
  public PassDirection passDirection() {
    return annotation.pass();
  }

  /** The kind of product. */
  public ProductVariant variant() {
    return variant;
  }

  /** Columns of its images. */
  public int width() {
    return width;
  }

  /** Rows of its images. */
  public int height() {
    return height;
  }

  /** What it has images of, the first one first. */
  public List<Polarisation> polarisations() {
    return layers.stream().map(Layer::polarisation).toList();
  }

  /** What its rows and columns measure. */
  public ProductGeometry geometry() {
    return switch (variant) {
      case SSC -> annotation.slantGeometry();
      case MGD -> new GroundGeometry(annotation.groundSpacing());
      case GEC, EEC -> {
        try (Raster raster = openTiff(layers.get(0))) {
          if (raster.metadata().georeference() instanceof AffineGrid place) {
            yield new MapGeometry(annotation.groundSpacing(), place);
          }
          throw new MalformedFileException(
              layers.get(0).image(), "it lacks the map grid that a " + variant + " product has.");
        }
      }
    };
  }

  /**
   * The way between pixels and places.
   *
   * @param orientation of the image that the pixels are of
   * @return empty for products on a map, whose {@link #geometry} says it; if the product has no
   *     GEOREF annotation; or if an MGD product does not say how it came from slant to ground range
   */
  public Optional<Geolocation> geolocation(Orientation orientation) {
    return grid.map(g -> new FlippedGeolocation(g, turn(fromSensor(orientation))));
  }

  /**
   * Opens an image as it is: complex numbers of SSC, else amplitudes.
   *
   * @param polarisation one of {@link #polarisations}
   * @param orientation which way round; of no consequence for products on a map
   * @throws MalformedFileException if its file is missing, broken, or of another size than the
   *     annotation says
   * @throws UnsupportedFormatException if the product has no such polarisation
   */
  public Raster image(Polarisation polarisation, Orientation orientation) {
    Layer layer = layer(polarisation);
    if (variant == ProductVariant.SSC) {
      CosarRows rows = CosarRows.open(layer.image());
      checkSize(layer, rows);
      return new ComplexRaster(
          FlippedRows.of(rows, toSensor.then(fromSensor(orientation))),
          metadata(layer, rows.type(), orientation));
    }
    Raster raster = openTiff(layer);
    if (variant.isOnMap()) {
      return raster.withMetadata(
          raster
              .metadata()
              .withSpacing(annotation.groundSpacing())
              .withAcquisition(acquisition(layer)));
    }
    return new DetectedRaster(
        FlippedRows.of(new RasterRows(raster), toSensor.then(fromSensor(orientation))),
        metadata(layer, raster.metadata().encoding().type(), orientation));
  }

  /**
   * Opens an image calibrated: complex numbers of SSC keep their phase.
   *
   * @param polarisation one of {@link #polarisations}
   * @param orientation which way round
   * @param calibration what the amplitudes mean
   * @throws MalformedFileException as {@link #image} does, or if the annotation lacks the
   *     calibration factor
   * @throws UnsupportedFormatException if the product has no such polarisation, or sigma nought is
   *     wanted of a product without geolocation
   */
  public Raster calibrated(
      Polarisation polarisation, Orientation orientation, Calibration calibration) {
    Layer layer = layer(polarisation);
    ProductCalibration by = new ProductCalibration(annotation, layer, grid);
    by.requireKnown(calibration);
    // Only now is the annotation's size known to be the image's.
    Raster numbers = image(polarisation, Orientation.SENSOR);
    RowSource rows;
    try {
      rows = FlippedRows.of(by.rows(numbers, calibration), fromSensor(orientation));
    } catch (RuntimeException e) {
      numbers.close();
      throw e;
    }
    RasterMetadata metadata =
        (variant.isOnMap()
                ? numbers.metadata()
                : metadata(layer, numbers.metadata().encoding().type(), orientation))
            .withEncoding(Encoding.plain(name(), ElementType.FLOAT32));
    return variant == ProductVariant.SSC
        ? new ComplexRaster(rows, metadata)
        : new DetectedRaster(rows, metadata);
  }

  private Layer layer(Polarisation polarisation) {
    return layers.stream()
        .filter(l -> l.polarisation() == polarisation)
        .findFirst()
        .orElseThrow(
            () ->
                new UnsupportedFormatException(
                    annotation.file()
                        + " has no "
                        + polarisation
                        + " image; it has "
                        + polarisations()
                        + "."));
  }

  private Raster openTiff(Layer layer) {
    try {
      if (!Files.isRegularFile(layer.image())) {
        throw new MalformedFileException(
            layer.image(), "there is no such file, though the annotation names it.");
      }
      Raster raster = TiffRaster.open(layer.image());
      checkSize(layer, new RasterRows(raster));
      return raster;
    } catch (IOException e) {
      throw new MalformedFileException(layer.image(), e.getMessage() + ".", e);
    }
  }

  private void checkSize(Layer layer, RowSource rows) {
    int values = variant == ProductVariant.SSC ? 2 : 1;
    if (rows.width() == width && rows.height() == height && rows.valuesPerPixel() == values) {
      return;
    }
    try {
      rows.close();
    } catch (IOException e) {
      throw new MalformedFileException(layer.image(), e.getMessage() + ".", e);
    }
    throw new MalformedFileException(
        layer.image(),
        "it holds "
            + rows.width()
            + "x"
            + rows.height()
            + " pixels, where the annotation says "
            + width
            + "x"
            + height
            + ".");
  }

  private RasterMetadata metadata(Layer layer, ElementType type, Orientation orientation) {
    Spacing spacing =
        variant == ProductVariant.SSC
            ? annotation.slantGeometry().spacing()
            : annotation.groundSpacing();
    return RasterMetadata.bare(layer.image(), Encoding.plain(name(), type))
        .withSpacing(spacing)
        .withGeoreference(georeference(orientation))
        .withAcquisition(acquisition(layer));
  }

  private String name() {
    return annotation.mission() + " " + variant;
  }

  private Acquisition acquisition(Layer layer) {
    OptionalDouble angle = annotation.incidence();
    ImageGeometry geometry =
        variant == ProductVariant.SSC ? ImageGeometry.SLANT : ImageGeometry.GROUND;
    try {
      return new Acquisition(Optional.of(geometry), Optional.of(layer.polarisation()), angle);
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(annotation.file(), e.getMessage() + ".", e);
    }
  }

  /** The grid, or else the corners of the scene. */
  private Georeference georeference(Orientation orientation) {
    Optional<Georeference> located = grid.map(g -> turn(fromSensor(orientation)).apply(g.places()));
    return located.orElseGet(
        () ->
            annotation.corners().isEmpty()
                ? Georeference.none()
                : turn(toSensor.then(fromSensor(orientation))).apply(storedCorners()));
  }

  private ControlPoints storedCorners() {
    return new ControlPoints(
        annotation.corners().stream()
            .map(
                c ->
                    new ControlPoint(
                        c.position().column(),
                        c.position().row(),
                        c.place().longitude(),
                        c.place().latitude(),
                        0))
            .toList(),
        Optional.of(Crs.WGS84));
  }

  private Turn turn(FlippedRows.Flip flip) {
    return new Turn(flip, width, height);
  }

  /** Northwards flight puts the last line on top; westward looks put the far range to the left. */
  private FlippedRows.Flip fromSensor(Orientation orientation) {
    if (orientation == Orientation.SENSOR || variant.isOnMap()) {
      return FlippedRows.Flip.NONE;
    }
    boolean north = annotation.pass() == PassDirection.ASCENDING;
    boolean looksEast = north == (annotation.look() == LookDirection.RIGHT);
    return new FlippedRows.Flip(north, !looksEast);
  }

  /** A grid that is not that of the image would put it anywhere. */
  private void checkReach(GeorefGrid found) {
    for (int corner = 0; corner < 4; corner++) {
      double column = corner % 2 * (double) width;
      double row = corner / 2 * (double) height;
      if (!found.places().reaches(column, row)) {
        throw new MalformedFileException(
            annotation.georef().orElse(annotation.file()),
            "its grid points do not reach the image's corner at column "
                + column
                + ", row "
                + row
                + ": it is of another product, or its times or those of the main annotation are"
                + " wrong.");
      }
    }
  }

  private Optional<GeorefGrid> grid() {
    Optional<Path> georef = annotation.georef().filter(Files::isRegularFile);
    if (georef.isEmpty()) {
      return Optional.empty();
    }
    GeorefReader reader = new GeorefReader(georef.get());
    if (variant == ProductVariant.SSC) {
      SlantGeometry slant = annotation.slantGeometry();
      return Optional.of(
          reader.read(
              annotation.start(),
              t -> t / slant.rowTime() + 0.5,
              tau -> (tau - slant.firstRangeTime()) / slant.columnTime() + 0.5));
    }
    double perRow = annotation.duration() / Math.max(1, height - 1);
    double first = annotation.firstRangeTime();
    double last = annotation.lastRangeTime();
    return annotation
        .slantToGround()
        .map(
            ground -> {
              double near = ground.at(first);
              double perColumn = (ground.at(last) - near) / Math.max(1, width - 1);
              return reader.read(
                  annotation.start(),
                  t -> t / perRow + 0.5,
                  tau -> (ground.at(tau) - near) / perColumn + 0.5);
            });
  }
}
