package org.sardiffusion.pipelines.refinement;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.DistinctFiles;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.runtime.bundle.Bundle;

/**
 * A file that was read, resampled, and found fit to be refined and written: what takes a while, or
 * can go wrong, without a model.
 */
public final class PreparedUpscale {
  private final UpscaleRequest request;
  private final PreparedImage image;
  private final List<InputFile> sources;
  private final Optional<GroundGrid> ground;
  private final boolean complex;

  private PreparedUpscale(
      UpscaleRequest request,
      PreparedImage image,
      List<InputFile> sources,
      Optional<GroundGrid> ground,
      boolean complex) {
    this.request = request;
    this.image = image;
    this.sources = sources;
    this.ground = ground;
    this.complex = complex;
  }

  /**
   * Reads a file, and finds out whether the outputs could be written.
   *
   * @param bundle the model that is to refine it, which is not loaded
   * @throws RefinementException if the image can't be refined, or not be put on a map
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read or written
   */
  public static PreparedUpscale of(UpscaleRequest request, Bundle bundle) {
    UpscaleRequest.Output output = request.output();
    ImageFiles.check(output.image());
    output.sideOutputs().preview().ifPresent(AtomicOutput::probe);
    output.sideOutputs().report().ifPresent(AtomicOutput::probe);
    output.sideOutputs().resampled().ifPresent(AtomicOutput::probe);
    RadarInput.Read read = request.input().readWithFiles();
    DistinctFiles.require(read.files(), output.files());
    PreparedImage image = PreparedImage.of(read.image(), bundle);
    return new PreparedUpscale(
        new UpscaleRequest(
            request.input().at(read.image().spacing()), request.settings(), request.output()),
        image,
        read.files().stream().map(InputFile::of).toList(),
        output.ground().map(g -> g.grid(image.fine(), PreparedImage.spacing(bundle))),
        read.image().pixels() instanceof RadarImage.Complex);
  }

  /** As it was asked for, the spacing that the file says written out. */
  UpscaleRequest request() {
    return request;
  }

  PreparedImage image() {
    return image;
  }

  /** What the input was read from, the file that was named first. */
  public List<InputFile> sources() {
    return sources;
  }

  Optional<GroundGrid> ground() {
    return ground;
  }

  boolean isComplex() {
    return complex;
  }
}
