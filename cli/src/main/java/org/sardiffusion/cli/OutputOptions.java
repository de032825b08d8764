package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageOutput;
import org.sardiffusion.runtime.bundle.Bundle;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where images go, and where they lie on Earth. */
final class OutputOptions {
  @Option(
      names = "--out",
      paramLabel = "PATH",
      defaultValue = "sar.tif",
      description = {
        "The image; its ending picks the format: tif, png or npy (default: ${DEFAULT-VALUE}).",
        "With --count, names of tif and png files get each image's seed: sar_7.tif."
      })
  private Path out;

  @Option(
      names = "--save-latents",
      paramLabel = "FILE.npy",
      description = "Also write the final latents, float32, [N,channels,h,w].")
  private Optional<Path> latents = Optional.empty();

  @Mixin private StorageOptions storage;

  Path out() {
    return out;
  }

  /** The output. */
  ImageOutput output(Bundle bundle, AffineGrid placement) {
    return new ImageOutput(out, placement, storage.writeOptions(bundle), latents);
  }
}
