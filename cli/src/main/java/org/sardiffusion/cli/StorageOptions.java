package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.cli.Converters.Pair;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.RadarBand;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How images are stored, and where they lie on Earth. */
final class StorageOptions {
  /** The spacing that SAR models of this project are trained at. */
  private static final double USUAL_PIXEL_SIZE = 0.4;

  @Option(names = "--crs", paramLabel = "EPSG:N", description = "Coordinate system of the image.")
  private Optional<String> crs = Optional.empty();

  @Option(
      names = "--origin",
      paramLabel = "X,Y",
      converter = Converters.ToPair.class,
      description = "Upper left corner of the image in that coordinate system.")
  private Optional<Pair> origin = Optional.empty();

  @Option(
      names = "--pixel-size",
      paramLabel = "M",
      description =
          "Size of a pixel in metres (degrees, if the coordinate system is in degrees); the model's own"
              + " if not given.")
  private Optional<Double> pixelSize = Optional.empty();

  @Option(
      names = "--sample-type",
      paramLabel = "TYPE",
      completionCandidates = SampleTypeNames.class,
      description =
          "${COMPLETION-CANDIDATES}; float32 for tif and npy, uint8 for png if not given.")
  private Optional<SampleType> sampleType = Optional.empty();

  @Option(
      names = "--compression",
      paramLabel = "METHOD",
      defaultValue = "deflate",
      completionCandidates = CompressionNames.class,
      description = "Of tif files: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Compression compression;

  /** For the help and for completion, which know no lower case by themselves. */
  private static final class SampleTypeNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    SampleTypeNames() {
      super(SampleType.values());
    }
  }

  /** As {@link SampleTypeNames}. */
  private static final class CompressionNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    CompressionNames() {
      super(Compression.values());
    }
  }

  @Option(
      names = "--nodata",
      paramLabel = "VALUE",
      description = "The value that marks pixels without data.")
  private Optional<Double> nodata = Optional.empty();

  boolean georeferenced() {
    return crs.isPresent();
  }

  /** Whether the user said anything of the place or the pixel size. */
  boolean placed() {
    return crs.isPresent() || origin.isPresent() || pixelSize.isPresent();
  }

  /** How to store images of a model. */
  WriteOptions writeOptions(Bundle bundle) {
    WriteOptions options = WriteOptions.defaults().withCompression(compression);
    if (sampleType.isPresent()) {
      options = options.withSampleType(sampleType.get());
    }
    if (nodata.isPresent()) {
      options = options.withNodata(nodata.get());
    }
    Optional<RadarBand> band = bundle.sar().flatMap(SarConfig::band).flatMap(RadarBand::named);
    if (band.isPresent()) {
      options = options.withBand(band.get());
    }
    return options;
  }

  /** Metres from one pixel to the next, where the coordinate system is in metres. */
  double metresPerPixel(Bundle bundle) {
    return pixelSize.orElseGet(() -> usualPixelSize(bundle));
  }

  private static double usualPixelSize(Bundle bundle) {
    return bundle
        .sar()
        .map(s -> s.pixelSpacing().orElse(USUAL_PIXEL_SIZE))
        .orElse(USUAL_PIXEL_SIZE);
  }

  /**
   * Where images lie; {@code bundle} gives the usual pixel size.
   *
   * @param command the command whose options these are, for messages
   */
  AffineGrid placement(Bundle bundle, CommandLine command) {
    double size = pixelSize.orElseGet(() -> usualPixelSize(bundle));
    if (crs.isEmpty()) {
      if (origin.isPresent()) {
        throw new ParameterException(
            command, "--origin needs --crs: say which coordinate system it is in.");
      }
      return AffineGrid.unreferenced(size);
    }
    Pair corner =
        origin.orElseThrow(
            () ->
                new ParameterException(
                    command, "--crs needs --origin X,Y: the upper left corner of the image."));
    return AffineGrid.northUp(Crs.of(crs.get()), corner.x(), corner.y(), size);
  }
}
