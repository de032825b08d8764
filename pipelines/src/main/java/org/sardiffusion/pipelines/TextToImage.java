package org.sardiffusion.pipelines;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GeneratedImage;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.StageSeconds;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * From a prompt, and perhaps images, to image files that say how they were made.
 *
 * <pre>{@code
 * try (Model model = Model.open(Bundle.open(folder), ModelOptions.cpu())) {
 *   GenerationRequest request = model.request("A <SAR> image of a dense forest");
 *   new TextToImage(model).run(request, ImageOutput.to(Path.of("forest.tif"), 0.4));
 * }
 * }</pre>
 */
public final class TextToImage {
  private final Model model;

  /**
   * @param model stays open
   */
  public TextToImage(Model model) {
    this.model = model;
  }

  /** Generates images and writes each as soon as it is complete, unheard and to the end. */
  public Outcome run(GenerationRequest request, ImageOutput output) {
    try (Cancellation never = new Cancellation()) {
      return run(request, output, DiffusionListener.NONE, never);
    }
  }

  /**
   * Generates images and writes each as soon as it is complete.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if they can't be made
   * @throws org.sardiffusion.core.SarDiffusionException if they can't be written; complete images
   *     stay, no partial file does
   */
  public Outcome run(
      GenerationRequest request,
      ImageOutput output,
      DiffusionListener listener,
      Cancellation cancellation) {
    return run(
        new Task(request, ImageInputs.NONE, Execution.ONE_BY_ONE), output, listener, cancellation);
  }

  /**
   * What to make.
   *
   * @param request as it would be without the files
   * @param inputs the files, which are read when the task is run
   * @param execution how the work is divided
   */
  public record Task(GenerationRequest request, ImageInputs inputs, Execution execution) {}

  /**
   * Likewise, from images and after control images.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if the images can't be made; also if the
   *     model has no VAE encoder or other ControlNets
   * @throws org.sardiffusion.core.SarDiffusionException if a file can't be read or written
   */
  public Outcome run(
      Task task, ImageOutput output, DiffusionListener listener, Cancellation cancellation) {
    GenerationRequest request = task.request();
    ImageInputs inputs = task.inputs();
    GenerationRequest guided = inputs.applyTo(request);
    output.check(request, inputs);
    Files files = new Files(request, inputs, output, listener);
    StageSeconds seconds = model.generate(guided, task.execution(), files, cancellation);
    files.finish();
    return new Outcome(
        files.written,
        output.latents(),
        recipe(request, inputs, output),
        files.without(seconds),
        files.seconds);
  }

  private RecordedRecipe recipe(GenerationRequest request, ImageInputs inputs, ImageOutput output) {
    return new RecordedRecipe(
        ModelStamp.of(model), new Generate(request, inputs, output.placement()));
  }

  /** Writes images as they come, and passes everything on. */
  private final class Files implements DiffusionListener {
    private final GenerationRequest request;
    private final ImageInputs inputs;
    private final ImageOutput output;
    private final DiffusionListener listener;
    private final List<Outcome.Output> written = new ArrayList<>();
    private final List<AmplitudeRaster> stack = new ArrayList<>();
    private final List<float[]> latents = new ArrayList<>();
    private final List<LatentShape> latentShapes = new ArrayList<>();
    private double seconds;

    private Files(
        GenerationRequest request,
        ImageInputs inputs,
        ImageOutput output,
        DiffusionListener listener) {
      this.request = request;
      this.inputs = inputs;
      this.output = output;
      this.listener = listener;
    }

    @Override
    public void note(String message) {
      listener.note(message);
    }

    @Override
    public void step(Step step) {
      listener.step(step);
    }

    @Override
    public void image(GeneratedImage image) {
      long start = System.nanoTime();
      AmplitudeRaster amplitude =
          new AmplitudeRaster(image.size().width(), image.size().height(), image.amplitude());
      if (output.stacked()) {
        stack.add(amplitude);
      } else {
        write(
            output.file(request, image.index()),
            List.of(amplitude),
            request.forImage(image.index()));
      }
      if (output.latents().isPresent()) {
        latents.add(image.latents());
        latentShapes.add(image.latentShape());
      }
      seconds += (System.nanoTime() - start) * 1e-9;
      listener.image(image);
    }

    private void finish() {
      long start = System.nanoTime();
      if (output.stacked()) {
        write(output.path(), stack, request);
      }
      output.latents().ifPresent(this::writeLatents);
      seconds += (System.nanoTime() - start) * 1e-9;
    }

    private void write(Path file, List<AmplitudeRaster> images, GenerationRequest made) {
      Provenance provenance = recipe(made, inputs, output).provenance();
      List<Path> files =
          ImageFiles.writeAll(
              new ImageFile(file, output.placement(), provenance, output.options()), images);
      written.add(new Outcome.Output(files, made.sampling().seed()));
    }

    private void writeLatents(Path file) {
      int length = latents.get(0).length;
      float[] all = new float[Math.multiplyExact(latents.size(), length)];
      for (int k = 0; k < latents.size(); k++) {
        System.arraycopy(latents.get(k), 0, all, k * length, length);
      }
      LatentShape shape = latentShapes.get(0);
      NpyWriter.write(
          file,
          new NpyArray(
              new int[] {latents.size(), shape.channels(), shape.height(), shape.width()}, all));
    }

    /** Writing happens while the model believes to be decoding. */
    private StageSeconds without(StageSeconds stages) {
      return new StageSeconds(
          stages.encode(), stages.denoise(), stages.unet(), Math.max(0, stages.decode() - seconds));
    }
  }
}
