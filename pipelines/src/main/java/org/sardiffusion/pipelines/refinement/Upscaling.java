package org.sardiffusion.pipelines.refinement;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.RadarBand;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.ortho.GroundGrid;
import org.sardiffusion.geo.ortho.Orthorectification;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.pipelines.recipe.Refine;
import org.sardiffusion.runtime.diffusion.DiffusionListener;

/**
 * Refines files: has them refined, and writes geo-referenced images.
 *
 * <pre>{@code
 * PreparedUpscale prepared = PreparedUpscale.of(request, model.bundle());
 * new Upscaling(new Refinement(model)).run(prepared, DiffusionListener.NONE, cancellation);
 * }</pre>
 */
public final class Upscaling {
  private final Refinement refinement;

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
      listener.note(
          "The input holds amplitudes and no phase: resampled, their speckle is smoother than that of a complex image.");
    }
    RefinedImage refined =
        refinement.refine(prepared.image(), request.settings(), listener, cancellation);
    Spacing spacing = spacing(prepared, refined);
    RecordedRecipe recipe =
        new RecordedRecipe(ModelStamp.of(refinement.model()), recipe(prepared, refined, spacing));
    Path source = prepared.sources().get(0).path();
    Provenance provenance = recipe.provenance(notes(prepared, source));
    List<Path> files = new ArrayList<>(write(prepared, refined, provenance));
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

  private static Refine recipe(PreparedUpscale prepared, RefinedImage refined, Spacing spacing) {
    UpscaleRequest request = prepared.request();
    RefinementSettings settings = request.settings();
    return new Refine(
        request.input(),
        prepared.sources(),
        new RefinementSettings(
            settings.prompt(),
            settings.sampling(),
            OptionalDouble.of(refined.means().strength()),
            settings.controlScale(),
            settings.radiometry()),
        request.output().ground(),
        new Refine.Result(
            new Size(refined.amplitude().width(), refined.amplitude().height()),
            refined.means().controlled(),
            refined.means().tiles(),
            refined.scale().divisor(),
            spacing));
  }

  /** What the input was, and what the amplitudes mean if they are physical ones. */
  private static Map<String, String> notes(PreparedUpscale prepared, Path source) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("DERIVED_FROM", source.getFileName().toString());
    boolean physical = prepared.request().settings().radiometry() == Radiometry.PRESERVE;
    prepared
        .request()
        .input()
        .calibration()
        .filter(calibration -> physical)
        .ifPresent(calibration -> notes.put("RADIOMETRY", calibration.amplitude()));
    return notes;
  }

  /** The refined image on a map. */
  private static AmplitudeSource onGround(
      GroundGrid ground, PreparedUpscale prepared, RefinedImage refined) {
    AmplitudeRaster amplitude = refined.amplitude();
    GroundProjection projection = prepared.request().output().ground().orElseThrow();
    return new Orthorectification(
        amplitude, GroundProjection.places(prepared.image().fine()), ground, projection.kernel());
  }

  private List<Path> write(PreparedUpscale prepared, RefinedImage refined, Provenance provenance) {
    UpscaleRequest request = prepared.request();
    Path file = request.output().image();
    WriteOptions options =
        WriteOptions.defaults()
            .withSampleType(SampleType.FLOAT32)
            .withNodata(Double.NaN)
            .withCompression(request.output().compression())
            .withDerivedFrom(List.of(address(file, request.input().file())));
    Optional<RadarBand> band = refinement.band().flatMap(RadarBand::named);
    if (band.isPresent()) {
      options = options.withBand(band.get());
    }
    Optional<GroundGrid> ground = prepared.ground();
    if (ground.isEmpty() || ground.get().crs().isMetric()) {
      options = options.withSpacing(spacing(prepared, refined));
    }
    Georeference place = ground.<Georeference>map(GroundGrid::place).orElse(refined.place());
    AmplitudeSource image =
        ground
            .<AmplitudeSource>map(grid -> onGround(grid, prepared, refined))
            .orElse(refined.amplitude());
    return ImageFiles.write(new ImageFile(file, place, provenance, options), image);
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
