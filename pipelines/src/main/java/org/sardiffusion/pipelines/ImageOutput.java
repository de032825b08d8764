package org.sardiffusion.pipelines;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.DistinctFiles;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.diffusion.GenerationRequest;

/**
 * Where images go.
 *
 * @param path the file; its ending picks the format. Several images go into one {@code .npy}, or
 *     each into its own file, whose name then has the image's seed behind the stem: {@code
 *     forest_7.tif}
 * @param placement where the image lies on Earth, or its pixel size alone
 * @param options sample type, compression and the like
 * @param latents where to write the final latents, {@code .npy}, float32, [N, channels, height,
 *     width]
 */
public record ImageOutput(
    Path path, AffineGrid placement, WriteOptions options, Optional<Path> latents) {

  /**
   * A file with the usual options, nowhere on Earth.
   *
   * @param pixelSize side of a pixel, metres
   */
  public static ImageOutput to(Path path, double pixelSize) {
    return new ImageOutput(
        path, AffineGrid.unreferenced(pixelSize), WriteOptions.defaults(), Optional.empty());
  }

  /** Whether all images of a request share one file. */
  boolean stacked() {
    return ImageFormat.of(path) == ImageFormat.NPY;
  }

  /** The image files that {@code request} makes, in order. */
  public List<Path> files(GenerationRequest request) {
    return stacked()
        ? List.of(path)
        : IntStream.range(0, request.sampling().count()).mapToObj(k -> file(request, k)).toList();
  }

  /** The file of one image of a request. */
  Path file(GenerationRequest request, int index) {
    return stacked() || request.sampling().count() == 1
        ? path
        : file(request.sampling().seed() + index);
  }

  private Path file(long seed) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return path.resolveSibling(name.substring(0, dot) + "_" + seed + name.substring(dot));
  }

  /**
   * Finds out, before long work, whether the files could be written.
   *
   * @param inputs what the images are made from
   * @throws org.sardiffusion.core.SarDiffusionException if not, or if one would take the place of
   *     an input or of another
   */
  public void check(GenerationRequest request, ImageInputs inputs) {
    List<Path> outputs =
        files(request).stream()
            .flatMap(file -> ImageFiles.files(file).stream())
            .collect(Collectors.toCollection(ArrayList::new));
    latents.ifPresent(outputs::add);
    DistinctFiles.require(inputs.files(), outputs);
    // One of many stands for all: they lie in one folder.
    ImageFiles.check(file(request, 0));
    latents.ifPresent(AtomicOutput::probe);
  }
}
