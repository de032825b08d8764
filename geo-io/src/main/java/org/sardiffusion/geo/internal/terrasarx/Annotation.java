package org.sardiffusion.geo.internal.terrasarx;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Spacing;

/** The main annotation of a product, {@code TSX1_SAR__....xml}, read element by element. */
final class Annotation {
  private final XmlNode root;
  private final Path folder;

  private Annotation(XmlNode root, Path folder) {
    this.root = root;
    this.folder = folder;
  }

  /**
   * Parses an annotation.
   *
   * @throws MalformedFileException if it is no main annotation
   */
  static Annotation read(Path file) {
    XmlNode root = XmlNode.parse(file);
    if (!root.name().equals("level1Product")) {
      throw new MalformedFileException(
          file,
          "it is not a TerraSAR-X annotation: its outermost element is "
              + root.name()
              + ", not level1Product. Give the .xml file at the top of the product's folder.");
    }
    return new Annotation(root, file.toAbsolutePath().normalize().getParent());
  }

  Path file() {
    return root.file();
  }

  String mission() {
    return root.text("productInfo/missionInfo/mission");
  }

  String imagingMode() {
    return root.text("productInfo/acquisitionInfo/imagingMode");
  }

  LookDirection look() {
    return choice("productInfo/acquisitionInfo/lookDirection", LookDirection.values());
  }

  PassDirection pass() {
    return choice("productInfo/missionInfo/orbitDirection", PassDirection.values());
  }

  ProductVariant variant() {
    return choice("productInfo/productVariantInfo/productVariant", ProductVariant.values());
  }

  int rows() {
    return root.count("productInfo/imageDataInfo/imageRaster/numberOfRows");
  }

  int columns() {
    return root.count("productInfo/imageDataInfo/imageRaster/numberOfColumns");
  }

  /** The beginning of the scene, from which times count. */
  Instant start() {
    return instant(root.get("productInfo/sceneInfo/start/timeUTC"));
  }

  /** Azimuth time from the first to the last line, seconds, above 0. */
  double duration() {
    double seconds = seconds(root.get("productInfo/sceneInfo/stop/timeUTC"));
    if (!(seconds > 0)) {
      throw new MalformedFileException(file(), "its scene stops before it starts.");
    }
    return seconds;
  }

  /** Two-way travel time of the nearest column, seconds. */
  double firstRangeTime() {
    return root.positive("productInfo/sceneInfo/rangeTime/firstPixel");
  }

  /** Two-way travel time of the farthest column, seconds. */
  double lastRangeTime() {
    return root.positive("productInfo/sceneInfo/rangeTime/lastPixel");
  }

  /** Incidence angle in the middle of the scene, degrees. */
  OptionalDouble incidence() {
    Optional<XmlNode> angle = root.find("productInfo/sceneInfo/sceneCenterCoord/incidenceAngle");
    return angle.isPresent() ? OptionalDouble.of(angle.get().number()) : OptionalDouble.empty();
  }

  /** The spacings that the annotation gives in seconds, and those in metres from elsewhere. */
  SlantGeometry slantGeometry() {
    XmlNode raster = root.get("productInfo/imageDataInfo/imageRaster");
    XmlNode complex = root.get("productSpecific/complexImageInfo");
    checkUnits(raster, "s");
    // A row's spacing is that along a row: range.
    return new SlantGeometry(
        new Spacing(
            complex.positive("projectedSpacingRange/slantRange"),
            complex.positive("projectedSpacingAzimuth")),
        firstRangeTime(),
        raster.positive("rowSpacing"),
        raster.positive("columnSpacing"));
  }

  /** The spacing of a detected product. */
  Spacing groundSpacing() {
    XmlNode raster = root.get("productInfo/imageDataInfo/imageRaster");
    checkUnits(raster, "m");
    return new Spacing(raster.positive("rowSpacing"), raster.positive("columnSpacing"));
  }

  private void checkUnits(XmlNode raster, String expected) {
    String units = raster.get("rowSpacing").attribute("units");
    if (!units.isEmpty() && !units.equals(expected)) {
      throw new MalformedFileException(
          file(),
          "its rowSpacing is in '"
              + units
              + "', where a product of its variant has '"
              + expected
              + "'.");
    }
  }

  /** From slant range time to metres on the ground, of MGD. */
  Optional<Polynomial> slantToGround() {
    return root.find("productSpecific/projectedImageInfo/slantToGroundRangeProjection")
        .map(Polynomial::of);
  }

