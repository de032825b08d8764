package org.sardiffusion.geo.place;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.geotools.api.referencing.FactoryException;
import org.geotools.api.referencing.NoSuchAuthorityCodeException;
import org.geotools.api.referencing.ReferenceIdentifier;
import org.geotools.api.referencing.crs.CoordinateReferenceSystem;
import org.geotools.api.referencing.crs.EngineeringCRS;
import org.geotools.api.referencing.crs.GeographicCRS;
import org.geotools.api.referencing.crs.ProjectedCRS;
import org.geotools.api.referencing.operation.MathTransform;
import org.geotools.api.referencing.operation.TransformException;
import org.geotools.referencing.CRS;
import org.geotools.referencing.crs.DefaultGeographicCRS;

/**
 * A coordinate system of the EPSG register, projected or geographic, with two axes: east (or
 * longitude) first, as GeoTIFF has it, whatever order the register states.
 *
 * <p>The register is on disk; no network is used. The first lookup of a process takes most of a
 * second, so a system is looked up when it is first needed: a file that names one is read without.
 */
public final class Crs {
  /**
   * Metres or feet: datum shifts do not come back to the millimetre, wrong places kilometres off.
   */
  private static final double RECIPROCAL_TOLERANCE = 1;

  /** One object for each code, so that what was looked up is kept. */
  private static final Map<Integer, Crs> NAMED = new ConcurrentHashMap<>();

  private static final Pattern CODE = Pattern.compile("EPSG:(\\d{1,9})", Pattern.CASE_INSENSITIVE);
  private static final Pattern LAST_NUMBER = Pattern.compile("(\\d{4,6})\\D*$");

  /** Longitude and latitude on WGS 84, degrees. */
  public static final Crs WGS84 = epsg(4326);

  private final int number;
  private CoordinateReferenceSystem system;

  /** To WGS 84: looked for when first needed, since that takes a while for some systems. */
  private MathTransform toWgs84;

  private Crs(int number) {
    this.number = number;
  }

  /**
   * The system that a file names, which is not looked up yet: what needs more than its code may
   * throw as {@link #of} does.
   *
   * @param number within the EPSG register
   */
  public static Crs epsg(int number) {
    return NAMED.computeIfAbsent(number, Crs::new);
  }

  /**
   * Looks a coordinate system up.
   *
   * @param code such as {@code EPSG:32631}
   * @throws PlacementException if the text has another form, the register has no such code, or the
   *     code is no map projection or geographic system in two dimensions
   */
  public static Crs of(String code) {
    Matcher matcher = CODE.matcher(code.strip());
    if (!matcher.matches()) {
      throw new PlacementException(
          "A coordinate system is written EPSG:N, such as "
              + similar(code)
              + ", not '"
              + code
              + "'.");
    }
    Crs crs = epsg(Integer.parseInt(matcher.group(1)));
    crs.system();
    return crs;
  }

  /**
   * The system that another program uses.
   *
   * @param system its axes in either order
   * @return empty if it is no system on Earth, such as that of a drawing
   * @throws PlacementException if it names no EPSG code
   */
  public static Optional<Crs> of(CoordinateReferenceSystem system) {
    if (system instanceof EngineeringCRS) {
      return Optional.empty();
    }
    for (ReferenceIdentifier name : system.getIdentifiers()) {
      if ("EPSG".equalsIgnoreCase(name.getCodeSpace()) && name.getCode().matches("\\d{1,9}")) {
        return Optional.of(epsg(Integer.parseInt(name.getCode())));
      }
    }
    throw new PlacementException(
        "The coordinate system "
            + system.getName().getCode()
            + " names no EPSG code: convert the image to one that does.");
  }

  /**
   * The zone of WGS 84 / UTM that a place belongs to, the wider ones around Norway and Svalbard
   * included.
   *
   * @param longitude degrees, -180 to 180
   * @param latitude degrees
   * @throws PlacementException near the poles, for which UTM is not made
   */
  public static Crs utm(double longitude, double latitude) {
    if (!(latitude >= -80 && latitude <= 84)) {
      throw new PlacementException(
          String.format(
              Locale.ROOT,
              "A place at latitude %.2f has no UTM zone: choose a polar projection, such as"
                  + " EPSG:3995 (north) or EPSG:3031 (south).",
              latitude));
    }
    return of("EPSG:" + ((latitude >= 0 ? 32600 : 32700) + utmZone(longitude, latitude)));
  }

  private static int utmZone(double longitude, double latitude) {
    int zone = Math.floorMod((int) Math.floor((longitude + 180) / 6), 60) + 1;
    if (latitude >= 56 && latitude < 64 && longitude >= 3 && longitude < 12) {
      return 32;
    }
    if (latitude >= 72 && longitude >= 0 && longitude < 42) {
      return longitude < 9 ? 31 : longitude < 21 ? 33 : longitude < 33 ? 35 : 37;
    }
    return zone;
  }

  private static CoordinateReferenceSystem lookUp(int number) {
    try {
      return EpsgRegister.lookUp(number);
    } catch (NoSuchAuthorityCodeException e) {
      throw new PlacementException(
          "The EPSG register has no coordinate system EPSG:"
              + number
              + ". UTM zones of WGS 84 are EPSG:32601 to 32660 (north) and 32701 to 32760 (south);"
              + " others are listed at epsg.org.",
          e);
    } catch (FactoryException e) {
      throw new PlacementException(
          "The EPSG register could not be opened in "
              + EpsgRegister.folder()
              + " ("
              + rootMessage(e)
              + "). It unpacks there once and takes 34 MB: free some space, or choose another folder"
              + " with the system property java.io.tmpdir.",
          e);
    }
  }

