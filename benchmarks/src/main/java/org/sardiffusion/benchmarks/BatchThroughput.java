package org.sardiffusion.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageOutput;
import org.sardiffusion.pipelines.TextToImage;
import org.sardiffusion.pipelines.batch.BatchListener;
import org.sardiffusion.pipelines.batch.BatchOutput;
import org.sardiffusion.pipelines.batch.BatchRun;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * A prompt list as one batch, or image by image as {@code generate} makes them: one of the sides of
 * {@code python/batch.py}, which starts it.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar org.sardiffusion.benchmarks.BatchThroughput \
 *     batch|generate BUNDLE LIST SIDE STEPS GUIDANCE FORMAT FOLDER WARM-UP-LIST
 * </pre>
 *
 * <p>Prints one JSON object: images, and the wall-clock and processor seconds of all but loading
 * and the images of the warm-up list.
 */
public final class BatchThroughput {
  private BatchThroughput() {}

  /** Makes the images of a plan into a new folder. */
  @FunctionalInterface
  private interface Way {
    void make(List<PlannedImage> images, BatchPlan plan, Path folder);
  }

  public static void main(String[] arguments) throws Exception {
    Bundle bundle = Bundle.open(Path.of(arguments[1]));
    int side = Integer.parseInt(arguments[3]);
    PlanSettings defaults =
        PlanSettings.of(
            new Size(side, side),
            Sampling.DIFFUSERS
                .withSteps(Integer.parseInt(arguments[4]))
                .with(Guidance.of(Double.parseDouble(arguments[5]))),
            AffineGrid.unreferenced(0.4));
    BatchPlan plan = plan(Path.of(arguments[2]), defaults);
    BatchPlan warmUp = plan(Path.of(arguments[8]), defaults);
    ImageFormat format = ImageFormat.of(Path.of("image." + arguments[6]));
    Path folder = Path.of(arguments[7]);
    try (Cancellation cancellation = new Cancellation()) {
      if (arguments[0].equals("batch")) {
        try (Model opened =
            Model.open(bundle, BatchRun.options(bundle, ModelOptions.cpu()), System.err::println)) {
          BatchRun run = new BatchRun(opened);
          time(
              (images, of, into) ->
                  run.make(of, BatchOutput.to(into, format), BatchListener.NONE, cancellation),
              warmUp,
              plan,
              folder);
        }
        return;
      }
      try (Model opened = Model.open(bundle, ModelOptions.cpu(), System.err::println)) {
        TextToImage generate = new TextToImage(opened);
        time(
            (images, of, into) ->
                images.forEach(
                    image ->
                        generate.run(
                            image.request(),
                            new ImageOutput(
                                into.resolve(image.id() + "." + arguments[6]),
                                image.placement(),
                                WriteOptions.defaults(),
                                Optional.empty()),
                            DiffusionListener.NONE,
                            cancellation)),
            warmUp,
            plan,
            folder);
      }
    }
  }

  private static BatchPlan plan(Path list, PlanSettings defaults) {
    return BatchPlan.of(PromptList.read(list), defaults).withUsualBatchSize();
  }

  private static void time(Way way, BatchPlan warmUp, BatchPlan plan, Path folder)
      throws Exception {
    Files.createDirectories(folder);
    way.make(warmUp.images(), warmUp, folder.resolve("warm-up"));
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long processor = process.getProcessCpuTime();
    long start = System.nanoTime();
    way.make(plan.images(), plan, folder.resolve("dataset"));
    System.out.printf(
        Locale.ROOT,
        "{\"images\": %d, \"wall\": %.3f, \"cpu\": %.3f}%n",
        plan.images().size(),
        (System.nanoTime() - start) * 1e-9,
        (process.getProcessCpuTime() - processor) * 1e-9);
  }
}
