package org.sardiffusion.pipelines.refinement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.conditioning.AmplitudeRaster;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.output.AtomicOutput;
import org.sardiffusion.geo.place.Unreferenced;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.tiff.GeoTiffImage;
import org.sardiffusion.geo.tiff.GeoTiffStream;
import org.sardiffusion.geo.tiff.TiffSettings;
import org.sardiffusion.pipelines.Guides;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.Recipe;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.ImageSize;
import org.sardiffusion.runtime.session.Cancellation;

/** Refines files: reads them, has them refined, and writes geo-referenced images. */
public final class Upscaling {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int STRIP_ROWS = 256;

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
   * @throws org.sardiffusion.runtime.SarDiffusionException if it can't be refined
   * @throws org.sardiffusion.geo.GeoIoException if a file can't be read or written; no partial file
   *     is left
   */
  public UpscaleOutcome run(
      UpscaleRequest request, DiffusionListener listener, Cancellation cancellation) {
    AtomicOutput.probe(request.output().image());
    request.output().preview().ifPresent(AtomicOutput::probe);
    request.output().report().ifPresent(AtomicOutput::probe);
    RadarImage image = request.input().read();
    if (image.pixels() instanceof RadarImage.Amplitude) {
      listener.warning(
          "The input holds amplitudes and no phase: resampled, their speckle is smoother than that of a complex image.");
    }
    RefinedImage refined = refinement.refine(image, request.settings(), listener, cancellation);
    ModelIdentity model = refinement.model();
    String recipe = recipe(request, refined, model);
    Provenance provenance =
        new Provenance(
            model.name(),
            model.sha256(),
            request.settings().sampling().prompt(),
            request.settings().sampling().seed(),
            Software.NAME_AND_VERSION,
            recipe,
            Map.of("DERIVED_FROM", request.input().file().getFileName().toString()));
    List<Path> files = new ArrayList<>();
    write(request.output(), refined, provenance);
    files.add(request.output().image());
    Comparison comparison = Comparison.of(refined);
    request
        .output()
        .preview()
        .ifPresent(
            file -> {
              byte[] png = RefinementPreview.png(comparison);
              AtomicOutput.write(file, png.length, path -> Files.write(path, png));
              files.add(file);
            });
    request
        .output()
        .report()
        .ifPresent(
            file -> {
              byte[] html =
                  RefinementReport.html(request.input().path().getFileName().toString(), comparison)
                      .getBytes(StandardCharsets.UTF_8);
              AtomicOutput.write(file, html.length, path -> Files.write(path, html));
              files.add(file);
            });
    return new UpscaleOutcome(List.copyOf(files), refined, recipe);
  }

  private static void write(
      UpscaleRequest.Output output, RefinedImage refined, Provenance provenance) {
    AmplitudeRaster amplitude = refined.amplitude();
    GeoTiffImage image =
        new GeoTiffImage(
            amplitude.width(),
            amplitude.height(),
            refined.place(),
            Optional.of(refined.spacing()),
            provenance,
            new TiffSettings(
                PixelCoding.of(SampleType.FLOAT32), output.compression(), Optional.empty()));
    AtomicOutput.write(
        output.image(),
        GeoTiffStream.sizeBound(image),
        file -> {
          try (GeoTiffStream stream = GeoTiffStream.create(file, image)) {
            float[] strip = new float[STRIP_ROWS * amplitude.width()];
            for (int row = 0; row < amplitude.height(); row += STRIP_ROWS) {
              int rows = Math.min(STRIP_ROWS, amplitude.height() - row);
              amplitude.readRows(row, rows, strip);
              stream.writeRows(rows, strip);
            }
            stream.finish();
          }
        });
  }

  /** The recipe of the sampling, with what refining adds. */
  private String recipe(UpscaleRequest request, RefinedImage refined, ModelIdentity model) {
    Recipe sampling =
        new Recipe(
            Software.NAME_AND_VERSION,
            refinement.device(),
            model,
            refinement.adapters(),
            request
                .settings()
                .sampling()
                .with(new ImageSize(refined.amplitude().width(), refined.amplitude().height())),
            Guides.NONE,
            new Unreferenced(refined.spacing().columns()));
    try {
      ObjectNode json = (ObjectNode) MAPPER.readTree(sampling.toJson());
      json.put("task", "refinement");
      json.remove("placement");
      InputFile file = InputFile.of(request.input().file());
      ObjectNode input = json.putObject("input");
      input.put("file", file.path().getFileName().toString()).put("sha256", file.sha256());
      request
          .input()
          .spacing()
          .ifPresent(s -> input.putArray("spacing_m").add(s.columns()).add(s.rows()));
      request
          .input()
          .window()
          .ifPresent(
              w -> input.putArray("window").add(w.x()).add(w.y()).add(w.width()).add(w.height()));
      request.input().polarisation().ifPresent(p -> input.put("polarisation", p.name()));
      json.put("strength", refined.means().strength());
      if (refined.means().controlled()) {
        json.put("control_scale", request.settings().controlScale());
      }
      json.put("radiometry", request.settings().radiometry().name().toLowerCase(Locale.ROOT));
      json.put("tiles", refined.means().tiles());
      json.put("amplitude_divisor", refined.scale().divisor());
      json.putArray("spacing_m").add(refined.spacing().columns()).add(refined.spacing().rows());
      return json.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
  }
}
