package org.sardiffusion.pipelines.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.session.Device;

/**
 * How a batch shares out a processor's cores. The operators of a small model are too short to be
 * worth dividing: threads that wait for each other, spinning, took twice the processor time of one
 * alone. So each core makes images of its own, with the same weights. A large model takes all cores
 * for each operator, and memory for one run only.
 *
 * @param count how many groups of images are made side by side, at least 1
 */
record Lanes(int count) {
  /** Larger UNets divide well; this is ten times the default model's, a tenth of SDXL's. */
  private static final long SMALL_BYTES = 500L << 20;

  /** How a model is opened so that each core makes images of its own, where that is best. */
  static ModelOptions options(Bundle bundle, ModelOptions usual) {
    if (!(usual.device() instanceof Device.Cpu)
        || usual.memory() == ModelOptions.Memory.LOW
        || !small(bundle)) {
      return usual;
    }
    return usual.sideBySide(usual.threads().orElse(Runtime.getRuntime().availableProcessors()));
  }

  private static boolean small(Bundle bundle) {
    try (Stream<Path> files = Files.list(bundle.graph(BundlePart.UNET).getParent())) {
      return files.mapToLong(file -> file.toFile().length()).sum() <= SMALL_BYTES;
    } catch (IOException e) {
      // Loading the graph will say it properly.
      return false;
    }
  }

  /**
   * Does all of {@code work}, in its order but side by side; returns, or throws, when all threads
   * are done: what they share may be closed then.
   *
   * @throws RuntimeException the first that a piece of work throws, or the first {@link Error}; no
   *     further one is begun then
   */
  <T> void run(List<T> work, Consumer<T> worker) {
    Iterator<T> next = work.iterator();
    FirstFailure failure = new FirstFailure();
    ExecutorService threads = Executors.newFixedThreadPool(count, r -> new Thread(r, "batch-lane"));
    try {
      for (int lane = 0; lane < count; lane++) {
        threads.execute(() -> drain(next, worker, failure));
      }
    } catch (RuntimeException | Error e) {
      // No thread can be had; those that began are waited for all the same.
      failure.note(e);
    }
    threads.shutdown();
    await(threads, failure);
    failure.rethrow();
  }

  private static void await(ExecutorService threads, FirstFailure failure) {
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = threads.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
        failure.note(new CancelledException());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> void drain(Iterator<T> next, Consumer<T> worker, FirstFailure failure) {
    while (!failure.happened()) {
      T piece;
      synchronized (next) {
        if (!next.hasNext()) {
          return;
        }
        piece = next.next();
      }
      try {
        worker.accept(piece);
      } catch (RuntimeException | Error e) {
        failure.note(e);
      }
    }
  }
}