  /**
   * How the stored image has to be turned around to have the earliest line and the nearest range
   * first.
   *
   * <p>The annotation says how it starts. Where it does not, a detected image is stored as a map
   * shows it (SNAP's TerraSAR-X reader turns ascending ones upside down, descending ones left to
   * right, which for a radar that looks to the right is just that).
   */
  FlippedRows.Flip toSensor() {
    Optional<String> start =
        root.get("productSpecific").children("complexImageInfo").stream()
            .flatMap(n -> n.find("imageDataStartWith").stream())
            .findFirst()
            .or(() -> root.find("productSpecific/projectedImageInfo/imageDataStartWith"))
            .map(n -> n.element().getTextContent().strip());
    if (start.isPresent()) {
      if (!start.get().matches("(EARLY|LATE)AZ(NEAR|FAR)RG")) {
        throw new MalformedFileException(
            file(), "its imageDataStartWith is '" + start.get() + "', which is not known.");
      }
      return new FlippedRows.Flip(start.get().startsWith("LATE"), start.get().endsWith("FARRG"));
    }
    if (variant() == ProductVariant.SSC) {
      return FlippedRows.Flip.NONE;
    }
    boolean north = pass() == PassDirection.ASCENDING;
    boolean looksEast = north == (look() == LookDirection.RIGHT);
    return new FlippedRows.Flip(north, !looksEast);
  }

  /** The corners of the scene, at the pixels of the stored image; as many as there are. */
  List<SceneCorner> corners() {
    List<SceneCorner> corners = new ArrayList<>();
    for (XmlNode corner : root.get("productInfo/sceneInfo").children("sceneCornerCoord")) {
      corners.add(
          new SceneCorner(
              new ImagePoint(corner.number("refColumn") - 0.5, corner.number("refRow") - 0.5),
              new GeoPoint(corner.number("lon"), corner.number("lat"), 0)));
    }
    return corners;
  }

  /** The GEOREF annotation, if the product lists one. */
  Optional<Path> georef() {
    return root.get("productComponents").children("annotation").stream()
        .filter(a -> a.find("type").isPresent() && a.text("type").equals("GEOREF"))
        .findFirst()
        .map(this::location);
  }

  /** The images, one for each polarisation. */
  List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    for (XmlNode data : root.get("productComponents").children("imageData")) {
      String name = data.text("polLayer");
      Polarisation polarisation =
          Polarisation.of(name)
              .orElseThrow(
                  () ->
                      new MalformedFileException(
                          file(), "an image has the polarisation '" + name + "'."));
      String index = data.attribute("layerIndex");
      layers.add(new Layer(polarisation, location(data), factor(index), noise(index)));
    }
    if (layers.isEmpty()) {
      throw new MalformedFileException(file(), "it lists no image.");
    }
    return layers;
  }

  private OptionalDouble factor(String layerIndex) {
    // There is an absCalFactor elsewhere, which is another thing.
    return root.find("calibration").stream()
        .flatMap(c -> c.children("calibrationConstant").stream())
        .filter(c -> c.attribute("layerIndex").equals(layerIndex))
        .mapToDouble(c -> c.positive("calFactor"))
        .findFirst();
  }

  private NoiseModel noise(String layerIndex) {
    List<NoiseModel.Entry> entries = new ArrayList<>();
    for (XmlNode noise : root.children("noise")) {
      if (noise.attribute("layerIndex").equals(layerIndex)) {
        for (XmlNode entry : noise.children("imageNoise")) {
          entries.add(
              new NoiseModel.Entry(
                  seconds(entry.get("timeUTC")), Polynomial.of(entry.get("noiseEstimate"))));
        }
      }
    }
    entries.sort(Comparator.comparingDouble(NoiseModel.Entry::time));
    return new NoiseModel(entries);
  }

  /** A component's file, which has to lie within the product's folder. */
  private Path location(XmlNode component) {
    XmlNode location = component.get("file/location");
    String name = location.text("path") + "/" + location.text("filename");
    try {
      Path path = folder.resolve(name).normalize();
      if (path.startsWith(folder)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new MalformedFileException(file(), "it names the file '" + name + "'.", e);
    }
    throw new MalformedFileException(
        file(), "it names the file '" + name + "' outside of the product's folder.");
  }

  /** Seconds since the beginning of the scene. */
  private double seconds(XmlNode time) {
    Duration since = Duration.between(start(), instant(time));
    return since.getSeconds() + since.getNano() * 1e-9;
  }

  static Instant instant(XmlNode time) {
    return instant(time.file(), time.element().getTextContent().strip());
  }

  static Instant instant(Path file, String text) {
    try {
      return Instant.parse(text.endsWith("Z") ? text : text + "Z");
    } catch (DateTimeException e) {
      throw new MalformedFileException(file, "it holds '" + text + "', which is not a time.", e);
    }
  }

  private <E extends Enum<E>> E choice(String path, E[] choices) {
    String text = root.text(path).toUpperCase(Locale.ROOT);
    for (E choice : choices) {
      if (choice.name().equals(text)) {
        return choice;
      }
    }
    throw new MalformedFileException(
        file(), "its " + path + " is '" + text + "', which is not read.");
  }
}