  private static String similar(String code) {
    Matcher number = LAST_NUMBER.matcher(code);
    return "EPSG:" + (number.find() ? number.group(1) : "32631");
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  /** The code in its usual form, such as {@code EPSG:32631}. */
  public String code() {
    return "EPSG:" + number;
  }

  /** The number within the EPSG register. */
  public int number() {
    return number;
  }

  /** The name in the register, such as {@code WGS 84 / UTM zone 31N}. */
  public String name() {
    return system().getName().getCode();
  }

  /** Whether coordinates are longitude and latitude in degrees rather than lengths on a map. */
  public boolean isGeographic() {
    return system() instanceof GeographicCRS;
  }

  /** Whether coordinates are metres on a map. */
  public boolean isMetric() {
    boolean utm = number >= 32601 && number <= 32660 || number >= 32701 && number <= 32760;
    // Of WGS 84 / UTM it is known without a lookup.
    return utm
        || !isGeographic()
            && system().getCoordinateSystem().getAxis(0).getUnit().toString().equals("m");
  }

  /**
   * Converts points to longitude and latitude.
   *
   * @param points x and y in turn
   * @return longitude and latitude on WGS 84 in turn, degrees
   * @throws PlacementException if a point lies where the projection is undefined
   */
  public double[] toLongitudeLatitude(double... points) {
    double[] result = new double[points.length];
    try {
      toWgs84().transform(points, 0, result, 0, points.length / 2);
      requireReciprocal(points, result);
    } catch (TransformException | FactoryException e) {
      throw outside(e);
    }
    for (int i = 0; i < result.length; i++) {
      if (!Double.isFinite(result[i])) {
        throw outside(null);
      }
    }
    return result;
  }

  /**
   * Far outside of its area a projection gives places that are finite and wrong; converted back,
   * they are others. GeoTools itself says so only where Java's assertions are enabled.
   */
  private void requireReciprocal(double[] points, double[] places)
      throws TransformException, FactoryException {
    if (isGeographic()) {
      return;
    }
    double[] again = new double[points.length];
    toWgs84().inverse().transform(places, 0, again, 0, places.length / 2);
    for (int i = 0; i < points.length; i++) {
      if (!(Math.abs(again[i] - points[i]) <= RECIPROCAL_TOLERANCE)) {
        throw outside(null);
      }
    }
  }

  /**
   * Converts longitudes and latitudes to points: the inverse of {@link #toLongitudeLatitude}.
   *
   * @param places longitude and latitude on WGS 84 in turn, degrees
   * @return x and y in turn
   * @throws PlacementException if a place lies where the projection is undefined
   */
  public double[] fromLongitudeLatitude(double... places) {
    double[] result = new double[places.length];
    try {
      toWgs84().inverse().transform(places, 0, result, 0, places.length / 2);
    } catch (TransformException | FactoryException e) {
      throw outside(e);
    }
    for (double value : result) {
      if (!Double.isFinite(value)) {
        throw outside(null);
      }
    }
    return result;
  }

  /**
   * The system as GeoTools has it, its axes in the order east, north.
   *
   * @throws PlacementException if the register has no such code, or the code is no map projection
   *     or geographic system in two dimensions
   */
  public synchronized CoordinateReferenceSystem system() {
    if (system == null) {
      CoordinateReferenceSystem found = lookUp(number);
      boolean usable =
          (found instanceof ProjectedCRS || found instanceof GeographicCRS)
              && found.getCoordinateSystem().getDimension() == 2;
      if (!usable) {
        throw new PlacementException(
            "EPSG:"
                + number
                + " ("
                + found.getName().getCode()
                + ") cannot place an image: choose a map projection such as a UTM zone (EPSG:32601"
                + " to 32660 north, 32701 to 32760 south), or EPSG:4326.");
      }
      system = found;
    }
    return system;
  }

  private PlacementException outside(Throwable cause) {
    return new PlacementException(
        "The image reaches outside the area where "
            + codeAndName()
            + " is defined: check the origin and the pixel size.",
        cause);
  }

  private synchronized MathTransform toWgs84() throws FactoryException, TransformException {
    if (toWgs84 == null) {
      toWgs84 = findTransform();
    }
    return toWgs84;
  }

  private MathTransform findTransform() throws FactoryException, TransformException {
    CoordinateReferenceSystem system = system();
    // Every projection knows the way to its own longitudes and latitudes. Where those are WGS 84
    // already, that saves GeoTools' search for a datum shift, which costs another half second.
    CoordinateReferenceSystem geographic =
        system instanceof ProjectedCRS projected ? projected.getBaseCRS() : system;
    if (CRS.equalsIgnoreMetadata(geographic, DefaultGeographicCRS.WGS84)) {
      return system instanceof ProjectedCRS projected
          ? projected.getConversionFromBase().getMathTransform().inverse()
          : CRS.findMathTransform(system, system);
    }
    return CRS.findMathTransform(system, DefaultGeographicCRS.WGS84, true);
  }

  /** Code and name, such as {@code EPSG:32631 (WGS 84 / UTM zone 31N)}. */
  public String codeAndName() {
    return code() + " (" + name() + ")";
  }

  /** The code. */
  @Override
  public String toString() {
    return code();
  }
}
