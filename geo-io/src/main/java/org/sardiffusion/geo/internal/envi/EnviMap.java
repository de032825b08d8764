package org.sardiffusion.geo.internal.envi;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.Spacing;

/**
 * The {@code map info} of a header: projection, reference pixel (1,1 being the corner of the first
 * one), its coordinates, pixel sizes, for UTM zone and hemisphere, datum, {@code units=...}, {@code
 * rotation=...}.
 */
record EnviMap(Path path, EnviHeader header) {
  private static final int UP_TO_SIZES = 7;

  /** Adds spacing and place, as far as they are known. */
  RasterMetadata addTo(RasterMetadata metadata) {
    List<String> info = header.list("map info");
    if (info.isEmpty()) {
      return metadata;
    }
    if (info.size() < UP_TO_SIZES) {
      throw new MalformedFileException(
          path,
          "its 'map info' has "
              + info.size()
              + " entries; a projection, a reference pixel, its coordinates and the pixel sizes are"
              + " needed.");
    }
    double sizeX = number(info, 5);
    double sizeY = number(info, 6);
    try {
      boolean metric = !isGeographic(info) && isMetres(info);
      RasterMetadata spaced = metric ? metadata.withSpacing(new Spacing(sizeX, sizeY)) : metadata;
      return projection(info).equals("arbitrary")
          ? spaced
          : spaced.withGeoreference(new AffineGrid(affine(info, sizeX, sizeY), crs(info)));
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path, "in its 'map info': " + e.getMessage() + ".", e);
    }
  }

  private Affine affine(List<String> info, double sizeX, double sizeY) {
    double rotation = -Math.toRadians(named(info, "rotation").map(r -> parsed(r)).orElse(0.0));
    double cos = Math.cos(rotation);
    double sin = Math.sin(rotation);
    // The reference pixel is counted from 1 at the corner of the first one.
    return new Affine(
            number(info, 3), cos * sizeX, -sin * sizeX, number(info, 4), -sin * sizeY, -cos * sizeY)
        .from(1 - number(info, 1), 1 - number(info, 2));
  }

  private Optional<Crs> crs(List<String> info) {
    boolean wgs84 = info.stream().anyMatch(s -> s.toUpperCase(Locale.ROOT).matches("WGS-?84"));
    if (wgs84 && isGeographic(info)) {
      return Optional.of(Crs.WGS84);
    }
    if (wgs84 && projection(info).equals("utm") && info.size() > UP_TO_SIZES + 1) {
      boolean south = info.get(UP_TO_SIZES + 1).equalsIgnoreCase("South");
      double zone = number(info, UP_TO_SIZES);
      if (zone >= 1 && zone <= 60) {
        return Optional.of(Crs.epsg((south ? 32700 : 32600) + (int) zone));
      }
    }
    return Optional.empty();
  }

  private static String projection(List<String> info) {
    return info.get(0).toLowerCase(Locale.ROOT);
  }

  private static boolean isGeographic(List<String> info) {
    return projection(info).startsWith("geographic");
  }

  private static boolean isMetres(List<String> info) {
    return named(info, "units").map(u -> u.toLowerCase(Locale.ROOT).startsWith("met")).orElse(true);
  }

  private static Optional<String> named(List<String> info, String name) {
    return info.stream()
        .filter(s -> s.toLowerCase(Locale.ROOT).startsWith(name + "="))
        .map(s -> s.substring(name.length() + 1))
        .findFirst();
  }

  private double number(List<String> info, int index) {
    return parsed(info.get(index));
  }

  private double parsed(String text) {
    return header.number("map info", text);
  }
}
