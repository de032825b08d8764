package org.sardiffusion.pipelines.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.FollowingControl;
import org.sardiffusion.pipelines.ModelTiles;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.pipelines.recipe.Scene;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.diffusion.ControlNets;
import org.sardiffusion.runtime.diffusion.ControlScales;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.SceneCost;
import org.sardiffusion.runtime.diffusion.SceneDiffusion;
import org.sardiffusion.runtime.diffusion.SceneGuide;
import org.sardiffusion.runtime.diffusion.SceneImage;
import org.sardiffusion.runtime.diffusion.SceneTask;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.scene.SceneFolder;

/**
 * A model that makes scenes of any size in bounded memory, without seams.
 *
 * <p>What is larger than the model's own images is denoised in overlapping tiles of one latent
 * ({@link SceneDiffusion}), which lies on disk, and decoded into the rows of a GeoTIFF. A scene
 * that was stopped, or killed, is continued by the same request.
 *
 * <pre>{@code
 * SceneOutput output =
 *     new SceneOutput(
 *         Path.of("coast.tif"), AffineGrid.unreferenced(0.4), WriteOptions.defaults(), Optional.empty());
 * SceneRequest request =
 *     new SceneRequest(
 *         SceneExtent.whole(new Size(40_000, 7_000)),
 *         ScenePrompts.of("A <SAR> image of a coast"),
 *         Sampling.defaults(model.bundle()),
 *         output);
 * new SceneSynthesis(model).run(request, Progress.NONE, cancellation);
 * }</pre>
 */
public final class SceneSynthesis {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Bundle bundle;
  private final Model model;

  /**
   * @param model stays open
   */
  public SceneSynthesis(Model model) {
    this.model = model;
    this.bundle = model.bundle();
  }

  /**
   * What a scene will take.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if the model can't make it
   */
  public SceneCost estimate(SceneRequest request) {
    long outputBytes =
        ImageFiles.sizeBound(
            image(request, recipe(request).provenance()), request.extent().made().size());
    return work(request).plus(new SceneCost(0, 0, outputBytes));
  }

  /** Of a scene and the coarser ones that it follows, without the image. */
  private SceneCost work(SceneRequest request) {
    SceneCost own =
        new SceneDiffusion(model, task(request, request.cascade().map(this::notMade))).cost();
    if (request.cascade().isEmpty()) {
      return own;
    }
    SceneRequest coarse = request.coarser(bundle.sizeMultiple());
    long guideBytes = GuideImage.bytes(coarse.extent().size());
    return own.plus(work(coarse)).plus(new SceneCost(0, guideBytes, 0));
  }

  /** In the place of a coarser scene that is not there yet. */
  private SceneGuide notMade(SceneCascade cascade) {
    return guide(
        window -> {
          throw new IllegalStateException("The coarser scene is not made yet.");
        },
        cascade);
  }

  private SceneGuide guide(SceneImage image, SceneCascade cascade) {
    return new SceneGuide(image, cascade.strength(), Optional.of(control(cascade)));
  }

  /** What is done under a guide. */
  @FunctionalInterface
  private interface Guided {
    void run(Optional<SceneGuide> guide) throws IOException;
  }

  /** A scene under way. */
  private record Work(
      SceneRequest request, SceneFolder folder, Progress listener, Cancellation cancellation) {}

