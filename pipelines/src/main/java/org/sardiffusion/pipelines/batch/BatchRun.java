package org.sardiffusion.pipelines.batch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.pipelines.ImageCollector;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.pipelines.internal.dataset.DatasetFiles;
import org.sardiffusion.pipelines.plan.BatchException;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.diffusion.DenoisedImage;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;

/**
 * Makes the images of a plan, and can be killed at any moment: the same call continues, and ends
 * with the same dataset as if nothing had happened.
 *
 * <pre>{@code
 * try (Model model = Model.open(bundle, BatchRun.options(bundle, ModelOptions.cpu()));
 *     Cancellation cancellation = new Cancellation()) {
 *   new BatchRun(model)
 *       .make(plan, BatchOutput.to(Path.of("dataset"), ImageFormat.PNG), BatchListener.NONE, cancellation);
 * }
 * }</pre>
 *
 * <p>Images that the plan lets be made together share runs of the UNet, also across prompts; they
 * are decoded and written while the next are on their way.
 */
public final class BatchRun {
  private final Model model;
  private final Lanes lanes;
  private final ModelStamp stamp;

  /**
   * @param model stays open; as many groups of images are made side by side as it was opened for
   */
  public BatchRun(Model model) {
    this.model = model;
    this.lanes = new Lanes(model.options().runs());
    this.stamp = ModelStamp.of(model);
  }

  /** How a model is best opened for batches. */
  public static ModelOptions options(Bundle bundle, ModelOptions usual) {
    return Lanes.options(bundle, usual);
  }

  /**
   * Makes what is missing of a plan's images, and then the files that describe the dataset.
   *
   * <p>Images that can't be made are recorded and reported, and tried again by the next call.
   *
   * @throws BatchException if the folder can't be used for this plan
   * @throws CancelledException if {@code cancellation} is used; what is complete stays
   * @throws org.sardiffusion.core.io.OutputException if files can't be written; if the disk is
   *     full, only after {@link BatchOutput#patience}
   */
  public BatchSummary make(
      BatchPlan plan, BatchOutput output, BatchListener listener, Cancellation cancellation) {
    long start = System.nanoTime();
    Set<String> reported = ConcurrentHashMap.newKeySet();
    Consumer<String> warnings =
        sentence -> {
          if (reported.add(sentence)) {
            listener.note(sentence);
          }
        };
    try (Journal journal = Journal.open(output, header(plan, output), warnings)) {
      AtomicOutput.sweep(output.folder());
      Progress progress = Progress.of(plan, output, journal);
      listener.started(
          new BatchListener.Start(
              progress.images.size(), progress.complete.size(), progress.damaged));
      DiskPatience space = new DiskPatience(output.patience(), listener, cancellation);
      try (GroupQueue queue = GroupQueue.of(output, journal, space)) {
        int made;
        try (ImageWriter writer =
            new ImageWriter(output, stamp, journal, space, listener, lanes.count())) {
          make(
              plan,
              output,
              new GroupRunner(writer, queue, listener, warnings, cancellation),
              progress);
          made = writer.finish();
        }
        BatchState state = new BatchState(plan, journal.everything());
        boolean through = state.through();
        if (through) {
          queue.sweep();
          DatasetFiles files =
              new DatasetFiles(
                  output.folder(), output.format(), stamp, state.images(output), state.failures());
          space.attempt(files::write);
        }
        return new BatchSummary(
            progress.images.size(),
            progress.complete.size(),
            made,
            state.failures(),
            dataset(through, output),
            (System.nanoTime() - start) * 1e-9);
      }
    }
  }

  private static BatchSummary.Dataset dataset(boolean through, BatchOutput output) {
    if (through) {
      return BatchSummary.Dataset.COMPLETE;
    }
    return output.shard().equals(Shard.ALL)
        ? BatchSummary.Dataset.INCOMPLETE
        : BatchSummary.Dataset.PARTIAL;
  }

  private void make(BatchPlan plan, BatchOutput output, GroupRunner runner, Progress progress) {
    Map<Boolean, List<List<PlannedImage>>> byNetwork =
        output.shard().of(plan.groups()).stream()
            .collect(Collectors.partitioningBy(group -> group.get(0).controlled()));
    int before;
    do {
      before = runner.queue.claimed();
      // The UNet with ControlNets takes the other's place in memory.
      for (boolean controlled : List.of(false, true)) {
        lanes.run(byNetwork.get(controlled), group -> runner.make(group, progress.complete));
      }
      // Others may have gone meanwhile, and left what they had claimed.
    } while (runner.queue.claimed() > before);
  }

