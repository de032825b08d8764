package org.sardiffusion.geo.internal.envi;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.Nodata;
import org.sardiffusion.geo.internal.flat.FlatLayout;
import org.sardiffusion.geo.raster.ElementType;

/** The {@code name = value} lines of an ENVI header, values in braces spanning lines. */
final class EnviHeader {
  private static final int MAXIMUM_BYTES = 1 << 20;

  private final Path path;
  private final Map<String, String> entries;

  private EnviHeader(Path path, Map<String, String> entries) {
    this.path = path;
    this.entries = entries;
  }

  /** Whether a file begins as an ENVI header does. */
  static boolean begins(byte[] start) {
    return new String(start, StandardCharsets.ISO_8859_1).startsWith("ENVI");
  }

  /**
   * Reads a header.
   *
   * @throws MalformedFileException if it is none
   */
  static EnviHeader read(Path path) throws IOException {
    if (Files.size(path) > MAXIMUM_BYTES) {
      throw new MalformedFileException(path, "it is too long for an ENVI header.");
    }
    byte[] bytes = Files.readAllBytes(path);
    if (!begins(bytes)) {
      throw new MalformedFileException(
          path, "it is not an ENVI header: its first line has to be 'ENVI'.");
    }
    return new EnviHeader(path, parse(path, new String(bytes, StandardCharsets.UTF_8)));
  }

  private static Map<String, String> parse(Path path, String text) {
    Map<String, String> entries = new HashMap<>();
    String[] lines = text.split("\r\n|\r|\n");
    for (int i = 1; i < lines.length; i++) {
      int equals = lines[i].indexOf('=');
      if (equals < 0 || lines[i].stripLeading().startsWith(";")) {
        continue;
      }
      StringBuilder value = new StringBuilder(lines[i].substring(equals + 1).strip());
      int first = i;
      while (value.indexOf("{") == 0 && value.indexOf("}") < 0) {
        if (++i == lines.length) {
          throw new MalformedFileException(
              path, "the brace of line " + (first + 1) + " is never closed.");
        }
        value.append(' ').append(lines[i].strip());
      }
      String name = lines[first].substring(0, equals).strip().toLowerCase(Locale.ROOT);
      entries.put(name.replaceAll("\\s+", " "), value.toString());
    }
    return entries;
  }

  /** The parts of a value in braces. */
  List<String> list(String name) {
    String value = entries.getOrDefault(name, "").replaceAll("[{}]", "").strip();
    return value.isEmpty()
        ? List.of()
        : Arrays.stream(value.split(",")).map(String::strip).toList();
  }

  /** A value as it stands. */
  Optional<String> text(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /** The stored number of pixels without data. */
  OptionalDouble nodata() {
    String text = text("data ignore value").orElse("");
    try {
      return Nodata.parse(text);
    } catch (NumberFormatException e) {
      throw new MalformedFileException(
          path, "its 'data ignore value' holds '" + text + "', which is not a number.", e);
    }
  }

  /** A number within a value. */
  double number(String name, String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new MalformedFileException(
          path, "its '" + name + "' holds '" + text + "', which is not a number.", e);
    }
  }

  /**
   * Where the numbers of the binary file lie.
   *
   * @throws MalformedFileException if a needed line is missing or says something that is not read
   */
  FlatLayout layout() {
    int bands = integer("bands", Optional.of(1));
    int code = integer("data type", Optional.empty());
    ElementType type = type(code);
    boolean complex = code == 6 || code == 9;
    if (bands != 1 && (bands != 2 || complex)) {
      throw new MalformedFileException(
          path,
          "it has "
              + bands
              + " bands; one band is read, or two real ones, I and Q. Take one out with"
              + " gdal_translate -b 1 -of ENVI IN OUT.");
    }
    int width = positive("samples");
    int height = positive("lines");
    int offset = integer("header offset", Optional.of(0));
    if (offset < 0) {
      throw new MalformedFileException(path, "its 'header offset' is below 0.");
    }
    return new FlatLayout(
        offset,
        width,
        height,
        complex || bands == 2 ? 2 : 1,
        type,
        order(),
        complex ? FlatLayout.Arrangement.BY_PIXEL : arrangement());
  }

  private FlatLayout.Arrangement arrangement() {
    String interleave = text("interleave").orElse("bsq").toLowerCase(Locale.ROOT);
    return switch (interleave) {
      case "bsq" -> FlatLayout.Arrangement.BY_BAND;
      case "bil" -> FlatLayout.Arrangement.BY_LINE;
      case "bip" -> FlatLayout.Arrangement.BY_PIXEL;
      default ->
          throw new MalformedFileException(
              path, "its interleave '" + interleave + "' is not bsq, bil or bip.");
    };
  }

  private ByteOrder order() {
    int order = integer("byte order", Optional.of(0));
    if (order != 0 && order != 1) {
      throw new MalformedFileException(
          path, "its 'byte order' is " + order + "; 0 is little-endian, 1 is big-endian.");
    }
    return order == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  private ElementType type(int code) {
    return switch (code) {
      case 1 -> ElementType.UINT8;
      case 2 -> ElementType.INT16;
      case 3 -> ElementType.INT32;
      case 4, 6 -> ElementType.FLOAT32;
      case 5, 9 -> ElementType.FLOAT64;
      case 12 -> ElementType.UINT16;
      case 13 -> ElementType.UINT32;
      default ->
          throw new MalformedFileException(
              path,
              "its data type "
                  + code
                  + " is not read: 1 (uint8), 2 (int16), 3 (int32), 4 (float32), 5 (float64), 6"
                  + " (complex64), 9 (complex128), 12 (uint16) and 13 (uint32) are.");
    };
  }

  private int positive(String name) {
    int value = integer(name, Optional.empty());
    if (value < 1) {
      throw new MalformedFileException(path, "its '" + name + "' is " + value + ".");
    }
    return value;
  }

  private int integer(String name, Optional<Integer> otherwise) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise.orElseThrow(
          () -> new MalformedFileException(path, "it lacks the line '" + name + " = ...'."));
    }
    try {
      return Integer.parseInt(text.get());
    } catch (NumberFormatException e) {
      throw new MalformedFileException(
          path, "its '" + name + "' is '" + text.get() + "', which is not a whole number.", e);
    }
  }
}