  /** Makes the coarser scenes of a request that are not there yet, and then what follows them. */
  private void guided(Work work, Guided then) {
    try {
      if (work.request.cascade().isEmpty()) {
        then.run(Optional.empty());
        return;
      }
      SceneRequest coarse = work.request.coarser(bundle.sizeMultiple());
      Path folder = work.folder.path();
      if (!GuideImage.isIn(folder)) {
        make(coarse, work);
      }
      // A process killed in between leaves it.
      if (Files.exists(coarse.output().folder())) {
        try (SceneFolder done = open(coarse)) {
          done.delete();
        }
      }
      try (GuideImage image = GuideImage.open(folder, coarse.extent().size())) {
        then.run(Optional.of(guide(image, work.request.cascade().get())));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new SceneException(
          "Cannot keep a coarser scene in " + work.folder.path() + ": " + e.getMessage() + ".", e);
    }
  }

  private SceneFolder open(SceneRequest request) {
    return SceneFolder.open(request.output().folder(), recipe(request).identity());
  }

  /** Makes a coarser scene as the guide of a finer one. */
  private void make(SceneRequest coarse, Work finer) {
    try (SceneFolder folder = open(coarse)) {
      guided(
          new Work(coarse, folder, finer.listener, finer.cancellation),
          guide -> {
            SceneDiffusion diffusion = new SceneDiffusion(model, task(coarse, guide));
            diffusion.denoise(folder, finer.listener, finer.cancellation);
            GuideImage.make(
                finer.folder.path(),
                coarse.extent().size(),
                file -> diffusion.decode(folder, file, finer.listener, finer.cancellation));
          });
    }
  }

  /**
   * Makes a scene, from where an earlier run of the same request was stopped, and writes it.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be made
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be written; what was made stays
   *     in its folder
   * @throws org.sardiffusion.core.run.CancelledException if {@code cancellation} is used; likewise
   */
  public SceneOutcome run(SceneRequest request, Progress listener, Cancellation cancellation) {
    RecordedRecipe recipe = recipe(request);
    ImageFile image = image(request, recipe.provenance());
    Size size = request.extent().made().size();
    request.output().requireApartFrom(request.prompts().source());
    ImageFiles.check(image, size);
    request.output().preview().ifPresent(ImageFiles::check);
    SceneCost cost = estimate(request);
    try (SceneFolder folder = SceneFolder.open(request.output().folder(), recipe.identity())) {
      AtomicOutput.sweepBeside(request.output().image());
      requireSpace(folder, cost);
      long start = System.nanoTime();
      long[] middle = new long[1];
      ScenePreview preview = new ScenePreview(size.width(), size.height());
      List<Path> files = new ArrayList<>();
      guided(
          new Work(request, folder, listener, cancellation),
          guide -> {
            SceneDiffusion diffusion = new SceneDiffusion(model, task(request, guide));
            diffusion.denoise(folder, listener, cancellation);
            middle[0] = System.nanoTime();
            files.addAll(
                ImageFiles.write(
                    image,
                    size,
                    writer ->
                        diffusion.decode(
                            folder,
                            (first, rows, amplitude) -> {
                              writer.writeRows(first, rows, amplitude);
                              preview.add(rows, amplitude);
                            },
                            listener,
                            cancellation)));
          });
      request
          .output()
          .preview()
          .ifPresent(file -> files.addAll(write(file, preview, image, recipe)));
      folder.delete();
      long end = System.nanoTime();
      return new SceneOutcome(
          files,
          size,
          recipe,
          cost,
          new SceneOutcome.Seconds((middle[0] - start) * 1e-9, (end - middle[0]) * 1e-9));
    }
  }

  private static List<Path> write(
      Path file, ScenePreview preview, ImageFile image, RecordedRecipe recipe) {
    return ImageFiles.write(
        new ImageFile(file, image.place(), recipe.provenance(), WriteOptions.defaults()),
        preview.image());
  }

  private static void requireSpace(SceneFolder folder, SceneCost cost) {
    DiskSpace.require(
        folder.path(),
        cost.workBytes() - folder.size() + cost.outputBytes(),
        "The scene",
        "Free some space, write to another disk, or make a smaller scene.");
  }

  private SceneTask task(SceneRequest request, Optional<SceneGuide> guide) {
    Size size = request.extent().size();
    return new SceneTask(
        request.sampling(),
        request.prompts().field(),
        ModelTiles.of(bundle, latentSide(size.width()), latentSide(size.height())),
        request.extent().made(),
        guide);
  }

  /** How the coarser scene is followed. */
  private ControlScales control(SceneCascade cascade) {
    List<String> controlNets = ControlNets.of(bundle);
    if (controlNets.isEmpty()) {
      throw new SceneException(
          "The model "
              + bundle.name()
              + " has no ControlNet ("
              + BundlePart.UNET_CONTROLNET.file()
              + "), so no scene of it can follow a coarser one: make it without a cascade, or"
              + " export the model with a ControlNet.",
          Remedy.omit("cascade"));
    }
    return FollowingControl.scales(controlNets, cascade.controlScale());
  }

  /** Latent pixels of a side of the scene, which may end within the last of them. */
  private int latentSide(int pixels) {
    int multiple = bundle.sizeMultiple();
    long whole = ((long) pixels + multiple - 1) / multiple * multiple;
    return Math.toIntExact(whole / bundle.vae().factor());
  }

  private static ImageFile image(SceneRequest request, Provenance provenance) {
    return new ImageFile(
        request.output().image(),
        placed(request.output().placement(), request.extent().made()),
        provenance,
        request.output().options());
  }

  private static AffineGrid placed(AffineGrid scene, Window window) {
    return scene.crs().isPresent() ? scene.from(window.x(), window.y()) : scene;
  }

  private RecordedRecipe recipe(SceneRequest request) {
    return new RecordedRecipe(ModelStamp.of(model), Scene.of(request));
  }
}