  private Journal.Header header(BatchPlan plan, BatchOutput output) {
    WriteOptions options = output.options();
    List<String> format = new ArrayList<>();
    format.add(output.format().name());
    options.sampleType().ifPresent(type -> format.add(type.name()));
    if (output.format() == ImageFormat.GEOTIFF) {
      format.add(options.compression().name());
    }
    options.nodata().ifPresent(value -> format.add("nodata " + value));
    return new Journal.Header(
        plan.sha256(),
        stamp.sha256(),
        String.join(" ", format),
        Software.NAME_AND_VERSION,
        plan.images().stream().collect(Collectors.toMap(PlannedImage::id, output::file)));
  }

  /** How far the folder is. */
  private record Progress(List<PlannedImage> images, Set<String> complete, int damaged) {
    static Progress of(BatchPlan plan, BatchOutput output, Journal journal) {
      List<PlannedImage> images =
          output.shard().of(plan.groups()).stream().flatMap(List::stream).toList();
      Map<String, JournalEntry> entries = journal.entries();
      Set<String> complete = new HashSet<>();
      int damaged = 0;
      for (PlannedImage image : images) {
        if (entries.get(image.id()) instanceof JournalEntry.Done done) {
          if (done.files().stream().allMatch(file -> file.intact(output.folder()))) {
            complete.add(image.id());
          } else {
            damaged++;
          }
        }
      }
      return new Progress(images, complete, damaged);
    }
  }

  /** The making of groups of images. */
  private final class GroupRunner implements DiffusionListener {
    private final ImageWriter writer;
    private final GroupQueue queue;
    private final BatchListener listener;
    private final Consumer<String> warnings;
    private final Cancellation cancellation;

    private GroupRunner(
        ImageWriter writer,
        GroupQueue queue,
        BatchListener listener,
        Consumer<String> warnings,
        Cancellation cancellation) {
      this.writer = writer;
      this.queue = queue;
      this.listener = listener;
      this.warnings = warnings;
      this.cancellation = cancellation;
    }

    /** Makes a group whole, and keeps what is not complete yet. */
    private void make(List<PlannedImage> group, Set<String> complete) {
      if (!settled(group, complete)) {
        queue
            .take(group, complete)
            .filter(found -> !settled(group, found))
            .ifPresent(found -> generateOrFail(group, found));
      }
    }

    private static boolean settled(List<PlannedImage> group, Set<String> complete) {
      return group.stream().allMatch(image -> complete.contains(image.id()));
    }

    private void generateOrFail(List<PlannedImage> group, Set<String> complete) {
      try {
        generate(group, complete);
      } catch (CancelledException | BundleException e) {
        throw e;
      } catch (SarDiffusionException e) {
        if (group.size() == 1) {
          writer.fail(group.get(0), e.getMessage());
        } else {
          // One bad prompt must not take the others with it.
          group.stream()
              .filter(image -> !complete.contains(image.id()))
              .forEach(image -> generateOrFail(List.of(image), complete));
        }
      }
    }

    private void generate(List<PlannedImage> group, Set<String> complete) {
      PlannedImage first = group.get(0);
      if (!first.imageInputs().equals(ImageInputs.NONE)) {
        guide(first);
        return;
      }
      List<GenerationRequest> requests = group.stream().map(PlannedImage::request).toList();
      List<DenoisedImage> images = model.denoiseBatch(requests, this, cancellation);
      for (int k = 0; k < images.size(); k++) {
        DenoisedImage image = images.get(k);
        if (!complete.contains(group.get(k).id())) {
          writer.write(group.get(k), () -> model.decode(image, cancellation).amplitude());
        }
      }
    }

    /** Makes an image that starts from others or follows them. */
    private void guide(PlannedImage planned) {
      GenerationRequest request;
      try {
        request = planned.imageInputs().applyTo(planned.request());
        // Hours may lie between plan and image.
        planned.imageInputs().requireUnchanged();
      } catch (SarDiffusionException e) {
        throw new BatchException(e.getMessage(), e);
      }
      ImageCollector made = new ImageCollector(this);
      model.generate(request, made, cancellation);
      writer.write(planned, () -> made.first().amplitude());
    }

    @Override
    public void note(String message) {
      warnings.accept(message);
    }

    @Override
    public void step(Step step) {
      listener.step(step);
    }
  }
}
