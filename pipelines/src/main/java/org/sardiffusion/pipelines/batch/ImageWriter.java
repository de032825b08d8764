package org.sardiffusion.pipelines.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.sardiffusion.core.io.OutputException;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.geo.files.ImageFile;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.pipelines.internal.dataset.ImageStatistics;
import org.sardiffusion.pipelines.internal.dataset.StacCollection;
import org.sardiffusion.pipelines.internal.dataset.Thumbnail;
import org.sardiffusion.pipelines.internal.dataset.WrittenFile;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.session.DeviceException;

/**
 * Decodes and writes images, and their lines in the journal, on threads of its own, while the next
 * are made; few may wait, so that memory does not grow where the disk is slow.
 */
final class ImageWriter implements AutoCloseable {
  private static final int MOST_WAITING = 8;

  /** Browsers show PNG files up to this side themselves. */
  private static final int LARGEST_SHOWN = 512;

  private final BatchOutput output;
  private final ModelStamp stamp;
  private final Journal journal;
  private final DiskPatience space;
  private final BatchListener listener;
  private final ExecutorService threads;
  private final Semaphore room;
  private final FirstFailure failure = new FirstFailure();
  private final AtomicInteger written = new AtomicInteger();

  ImageWriter(
      BatchOutput output,
      ModelStamp stamp,
      Journal journal,
      DiskPatience space,
      BatchListener listener,
      int threads) {
    this.output = output;
    this.stamp = stamp;
    this.journal = journal;
    this.space = space;
    this.listener = listener;
    this.threads = Executors.newFixedThreadPool(threads, work -> new Thread(work, "batch-writer"));
    this.room = new Semaphore(MOST_WAITING * threads);
  }

  /** Where the contact sheet's version of an image lies, from the dataset's folder. */
  static String thumbnail(BatchOutput output, PlannedImage image) {
    return shownAsItIs(output, image) ? output.file(image) : "thumbnails/" + image.name() + ".png";
  }

  private static boolean shownAsItIs(BatchOutput output, PlannedImage image) {
    var size = image.request().size();
    return output.format() == ImageFormat.PNG
        && Math.max(size.width(), size.height()) <= LARGEST_SHOWN;
  }

  /**
   * Takes an image over; waits where many are waiting already.
   *
   * @param amplitude decodes it, on a thread of the writer; if that can't be, the image has failed
   * @throws RuntimeException what went wrong with an image before
   */
  void write(PlannedImage image, Supplier<float[]> amplitude) {
    submit(
        () -> {
          float[] samples;
          try {
            samples = amplitude.get();
          } catch (GenerationException | DeviceException e) {
            space.attempt(() -> failNow(image, e.getMessage()));
            return;
          }
          space.attempt(() -> writeNow(image, samples));
        });
  }

  /** Notes that an image can't be made. */
  void fail(PlannedImage image, String reason) {
    submit(() -> space.attempt(() -> failNow(image, reason)));
  }

  private void submit(Runnable work) {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    failure.rethrow();
    threads.execute(
        () -> {
          try {
            if (!failure.happened()) {
              work.run();
            }
          } catch (RuntimeException | Error e) {
            failure.note(e);
          } finally {
            room.release();
          }
        });
  }

  /** Waits until all is written, and tells how many images that were. */
  int finish() {
    threads.shutdown();
    try {
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    failure.rethrow();
    return written.get();
  }

  private void failNow(PlannedImage image, String reason) {
    journal.append(new JournalEntry.Failed(image.id(), reason));
    listener.failed(image, reason);
  }

  private void writeNow(PlannedImage image, float[] samples) {
    Path file = output.folder().resolve(output.file(image));
    AmplitudeRaster amplitude =
        new AmplitudeRaster(
            image.request().size().width(), image.request().size().height(), samples);
    Provenance provenance = provenance(image);
    try {
      List<Path> files = new ArrayList<>();
      if (!shownAsItIs(output, image)) {
        files.add(writeThumbnail(image, Thumbnail.of(amplitude), provenance));
      }
      files.addAll(
          0,
          ImageFiles.write(
              new ImageFile(file, image.placement(), provenance, options()), amplitude));
      List<WrittenFile> hashed = new ArrayList<>();
      for (Path each : files) {
        hashed.add(WrittenFile.of(output.folder(), each));
      }
      journal.append(
          new JournalEntry.Done(image.id(), List.copyOf(hashed), ImageStatistics.of(samples)));
      written.incrementAndGet();
      listener.made(image, file);
    } catch (PlacementException e) {
      discardThumbnail(image);
      failNow(image, e.getMessage());
    } catch (IOException e) {
      throw new OutputException("Can't read " + file + " back: " + e.getMessage() + ".", e);
    }
  }

  private WriteOptions options() {
    return output.format() == ImageFormat.GEOTIFF
        ? output.options().withCollection(StacCollection.reference(output.folder()))
        : output.options();
  }

  private void discardThumbnail(PlannedImage image) {
    try {
      Files.deleteIfExists(output.folder().resolve(thumbnail(output, image)));
    } catch (IOException e) {
      // A thumbnail that no image goes with does no harm: no file of the dataset names it.
      return;
    }
  }

  private Path writeThumbnail(PlannedImage image, AmplitudeRaster small, Provenance provenance) {
    Path file = output.folder().resolve(thumbnail(output, image));
    ImageFiles.write(
        new ImageFile(file, image.placement(), provenance, WriteOptions.defaults()), small);
    return file;
  }

  private Provenance provenance(PlannedImage image) {
    return image.recipe(stamp).provenance();
  }

  /** Drops what is waiting; the image that is being written is finished. */
  @Override
  public void close() {
    // An interrupt would close the journal under the line that is being written.
    failure.note(new CancelledException());
    threads.shutdown();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
