package org.sardiffusion.geo.internal.envi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.flat.FlatFile;
import org.sardiffusion.geo.internal.flat.FlatLayout;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;

/**
 * Opens ENVI rasters: a text header {@code NAME.hdr} beside a flat binary file {@code NAME}, {@code
 * NAME.img}, {@code NAME.bin}, ...
 *
 * <p>One real or complex band, or two real ones taken for I and Q, whatever their interleave and
 * byte order.
 */
public final class EnviRaster {
  /** What {@link Encoding#format()} says of these rasters. */
  public static final String FORMAT = "ENVI";

  private static final List<String> DATA_ENDINGS =
      List.of("", ".img", ".bin", ".dat", ".raw", ".slc", ".bsq", ".bil", ".bip");

  private EnviRaster() {}

  /** Whether a file begins as an ENVI header does. */
  public static boolean begins(byte[] start) {
    return EnviHeader.begins(start);
  }

  /**
   * The header of a binary file: {@code sim.img.hdr} or {@code sim.hdr} for {@code sim.img}.
   *
   * @return empty if there is none
   */
  public static Optional<Path> headerOf(Path data) {
    String name = data.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return Stream.of(name, dot > 0 ? name.substring(0, dot) : name)
        .flatMap(n -> Stream.of(n + ".hdr", n + ".HDR"))
        .map(data::resolveSibling)
        .filter(p -> Files.isRegularFile(p) && !p.equals(data))
        .findFirst();
  }

  /**
   * The binary file of a header.
   *
   * @throws MalformedFileException if there is none
   */
  public static Path dataOf(Path header) {
    String name = header.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    return DATA_ENDINGS.stream()
        .map(ending -> header.resolveSibling(stem + ending))
        .filter(p -> Files.isRegularFile(p) && !p.equals(header))
        .findFirst()
        .orElseThrow(
            () ->
                new MalformedFileException(
                    header,
                    "there is no binary file beside this ENVI header: "
                        + stem
                        + " or "
                        + stem
                        + ".img was expected."));
  }

  /**
   * Opens the two files of a raster.
   *
   * @throws MalformedFileException if the header is broken or the binary file has another length
   *     than it says
   * @throws IOException if one cannot be read
   */
  public static Raster open(Path header, Path data) throws IOException {
    EnviHeader parsed = EnviHeader.read(header);
    FlatLayout layout = parsed.layout();
    checkLength(header, data, layout);
    Encoding encoding = Encoding.plain(FORMAT, layout.type()).withNodata(parsed.nodata());
    RasterMetadata metadata =
        new EnviMap(header, parsed).addTo(RasterMetadata.bare(data, encoding));
    FlatFile rows = FlatFile.open(data, layout);
    return layout.valuesPerPixel() == 2
        ? new ComplexRaster(rows, metadata)
        : new DetectedRaster(rows, metadata);
  }

  private static void checkLength(Path header, Path data, FlatLayout layout) throws IOException {
    long length = Files.size(data);
    boolean agree;
    try {
      agree = layout.end() == length;
    } catch (ArithmeticException e) {
      agree = false;
    }
    if (!agree) {
      throw new MalformedFileException(
          data,
          "it has "
              + length
              + " bytes, but its header "
              + header.getFileName()
              + " describes "
              + layout.width()
              + " samples, "
              + layout.height()
              + " lines and "
              + layout.valuesPerPixel()
              + " value(s) of "
              + layout.type().bytes()
              + " bytes per pixel after "
              + layout.offset()
              + " bytes: it was cut short, or the header is another file's.");
    }
  }
}
