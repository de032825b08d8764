package org.sardiffusion.pipelines.refinement;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.files.GeoTiffFiles;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.geo.ortho.Orthorectification;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.geo.stac.RadarBand;
import org.sardiffusion.geo.stac.StacAsset;
import org.sardiffusion.geo.tiff.GeoTiffImage;
import org.sardiffusion.geo.tiff.TiffSettings;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.Recipe;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;

/**
 * Refines files: has them refined, and writes geo-referenced images.
 *
 * <pre>{@code
 * PreparedUpscale prepared = PreparedUpscale.of(request, bundle);
 * try (Refinement refinement = Refinement.open(bundle, EngineSettings.cpu(), System.err::println);
 *     Cancellation cancellation = new Cancellation()) {
 *   new Upscaling(refinement).run(prepared, DiffusionListener.NONE, cancellation);
 * }
 * }</pre>
 */
public final class Upscaling {
  private final Refinement refinement;

  /**
   * @param refinement stays open
   */
  public Upscaling(Refinement refinement) {
    this.refinement = refinement;
  }

  /**
   * Refines a file.
   *
   * @param prepared for the model of the refinement
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be refined
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be written; no partial file
   *     is left
   */
  public UpscaleOutcome run(
      PreparedUpscale prepared, DiffusionListener listener, Cancellation cancellation) {
    UpscaleRequest request = prepared.request();
    if (!prepared.isComplex()) {
      listener.warning(
          "The input holds amplitudes and no phase: resampled, their speckle is smoother than that of a complex image.");
    }
    RefinedImage refined =
        refinement.refine(prepared.image(), request.settings(), listener, cancellation);
    ModelIdentity model = refinement.model();
    Spacing spacing = spacing(prepared, refined);
    String recipe = recipe(prepared, refined, model).toJson(result(refined, spacing));
    Path source = prepared.sources().get(0).path();
    Provenance provenance =
        new Provenance(
            model.name(),
            model.sha256(),
            request.settings().sampling().prompt(),
            request.settings().sampling().seed(),
            Software.NAME_AND_VERSION,
            recipe,
            Map.of("DERIVED_FROM", source.getFileName().toString()));
    Path out = request.output().image();
    List<Path> files = new ArrayList<>();
    Written image =
        prepared
            .ground()
            .map(ground -> onGround(ground, prepared, refined, provenance))
            .orElseGet(() -> inPlace(refined.amplitude(), refined, provenance));
    files.addAll(write(out, image, request));
    files.addAll(beside(request, refined));
    return new UpscaleOutcome(List.copyOf(files), refined, recipe, spacing);
  }

  private static Spacing spacing(PreparedUpscale prepared, RefinedImage refined) {
    return prepared
        .ground()
        .filter(ground -> ground.crs().isMetric())
        .map(ground -> Spacing.square(ground.pixelSize()))
        .orElse(refined.spacing());
  }

  private static RefinementRecipe.Result result(RefinedImage refined, Spacing spacing) {
    return new RefinementRecipe.Result(
        refined.means().controlled(), refined.means().tiles(), refined.scale().divisor(), spacing);
  }

  private RefinementRecipe recipe(
      PreparedUpscale prepared, RefinedImage refined, ModelIdentity model) {
    UpscaleRequest request = prepared.request();
    DiffusionRequest sampling =
        request
            .settings()
            .sampling()
            .with(new Size(refined.amplitude().width(), refined.amplitude().height()));
    return new RefinementRecipe(
        new Recipe(
            Software.NAME_AND_VERSION,
            refinement.device(),
            model,
            refinement.adapters(),
            sampling,
            ImageInputs.NONE,
            AffineGrid.unreferenced(refined.spacing().columns())),
        request.input(),
        prepared.sources(),
        new RefinementSettings(
            sampling,
            OptionalDouble.of(refined.means().strength()),
            request.settings().controlScale(),
            request.settings().radiometry()),
        request.output().ground());
  }

  /** What becomes a GeoTIFF. */
  private record Written(
      int width,
      int height,
      Georeference place,
      Optional<Spacing> spacing,
      Provenance provenance,
      GeoTiffFiles.Rows rows) {}

  private static Written inPlace(
      AmplitudeRaster amplitude, RefinedImage refined, Provenance provenance) {
    return new Written(
        amplitude.width(),
        amplitude.height(),
        refined.place(),
        Optional.of(refined.spacing()),
        provenance,
        amplitude::readRows);
  }

  private static Written onGround(
      GroundGrid ground, PreparedUpscale prepared, RefinedImage refined, Provenance provenance) {
    AmplitudeRaster amplitude = refined.amplitude();
    GroundProjection projection = prepared.request().output().ground().orElseThrow();
    Orthorectification ortho =
        new Orthorectification(
            new Orthorectification.Image(
                amplitude.width(), amplitude.height(), amplitude.samples()),
            GroundProjection.places(prepared.image().fine()),
            ground,
            projection.kernel());
    return new Written(
        ground.width(),
        ground.height(),
        ground.place(),
        ground.crs().isMetric()
            ? Optional.of(Spacing.square(ground.pixelSize()))
            : Optional.empty(),
        provenance,
        ortho::readRows);
  }

  private List<Path> write(Path file, Written image, UpscaleRequest request) {
    return GeoTiffFiles.write(
        file,
        new GeoTiffImage(
            image.width,
            image.height,
            image.place,
            image.spacing,
            image.provenance,
            new TiffSettings(
                new PixelCoding(SampleType.FLOAT32, OptionalDouble.of(Double.NaN)),
                request.output().compression(),
                Optional.empty())),
        new StacAsset.Description(
            Optional.empty(),
            refinement.band().flatMap(RadarBand::named),
            List.of(address(file, request.input().file())),
            Optional.empty()),
        image.rows);
  }

  /** The input as seen from the folder of the output. */
  private static String address(Path output, Path input) {
    Path folder = output.toAbsolutePath().normalize().getParent();
    Path there = input.toAbsolutePath().normalize();
    if (!there.getRoot().equals(folder.getRoot())) {
      return there.toUri().toString();
    }
    String relative = folder.relativize(there).toString().replace('\\', '/');
    try {
      // Behind "./" a colon is no scheme.
      return new URI(null, null, "./" + relative, null).toASCIIString();
    } catch (URISyntaxException e) {
      return there.toUri().toString();
    }
  }

  private static List<Path> beside(UpscaleRequest request, RefinedImage refined) {
    Optional<Path> preview = request.output().sideOutputs().preview();
    Optional<Path> report = request.output().sideOutputs().report();
    List<Path> files = new ArrayList<>();
    request
        .output()
        .sideOutputs()
        .resampled()
        .ifPresent(
            file -> {
              AmplitudeRaster resampled = refined.resampled();
              int[] shape = {resampled.height(), resampled.width()};
              NpyWriter.write(file, new NpyArray(shape, resampled.samples()));
              files.add(file);
            });
    if (preview.isEmpty() && report.isEmpty()) {
      return files;
    }
    Comparison comparison = Comparison.of(refined);
    preview.ifPresent(
        file -> {
          byte[] png = RefinementPreview.png(comparison);
          AtomicOutput.write(file, png.length, path -> Files.write(path, png));
          files.add(file);
        });
    report.ifPresent(
        file -> {
          String name = request.input().path().getFileName().toString();
          byte[] html = RefinementReport.html(name, comparison).getBytes(StandardCharsets.UTF_8);
          AtomicOutput.write(file, html.length, path -> Files.write(path, html));
          files.add(file);
        });
    return files;
  }
}
