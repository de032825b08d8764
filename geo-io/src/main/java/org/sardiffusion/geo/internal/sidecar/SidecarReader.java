package org.sardiffusion.geo.internal.sidecar;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.sardiffusion.core.text.Spelling;
import org.sardiffusion.geo.SidecarException;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.ImageGeometry;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Quantity;
import org.sardiffusion.geo.raster.Spacing;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads one sidecar strictly: what is not understood is refused, not passed over. */
final class SidecarReader {
  private static final int MAXIMUM_BYTES = 1 << 16;
  private static final int MAXIMUM_DEPTH = 8;

  private static final List<String> KEYS =
      List.of(
          "spacing",
          "geometry",
          "polarisation",
          "incidence",
          "quantity",
          "nodata",
          "range-axis",
          "corners");
  private static final List<String> CORNERS =
      List.of("upper-left", "upper-right", "lower-right", "lower-left");

  private final Path file;

  SidecarReader(Path file) {
    this.file = file;
  }

  Sidecar read() {
    Map<?, ?> entries = load();
    check("", entries, KEYS);
    return new Sidecar(
        file,
        spacing(entries),
        acquisition(entries),
        choice(entries, "quantity", Quantity.values()),
        number(entries, "nodata"),
        corners(entries));
  }

  private Map<?, ?> load() {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(MAXIMUM_BYTES);
    limits.setNestingDepthLimit(MAXIMUM_DEPTH);
    limits.setMaxAliasesForCollections(0);
    limits.setAllowDuplicateKeys(false);
    try {
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw new SidecarException(file, "it is over 65536 bytes long, too long for a sidecar.");
      }
      Object root = new Yaml(new SafeConstructor(limits)).load(Files.readString(file));
      if (root instanceof Map<?, ?> map) {
        return map;
      }
    } catch (CharacterCodingException e) {
      throw new SidecarException(file, "it is not text in UTF-8.", e);
    } catch (IOException e) {
      throw new SidecarException(file, "it cannot be read (" + e.getMessage() + ").", e);
    } catch (YAMLException e) {
      String reason = e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
      throw new SidecarException(file, "it is not valid YAML: " + reason + ".", e);
    }
    throw new SidecarException(
        file, "it should consist of lines such as 'spacing: 0.8' and 'geometry: slant'.");
  }

  private void check(String where, Map<?, ?> entries, List<String> known) {
    for (Object key : entries.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw new SidecarException(
            file,
            "the key '"
                + where
                + key
                + "' is not known"
                + Spelling.nearest(String.valueOf(key), known)
                    .map(s -> "; did you mean '" + where + s + "'?")
                    .orElse(".")
                + " Known keys are "
                + String.join(", ", known)
                + ".");
      }
    }
  }

  private Optional<Spacing> spacing(Map<?, ?> entries) {
    Object value = entries.get("spacing");
    boolean rangeIsRows =
        choice(entries, "range-axis", RangeAxis.values())
            .filter(a -> a == RangeAxis.ROWS)
            .isPresent();
    try {
      if (value instanceof Map<?, ?> axes) {
        check("spacing.", axes, List.of("range", "azimuth"));
        double range = required(axes, "range", "spacing.");
        double azimuth = required(axes, "azimuth", "spacing.");
        return Optional.of(rangeIsRows ? new Spacing(azimuth, range) : new Spacing(range, azimuth));
      }
      OptionalDouble both = number(entries, "spacing");
      return both.isPresent() ? Optional.of(Spacing.square(both.getAsDouble())) : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new SidecarException(file, e.getMessage() + ".", e);
    }
  }

  /** The direction in which range grows. */
  private enum RangeAxis {
    COLUMNS,
    ROWS
  }

  private Acquisition acquisition(Map<?, ?> entries) {
    try {
      return new Acquisition(
          choice(entries, "geometry", ImageGeometry.values()),
          choice(entries, "polarisation", Polarisation.values()),
          number(entries, "incidence"));
    } catch (IllegalArgumentException e) {
      throw new SidecarException(file, e.getMessage() + ".", e);
    }
  }

  private Optional<List<Sidecar.Corner>> corners(Map<?, ?> entries) {
    Object value = entries.get("corners");
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Map<?, ?> named) || named.size() != CORNERS.size()) {
      throw new SidecarException(
          file,
          "'corners' needs all of "
              + String.join(", ", CORNERS)
              + ", each as [longitude, latitude].");
    }
    check("corners.", named, CORNERS);
    List<Sidecar.Corner> corners = new ArrayList<>();
    for (String name : CORNERS) {
      corners.add(corner(name, named.get(name)));
    }
    return Optional.of(corners);
  }

  private Sidecar.Corner corner(String name, Object value) {
    if (value instanceof List<?> pair
        && pair.size() == 2
        && pair.get(0) instanceof Number longitude
        && pair.get(1) instanceof Number latitude
        && Math.abs(longitude.doubleValue()) <= 180
        && Math.abs(latitude.doubleValue()) <= 90) {
      return new Sidecar.Corner(longitude.doubleValue(), latitude.doubleValue());
    }
    throw new SidecarException(
        file,
        "'corners."
            + name
            + "' is "
            + value
            + ", not [longitude, latitude] in degrees, longitude first.");
  }

  private <E extends Enum<E>> Optional<E> choice(Map<?, ?> entries, String key, E[] choices) {
    Object value = entries.get(key);
    if (value == null) {
      return Optional.empty();
    }
    for (E choice : choices) {
      if (choice.name().equalsIgnoreCase(String.valueOf(value))) {
        return Optional.of(choice);
      }
    }
    List<String> names =
        Stream.of(choices)
            .map(c -> c instanceof Polarisation ? c.name() : c.name().toLowerCase(Locale.ROOT))
            .toList();
    throw new SidecarException(
        file, "'" + key + "' is '" + value + "', but can be " + String.join(", ", names) + ".");
  }

  private double required(Map<?, ?> entries, String key, String where) {
    return number(entries, key)
        .orElseThrow(() -> new SidecarException(file, "'" + where + key + "' is missing."));
  }

  private OptionalDouble number(Map<?, ?> entries, String key) {
    Object value = entries.get(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (value instanceof Number number) {
      return OptionalDouble.of(number.doubleValue());
    }
    throw new SidecarException(file, "'" + key + "' is '" + value + "', which is not a number.");
  }
}
