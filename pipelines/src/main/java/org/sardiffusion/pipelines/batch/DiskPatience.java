package org.sardiffusion.pipelines.batch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;

/** Waits for space on a full disk instead of giving up hours of work at once. */
final class DiskPatience {
  private static final long LOOK_MILLIS = 1000;

  private final Duration patience;
  private final BatchListener listener;
  private final Cancellation cancellation;

  /** Threads that wait: the first says so, the last one says that it goes on. */
  private final AtomicInteger waiting = new AtomicInteger();

  DiskPatience(Duration patience, BatchListener listener, Cancellation cancellation) {
    this.patience = patience;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Writes something; on a full disk, again and again.
   *
   * @throws DiskFullException once patience ends
   * @throws CancelledException if the user stops waiting
   */
  void attempt(Runnable writing) {
    long start = System.nanoTime();
    boolean paused = false;
    while (true) {
      try {
        writing.run();
        if (paused && waiting.decrementAndGet() == 0) {
          listener.resumed();
        }
        return;
      } catch (DiskFullException e) {
        if (System.nanoTime() - start >= patience.toNanos()) {
          throw e;
        }
        if (!paused) {
          paused = true;
          if (waiting.getAndIncrement() == 0) {
            listener.paused(e.getMessage());
          }
        }
        sleep();
      }
    }
  }

  private void sleep() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    cancellation.check();
  }
}
