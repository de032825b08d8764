package org.sardiffusion.geo.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.geotools.api.referencing.FactoryException;
import org.geotools.api.referencing.crs.CoordinateReferenceSystem;
import org.geotools.api.referencing.cs.AxisDirection;
import org.geotools.referencing.factory.OrderedAxisAuthorityFactory;
import org.geotools.referencing.factory.epsg.hsql.ThreadedHsqlEpsgFactory;
import org.geotools.util.factory.Hints;

/**
 * The EPSG register that GeoTools carries, opened without GeoTools' search for every factory on the
 * class path: that halves the time of the first lookup.
 */
final class EpsgRegister {
  /** Kept, since a logger that nobody holds forgets its level. */
  private static final Logger HSQL_LOGGER = Logger.getLogger("hsqldb.db");

  private static final Logger GEOTOOLS_LOGGER = Logger.getLogger("org.geotools");

  private static OrderedAxisAuthorityFactory factory;

  private EpsgRegister() {}

  static CoordinateReferenceSystem lookUp(int number) throws FactoryException {
    return factory().createCoordinateReferenceSystem("EPSG:" + number);
  }

  private static synchronized OrderedAxisAuthorityFactory factory() throws FactoryException {
    if (factory == null) {
      factory = open();
    }
    return factory;
  }

  /**
   * Where the register is unpacked, once for all processes of a user (GeoTools takes a file lock
   * meanwhile). A folder per user, since one made by another user might not be readable.
   */
  static Path folder() {
    String chosen = System.getProperty(ThreadedHsqlEpsgFactory.DIRECTORY_KEY);
    return chosen == null
        ? Path.of(
            System.getProperty("java.io.tmpdir"),
            "sar-diffusion-epsg-" + System.getProperty("user.name"))
        : Path.of(chosen);
  }

  private static OrderedAxisAuthorityFactory open() throws FactoryException {
    quiet(HSQL_LOGGER);
    quiet(GEOTOOLS_LOGGER);
    try {
      // GeoTools would go elsewhere without a word.
      Files.createDirectories(folder());
    } catch (IOException e) {
      throw new FactoryException(e);
    }
    System.setProperty(ThreadedHsqlEpsgFactory.DIRECTORY_KEY, folder().toString());
    return new OrderedAxisAuthorityFactory(
        new ThreadedHsqlEpsgFactory(),
        new Hints(Hints.FORCE_LONGITUDE_FIRST_AXIS_ORDER, Boolean.TRUE),
        (AxisDirection[]) null);
  }

  /** What these libraries have to say short of an error is nothing that our user can act upon. */
  private static void quiet(Logger logger) {
    if (logger.getLevel() == null) {
      logger.setLevel(Level.SEVERE);
    }
  }
}
