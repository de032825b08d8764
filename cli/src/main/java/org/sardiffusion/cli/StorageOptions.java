package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.RadarBand;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.Option;

/** How images are stored, and where they lie on Earth. */
final class StorageOptions {
  /** The spacing that SAR models of this project are trained at. */
  private static final double USUAL_PIXEL_SIZE = 0.4;

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

  /**
   * Where images of a model lie.
   *
   * @param given what the user said of it
   */
  static AffineGrid place(Overrides given, Bundle bundle) {
    return ImageParameters.place(given, AffineGrid.unreferenced(usualPixelSize(bundle)));
  }

  private static double usualPixelSize(Bundle bundle) {
    return bundle
        .sar()
        .map(s -> s.pixelSpacing().orElse(USUAL_PIXEL_SIZE))
        .orElse(USUAL_PIXEL_SIZE);
  }
}
