package org.sardiffusion.pipelines.refinement;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.ImageFiles;

/**
 * A file to refine, and where the result goes.
 *
 * @param input what is refined
 * @param settings how
 * @param output where it goes
 */
public record UpscaleRequest(RadarInput input, RefinementSettings settings, Output output) {

  /**
   * Where a refined image goes.
   *
   * @param image a GeoTIFF
   * @param compression of its pixels
   * @param ground the map that it is brought to; empty leaves it in the geometry of the input
   * @param beside what else is written
   */
  public record Output(
      Path image,
      Compression compression,
      Optional<GroundProjection> ground,
      SideOutputs sideOutputs) {
    /**
     * @throws RefinementException if the image is to be no GeoTIFF
     */
    public Output {
      if (!isGeoTiff(image)) {
        throw new RefinementException(
            "A refined image keeps its place on Earth, so it is written as GeoTIFF: name it .tif,"
                + " not "
                + image.getFileName()
                + ".");
      }
    }

    /** All files that are written. */
    List<Path> files() {
      List<Path> files = new ArrayList<>(ImageFiles.files(image));
      sideOutputs.preview().ifPresent(files::add);
      sideOutputs.report().ifPresent(files::add);
      sideOutputs.resampled().ifPresent(files::add);
      return files;
    }

    /** A GeoTIFF alone. */
    public static Output to(Path image) {
      return new Output(image, Compression.DEFLATE, Optional.empty(), SideOutputs.NOTHING);
    }
  }

  /**
   * What is written beside an image.
   *
   * @param preview a PNG of input, output and the difference of their local means
   * @param report an HTML page of histograms, local means and spectra before and after
   * @param resampled the input resampled to the pixels that are refined: an {@code .npy} of
   *     amplitudes in the input's unit, float32, [height, width]
   */
  public record SideOutputs(
      Optional<Path> preview, Optional<Path> report, Optional<Path> resampled) {
    /** Nothing. */
    public static final SideOutputs NOTHING =
        new SideOutputs(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * @throws RefinementException if the resampled input is to be no {@code .npy}
     */
    public SideOutputs {
      resampled.ifPresent(
          file -> {
            if (!name(file).endsWith(".npy")) {
              throw new RefinementException(
                  "The resampled input is written as an array: name it .npy, not "
                      + file.getFileName()
                      + ".");
            }
          });
    }
  }

  private static boolean isGeoTiff(Path file) {
    return name(file).endsWith(".tif") || name(file).endsWith(".tiff");
  }

  private static String name(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }
}
